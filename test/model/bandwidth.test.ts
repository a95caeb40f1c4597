import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leastBurst, limitsAny, tokenBucketOf } from '../../src/model/bandwidth.ts';

it.each([
  [8e6, 262_144, { rate: 1_000_000, burst: 32_768, limit: 57_768 }],
  [8, 12_112, { rate: 1, burst: 1514, limit: 1514 }],
  // containerd requests this if only a rate is known.
  [8e6, 4_294_967_295, { rate: 1_000_000, burst: 536_870_911, limit: 287_144 }],
  [1e15, 34_359_738_360, { rate: 1.25e14, burst: 4_294_967_295, limit: 4_294_967_295 }],
])('a limit of %i bits a second with a burst of %i bits is kept by %j', (rate, burst, bucket) => {
  expect(tokenBucketOf({ rate, burst })).toEqual(bucket);
});

it('every limit is in what the kernel counts with, and a queue holds each frame that the burst lets pass', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: Number.MAX_SAFE_INTEGER }),
      fc.integer({ min: leastBurst(68), max: 34_359_738_360 }),
      (rate, burst) => {
        const bucket = tokenBucketOf({ rate, burst });
        expect(bucket.rate).toBeGreaterThanOrEqual(1);
        for (const bytes of [bucket.burst, bucket.limit]) {
          expect(Number.isInteger(bytes)).toBe(true);
          expect(bytes).toBeLessThanOrEqual(0xffff_ffff);
        }
        // The largest amount that a guest sends at once, in segments.
        expect(bucket.limit).toBeGreaterThanOrEqual(Math.min(bucket.burst, 65_550));
      },
    ),
  );
});

it('a frame of an MTU has a header besides', () => {
  expect(leastBurst(1500)).toBe(12_112);
});

it('a limit of either direction is one', () => {
  const limit = { rate: 8, burst: 8 };
  expect([{}, { ingress: limit }, { egress: limit }].map(limitsAny)).toEqual([false, true, true]);
});
