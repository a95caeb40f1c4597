import { seed } from '../harness/seed.ts';

// An executable takes its first third to load itself: it has done nothing by then.
const first = 0.3;
const last = 1;

/**
 * So many moments of a call, as fractions of how long it takes: from 0, when it is started, to 1, when it has ended. One
 * is in each of so many equal parts: the whole call is tried. `what` makes those of different calls different.
 */
export function momentsOf(count: number, what: string): readonly number[] {
  const random = generator(Buffer.from(what).reduce((sum, byte) => (sum * 31 + byte) >>> 0, seed));
  return Array.from({ length: count }, (_, at) => first + ((at + random()) / count) * (last - first));
}

// mulberry32: numbers from 0 to 1 that follow from the seed alone.
function generator(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
