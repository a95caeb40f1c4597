import { expect, test } from 'vitest';
import { counterFrequency } from './counter.ts';

test('a guest is told the frequency of this machine’s counter, where this machine has BogoMIPS', () => {
  expect(counterFrequency('processor\t: 0\ncpu MHz\t\t: 800.000\nbogomips\t: 5586.87\n')).toEqual([
    'tsc_early_khz=2793435',
  ]);
  expect(counterFrequency('processor\t: 0\nBogoMIPS\t: 50.00\n')).toEqual([]);
});
