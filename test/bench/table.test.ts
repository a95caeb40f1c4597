import { expect, test } from 'vitest';
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

| Subject | Against | Figure | Ratio | At most | Met |
| --- | --- | --- | --: | --: | --: |
| dan host-tap, ADD | bridge, ADD | Wall time | 1.50 | 1.20 | no |
`);
});

test('a target that is just reached is met', () => {
  const met = table(resultOf([row('dan host-tap', 'ADD', 12, 'bridge'), row('bridge', 'ADD', 10)]));
  expect(met).toContain('| 1.20 | 1.20 | yes |');
});

test('what grows is set against its own start', () => {
  const what = 'ADD beside 1000';
  const grown = { ...row('dan host-tap', what, 11), section: 'growth' as const };
  const start = { ...row('dan host-tap', 'ADD beside 1', 10), section: 'growth' as const };
  const text = table(resultOf([start, { ...grown, against: { subject: 'dan host-tap', what: 'ADD beside 1' } }]));
  expect(text).toContain('| dan host-tap | ADD beside 1000 | 11.0 (11.0 to 11.0) | its ADD beside 1 | 1.10 |');
  expect(text).toContain(
    '| dan host-tap, ADD beside 1000 | dan host-tap, ADD beside 1 | Wall time | 1.10 | 1.20 | yes |',
  );
});

test('figures that only some have leave a gap, and no target without its reference', () => {
  const alone = { ...row('dan', 'VERSION', 5, 'bridge'), figures: { wall: always(5), cpu: always(4) } };
  const text = table(resultOf([alone, row('bridge', 'ADD', 6)]));
  expect(text).toContain('| bridge | ADD | 6.0 (6.0 to 6.0) |  |  |  |  |');
  expect(text).not.toContain('Targets');
});

test('what speaks against the figures stands above them', () => {
  const text = table(resultOf([row('bridge', 'ADD', 6)], { doubts: ['somebody else was there'] }));
  expect(text.indexOf('**Not to be trusted:** somebody else was there.')).toBeGreaterThan(0);
  expect(text.indexOf('**Not to be trusted:**')).toBeLessThan(text.indexOf('###'));
});
