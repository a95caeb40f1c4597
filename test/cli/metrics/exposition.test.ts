import { expect, it } from 'vitest';
import { exposition } from '../../../src/cli/metrics/exposition.ts';

it('families are written in the text format, with what it has to escape', () => {
  expect(
    exposition([
      { name: 'none', type: 'gauge', help: 'nothing', samples: [] },
      {
        name: 'one',
        type: 'gauge',
        help: 'a \\ and\na "line"',
        samples: [
          { labels: {}, value: 1.5 },
          { labels: { a: 'say "x"\\\n', empty: '', b: 'ü' }, value: 0 },
        ],
      },
      { name: 'h', type: 'histogram', help: 'x', samples: [{ suffix: '_bucket', labels: { le: '+Inf' }, value: 3 }] },
    ]),
  ).toBe(
    [
      '# HELP one a \\\\ and\\na "line"',
      '# TYPE one gauge',
      'one 1.5',
      'one{a="say \\"x\\"\\\\\\n",b="ü"} 0',
      '# HELP h x',
      '# TYPE h histogram',
      'h_bucket{le="+Inf"} 3',
      '',
    ].join('\n'),
  );
});
