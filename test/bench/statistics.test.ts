import { expect, test } from 'vitest';
import { quantile, summarize } from '../../bench/report/statistics.ts';

test('median, p10 and p90 lie between samples by proportion, in whatever order they came', () => {
  expect(summarize([5, 1, 4, 2, 3])).toEqual({ median: 3, p10: 1.4, p90: 4.6, samples: 5 });
  expect(summarize([2, 1])).toMatchObject({ median: 1.5 });
  expect(summarize([7])).toEqual({ median: 7, p10: 7, p90: 7, samples: 1 });
});

test('nothing measured is no figure', () => {
  expect(() => quantile([], 0.5)).toThrow('no samples');
});
