import { describe, expect, test } from 'vitest';
import { doubts } from '../../bench/machine/doubts.ts';
import { parseOwnTime, parseProcessorTime, shares } from '../../bench/machine/processor-time.ts';

const steady = Array.from({ length: 50 }, () => 0.8);
const quiet = {
  usedByOthers: [0.01, 0.02],
  usedMeanwhile: 0.04,
  stolen: 0.001,
  load: 0.4,
  calibrations: [steady, steady],
};

test('nothing speaks against a machine that is left alone', () => {
  expect(doubts(quiet)).toEqual([]);
});

describe('it says why figures are not to be trusted', () => {
  test.each([
    [{ usedByOthers: [0.01, 0.5] }, 'other programs used 50.0 % of the machine while the benchmark did nothing'],
    [{ usedMeanwhile: 0.2 }, 'other programs used 20.0 % of the machine while it was measured'],
    [{ stolen: 0.03 }, "3.0 % of the processors' time was given to other machines"],
    [{ load: 1.7 }, 'a load of 1.7 for each core when it started'],
    [
      { calibrations: [steady, steady.map(() => 1.2)] },
      '/bin/true took 1.50 times as long in one section as in another',
    ],
    [
      { calibrations: [steady.map((one, at) => (at < 10 ? 4 : one))] },
      'of the starts of /bin/true, one in ten took more than 5.0 times the median',
    ],
  ])('%j', (changes, doubt) => {
    expect(doubts({ ...quiet, ...changes })).toEqual([doubt]);
  });
});

test('the kernel counts what was used and what was stolen', () => {
  const before = parseProcessorTime('cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3 4\n');
  const after = parseProcessorTime('cpu  130 5 60 830 70 2 3 20 9 9\ncpu0 1 2 3 4\n');
  expect(before).toEqual({ all: 1000, user: 100, stolen: 0 });
  const { used, stolen } = shares(before, after);
  expect(used).toBeCloseTo(35 / 120);
  expect(stolen).toBeCloseTo(20 / 120);
  expect(shares(before, after, 30).used).toBeCloseTo(5 / 120);
  expect(shares(before, after, 300).used).toBe(0);
});

test('what a process has used counts the children that it waited for, whatever its name', () => {
  expect(parseOwnTime('42 (a b) R 7) S 1 42 42 0 -1 4194304 11 12 0 0 100 20 3000 400 20 0 9 0 77\n')).toBe(3100);
});
