import { readInt32, readUint32 } from '#bytes';
import { attributes, type Message, textOf } from './message.ts';

/** NLMSG_ERROR: how a request ended. */
const errorType = 2;

/** NLMSG_DONE: the end of an answer in several parts. */
const doneType = 3;

/** NLM_F_CAPPED: of the request only its header is in the answer. */
const isCapped = 0x100;

/** NLM_F_ACK_TLVS: the kernel's words follow. */
const hasWords = 0x200;

/** NLMSGERR_ATTR_MSG */
const words = 1;

/** How a request ended, as the kernel tells at the end of its answer. */
export interface Ending {
  /** Zero: it was carried out. */
  readonly errno: number;
  /** The kernel's own words, where it has some. */
  readonly said: string | undefined;
}

/** Reads the message that ends an answer; undefined: it is not the end. */
export function endingOf({ type, flags, body }: Message): Ending | undefined {
  if (type !== errorType && type !== doneType) return undefined;
  // An end without a number is one without an error.
  if (body.length < 4) return { errno: 0, said: undefined };
  // Told as a negative number.
  const errno = Math.abs(readInt32(body, 0));
  if ((flags & hasWords) === 0) return { errno, said: undefined };
  return { errno, said: saidIn(body, type === doneType ? 4 : afterRequest(flags, body)) };
}

function afterRequest(flags: number, body: Uint8Array): number {
  const header = 4 + 16;
  if ((flags & isCapped) !== 0 || body.length < 8) return header;
  return 4 + ((readUint32(body, 4) + 3) & ~3);
}

function saidIn(body: Uint8Array, start: number): string | undefined {
  for (const { type, value } of attributes(body, start)) if (type === words) return textOf(value);
  return undefined;
}
