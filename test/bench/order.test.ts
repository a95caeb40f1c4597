import { expect, test } from 'vitest';
import { shuffled } from '../../bench/order.ts';
import { randomFrom } from '../../integration/harness/seed.ts';

const things = ['a', 'b', 'c', 'd', 'e', 'f'];

test('another order holds the same things, and the same seed gives the same orders', () => {
  const orders = (seed: number): readonly (readonly string[])[] => {
    const random = randomFrom(seed);
    return Array.from({ length: 20 }, () => shuffled(things, random));
  };
  for (const order of orders(1)) expect([...order].sort()).toEqual(things);
  expect(orders(1)).toEqual(orders(1));
  expect(orders(2)).not.toEqual(orders(1));
  expect(new Set(orders(1).map((order) => order[0])).size).toBeGreaterThan(3);
});
