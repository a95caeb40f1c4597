import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseMtu } from '../../src/model/mtu.ts';
import { parseQueuePairs, parseQueueSize } from '../../src/model/queues.ts';
import { verdict } from './verdict.ts';

const noNumber: unknown[] = [undefined, null, '', '1500', true, [1500], {}, 1500n];
const noWhole: unknown[] = [...noNumber, 1.5, Number.NaN, Number.POSITIVE_INFINITY];

describe('parseMtu', () => {
  it.each([68, 69, 1279, 1280, 1500, 9000, 9600])('accepts %i', (mtu) => {
    expect(verdict(parseMtu(mtu))).toBe(mtu);
  });

  it.each([46, 50, 67])('refuses %i with a message of its own', (mtu) => {
    expect(verdict(parseMtu(mtu))).toBe(
      "refused: is too small: a DAN file can hold it, but a tap and the guest's kernel take no less than 68",
    );
  });

  it.each([-1500, 0, 1, 45, 9601, 65536, 2 ** 53])('refuses %i', (mtu) => {
    expect(verdict(parseMtu(mtu))).toBe('refused: must be 68 to 9600 bytes');
  });

  it.each(noWhole)('refuses %s', (mtu) => {
    expect(verdict(parseMtu(mtu))).toBe('refused: must be a whole number of bytes, 68 to 9600');
  });
});

describe('queues', () => {
  it('parseQueuePairs accepts 1 to 256', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -2, max: 300 }), fc.integer(), fc.double()), (number) => {
        const fits = Number.isInteger(number) && number >= 1 && number <= 256;
        expect(verdict(parseQueuePairs(number))).toBe(
          fits ? number : 'refused: must be a number of queue pairs, 1 to 256',
        );
      }),
    );
    expect(noWhole.filter((value) => parseQueuePairs(value).ok)).toEqual([]);
  });

  it('parseQueueSize accepts powers of two, 1 to 32768', () => {
    const sizes = Array.from({ length: 16 }, (_, exponent) => 2 ** exponent);
    const found = Array.from({ length: 70_000 }, (_, number) => number - 1).filter(
      (number) => parseQueueSize(number).ok,
    );
    expect(found).toEqual(sizes);
    expect([...noWhole, 2 ** 32, 2 ** 53].filter((value) => parseQueueSize(value).ok)).toEqual([]);
    expect(verdict(parseQueueSize(3))).toBe('refused: must be a power of two, 1 to 32768');
  });
});
