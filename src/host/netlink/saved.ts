import { base64, concat, fromBase64, writeUint32 } from '#bytes';
import { decode, encode, type Message } from './message.ts';

/** Marks that `ip addr save` and `ip route save` begin with. */
export const marks = { addresses: 0x4736_1222, routes: 0x4531_1224 } as const;

/** NLM_F_MULTI of linux/netlink.h: one part of an answer of several. */
const isPart = 0x2;

/** Writes messages down as `ip` saves them, in base64. */
export function pack(mark: number, messages: readonly Message[]): string {
  const header = new Uint8Array(4);
  writeUint32(header, mark, 0);
  return base64(concat([header, ...messages.map(({ type, body }) => encode({ type, flags: isPart, body }, 0))]));
}

/** Reads messages that were written down; none if nothing was. */
export function unpack(saved: string): readonly Message[] {
  return decode(fromBase64(saved).subarray(4));
}
