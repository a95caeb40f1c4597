import { readUint32 } from '#bytes';
import { describe, expect, it } from 'vitest';
import * as iproute from '../../src/host/iproute/answers.ts';
import type { Message } from '../../src/host/netlink/message.ts';
import { addTokenBucket, toTokenBucket } from '../../src/host/netlink/traffic-control.ts';

/** The kernel's report about a requested filter: the same, in a message of another type. */
function toldOf(rate: number, burst: number): Message {
  const { body } = addTokenBucket(7, { rate, burst, limit: burst });
  return { type: 36, flags: 0, sequence: 1, body };
}

describe('a token bucket filter that the kernel tells of', () => {
  it.each([
    [1_000_000, 32_768],
    [125_000_000, 200_000],
    // More than 32 bits can hold.
    [5_000_000_000, 1_000_000],
  ])('has the rate %i and the burst %i', (rate, burst) => {
    const there = toTokenBucket(toldOf(rate, burst));
    expect(there?.rate).toBe(rate);
    // A tick is 64 ns.
    expect(Math.abs((there?.burst ?? 0) - burst)).toBeLessThanOrEqual(rate * 64e-9 + 1);
  });

  it('is none where another discipline is there, or the message is another', () => {
    const told = toldOf(1_000_000, 32_768);
    expect(toTokenBucket({ ...told, type: 37 })).toBeUndefined();
    const body = Uint8Array.from(told.body);
    body[24] = 'x'.charCodeAt(0);
    expect(readUint32(body, 0)).toBe(0);
    expect(toTokenBucket({ ...told, body })).toBeUndefined();
  });

  it('is what `tc -j` prints of the root, and of nothing else', () => {
    const options = { rate: 1_000_000, burst: 32_768, lat: 25_000 };
    const printed = { kind: 'tbf', handle: '8001:', root: true, refcnt: 2, options };
    expect(iproute.toTokenBucket([printed])).toEqual({ rate: 1_000_000, burst: 32_768 });
    expect(iproute.toTokenBucket([{ ...printed, kind: 'fq_codel' }])).toBeUndefined();
    expect(iproute.toTokenBucket([{ ...printed, root: undefined, parent: '1:1' }])).toBeUndefined();
    expect(iproute.toTokenBucket([])).toBeUndefined();
  });
});
