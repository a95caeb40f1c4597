import { writeInt32, writeUint32, writeUint8 } from '#bytes';

// What the filter u32 looks at in a frame.

/** TC_U32_TERMINAL of linux/pkt_cls.h. */
const isTerminal = 1;

/** All frames, as Kata's own tcfilter model has it. */
export function everyFrame(): Uint8Array {
  return selector([[0, 0, 0]]);
}

/** UDP to port 68, by the third and the sixth word of a packet of IPv4 without options. */
export function toDhcpClients(): Uint8Array {
  return selector([
    [8, 0x00ff_0000, 0x0011_0000],
    [20, 0x0000_ffff, 68],
  ]);
}

/** A word of a packet that counts, by its place in bytes: which bits of it, and what they are. */
type Key = readonly [at: number, mask: number, value: number];

// struct tc_u32_sel of linux/pkt_cls.h, with its keys.
function selector(keys: readonly Key[]): Uint8Array {
  const bytesOf = new Uint8Array(16 + 16 * keys.length);
  writeUint8(bytesOf, isTerminal, 0);
  writeUint8(bytesOf, keys.length, 2);
  for (const [index, [at, mask, value]] of keys.entries()) {
    const from = 16 + 16 * index;
    writeUint32(bytesOf, inNetworkOrder(mask), from);
    writeUint32(bytesOf, inNetworkOrder(value), from + 4);
    writeInt32(bytesOf, at, from + 8);
  }
  return bytesOf;
}

function inNetworkOrder(word: number): number {
  return (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | ((word >>> 24) & 0xff)) >>> 0;
}
