import { expect, test } from 'vitest';
import { comparison } from '../../bench/report/compare.ts';
import { resultOf, row } from './a-result.ts';

test('two results are set side by side, with the ratio and each own reference', () => {
  const a = resultOf([{ ...row('dan host-tap', 'ADD', 30, 'bridge'), programs: 4 }, row('bridge', 'ADD', 10)]);
  const b = resultOf([{ ...row('dan host-tap', 'ADD', 15, 'bridge'), programs: 0 }, row('bridge', 'ADD', 12)], {
    commit: 'def5678',
  });
  expect(comparison(a, b).split('\n')).toEqual([
    'A: dist/dan at abc1234, 2026-03-01 10:00, 40 rounds, seed 7  ',
    'B: dist/dan at def5678, 2026-03-01 10:00, 40 rounds, seed 7  ',
    '',
    '| Subject | What | Figure | A | B | B / A | A / its reference | B / its reference |',
    '| --- | --- | --- | --: | --: | --: | --: | --: |',
    '| dan host-tap | ADD | Wall time, ms | 30.0 | 15.0 | 0.50 | 3.00 | 1.25 |',
    '| dan host-tap | ADD | Programs started | 4 | 0 |  |  |  |',
    '| bridge | ADD | Wall time, ms | 10.0 | 12.0 | 1.20 |  |  |',
    '',
  ]);
});

test('it says what is in one alone, that machines differ, and whose figures are in doubt', () => {
  const a = resultOf([row('bridge', 'ADD', 10), row('ptp', 'ADD', 10)]);
  const other = { ...a.machine, cores: 64 };
  const text = comparison(a, resultOf([row('bridge', 'ADD', 10)], { machine: other, doubts: ['it was busy'] }));
  expect(text).toContain('Only in A: ptp ADD.');
  expect(text).not.toContain('Only in B');
  expect(text).toContain('**The machines, or what is on them, differ.**');
  expect(text).toContain('**Not to be trusted,** B: it was busy.');
});
