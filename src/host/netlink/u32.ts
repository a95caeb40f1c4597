import { words } from '#bytes';

// What a u32 filter matches in a frame.

/** All frames, like in Kata's own tcfilter model. */
export const everyFrame = selector([0, 0, 0]);

/** UDP to port 68: the third and the sixth word of an IPv4 packet without options. */
export const toDhcpClients = selector([8, 0x00ff_0000, 0x0011_0000], [20, 0x0000_ffff, 68]);

/** A word of a packet to match, by its offset in bytes: the mask of the bits, and their value. */
type Key = readonly [at: number, mask: number, value: number];

// struct tc_u32_sel of linux/pkt_cls.h with TC_U32_TERMINAL and the number of its keys, then the keys.
function selector(...keys: readonly Key[]): Uint8Array {
  const encoded = keys.flatMap(([at, mask, value]) => [inNetworkOrder(mask), inNetworkOrder(value), at, 0]);
  return words(1 | (keys.length << 16), 0, 0, 0, ...encoded);
}

function inNetworkOrder(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | ((word >>> 24) & 0xff);
}
