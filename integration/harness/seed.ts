/**
 * Where the random numbers of a test start. It is in the names of the tests that use it. Every run is the same unless
 * `DAN_SEED` sets another: a change must not fail over numbers that nobody has seen. `npm run soak` takes new ones.
 */
export const seed = Number(process.env['DAN_SEED'] ?? 1);

/** Numbers from 0 to below 1, the same for the same seed: mulberry32. */
export function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
