import { expect, test } from 'vitest';
import type { Row } from '../../bench/report/result.ts';
import { table } from '../../bench/report/table.ts';
import { always, resultOf, row } from './a-result.ts';

test('a result is a table with the ratio to what was measured beside it', () => {
  const rows = [
    { ...row('dan host-tap', 'ADD', 9, 'bridge'), programs: 1 },
    { ...row('bridge', 'ADD', 6), programs: 0 },
  ];
  expect(
    table(resultOf(rows)),
  ).toBe(`dist/dan at abc1234, 2026-03-01, 40 rounds, seed 7, on 2 x A, 8.0 GiB, Linux 6.1.0; iproute2 6.1.0.

### One call at a time

| Subject | What | Wall time, ms | Programs started | Ratio to | Wall time |
| --- | --- | --: | --: | --: | --: |
| dan host-tap | ADD | 9.0 (9.0 to 9.0) | 1 | bridge | 1.50 |
| bridge | ADD | 6.0 (6.0 to 6.0) | 0 |  |  |

### Targets

| Subject | Ratio to | Figure | Measured | At most | Met |
| --- | --- | --- | --: | --: | --: |
| dan host-tap, ADD | bridge, ADD | Wall time | 1.50 | 0.65 | no |
`);
});

test('a target that is just reached is met', () => {
  const met = table(resultOf([row('dan host-tap', 'ADD', 13, 'bridge'), row('bridge', 'ADD', 20)]));
  expect(met).toContain('| 0.65 | 0.65 | yes |');
});

test('what grows is set against its own start', () => {
  const what = 'ADD beside 1000';
  const grown = { ...row('dan host-tap', what, 11), section: 'growth' as const };
  const start = { ...row('dan host-tap', 'ADD beside 1', 10), section: 'growth' as const };
  const text = table(resultOf([start, { ...grown, against: { subject: 'dan host-tap', what: 'ADD beside 1' } }]));
  expect(text).toContain('| dan host-tap | ADD beside 1000 | 11.0 (11.0 to 11.0) | its ADD beside 1 | 1.10 |');
  expect(text).toContain(
    '| dan host-tap, ADD beside 1000 | dan host-tap, ADD beside 1 | Wall time | 1.10 | 1.15 | yes |',
  );
});

test('figures that only some have leave a gap, and no target without its reference', () => {
  const alone = { ...row('dan', 'VERSION', 5, 'bridge'), figures: { wall: always(5), cpu: always(4) } };
  const text = table(resultOf([alone, row('bridge', 'ADD', 6)]));
  expect(text).toContain('| bridge | ADD | 6.0 (6.0 to 6.0) |  |  |  |  |');
  expect(text).not.toContain('Targets');
});

test('a target without a reference is held against the figure itself, in its unit', () => {
  const size = (what: string, megabytes: number): Row => ({
    ...{ section: 'size', subject: 'dan', what },
    figures: { size: { ...always(megabytes), samples: 1 } },
  });
  const text = table(
    resultOf([
      { ...row('dan host-tap', 'ADD', 9), figures: { peak: always(5.5) } },
      { ...row('dan host-tap', 'ADD', 9), section: 'instructions', figures: { instructions: always(7.25) } },
      size('the file', 4.2),
      size('packed by xz -9e', 1.5),
    ]),
  );
  const [, targets = ''] = text.split('### Targets\n\n');
  expect(targets.trim().split('\n').slice(2)).toEqual([
    '| dan host-tap, ADD |  | Peak memory, MiB | 5.5 | 5.0 | no |',
    '| dan host-tap, ADD |  | Instructions, million | 7.25 | 8.00 | yes |',
    '| dan, the file |  | Size, MB | 4.20 | 5.00 | yes |',
    '| dan, packed by xz -9e |  | Size, MB | 1.50 | 1.50 | yes |',
  ]);
});

test('what was measured once has no spread', () => {
  const once = { ...row('dan', 'VERSION', 5), figures: { wall: { ...always(5), samples: 1 } } };
  expect(table(resultOf([once]))).toContain('| dan | VERSION | 5.0 |  |  |');
});

test('what speaks against the figures stands above them', () => {
  const text = table(resultOf([row('bridge', 'ADD', 6)], { doubts: ['somebody else was there'] }));
  expect(text.indexOf('**Not to be trusted:** somebody else was there.')).toBeGreaterThan(0);
  expect(text.indexOf('**Not to be trusted:**')).toBeLessThan(text.indexOf('###'));
});

test('what could not be measured is named, with why', () => {
  const leftOut = ['instructions: bridge: ADD under callgrind failed with exit code 1'];
  const text = table(resultOf([row('bridge', 'ADD', 6)], { leftOut }));
  expect(text).toContain('**Left out:** instructions: bridge: ADD under callgrind failed with exit code 1.');
});
