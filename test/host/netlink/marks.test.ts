import { describe, expect, it } from 'vitest';
import { linkMarks, tuningMarks } from '../../../src/host/netlink/marks.ts';
import { bytes, nested, u32 } from '../../../src/host/netlink/message.ts';

/** A message about a link with these flags and attributes (struct ifinfomsg of linux/rtnetlink.h). */
function link(flags: number, ...attributes: readonly Uint8Array[]) {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(flags, 8);
  return { type: 16, flags: 0, sequence: 1, body: Uint8Array.from(Buffer.concat([header, ...attributes])) };
}

/** IFF_MULTICAST: without it, that is what is told. */
const multicast = 0x1000;

describe('what sets a link apart', () => {
  it.each([0, 1])('a program at XDP, attached or not: %i', (attached) => {
    const message = link(multicast, nested(43, bytes(2, Uint8Array.of(attached))));
    expect(linkMarks(message)).toEqual(attached === 1 ? { traits: ['xdp'] } : {});
  });

  it('nothing of the loopback, which has no multicast', () => {
    expect(linkMarks(link(0x8))).toEqual({});
    expect(linkMarks(link(0x1))).toEqual({ traits: ['no-multicast'] });
  });
});

describe('what tunes a route', () => {
  const metrics = (...of: readonly Uint8Array[]) => new Map([[8, Uint8Array.from(Buffer.concat(of))]]);

  it('a lock of its MTU, and not its MTU', () => {
    expect(tuningMarks(metrics(u32(2, 1400)))).toEqual({});
    expect(tuningMarks(metrics(u32(1, 1 << 2), u32(2, 1400), u32(8, 1200)))).toEqual({
      tuning: ['mtu lock', 'advmss'],
    });
  });
});
