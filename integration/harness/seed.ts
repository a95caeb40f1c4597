/**
 * The seed of a test's random numbers, which is in the names of the tests that use it. It is the same in every run
 * unless `DAN_SEED` sets another: a change must not fail because of numbers that nobody has seen. `npm run soak` uses
 * new ones.
 */
export const seed = Number(process.env['DAN_SEED'] ?? 1);

/** Random numbers from 0 to below 1, always the same for the same seed: mulberry32. */
export function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
