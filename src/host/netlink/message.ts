// Messages of netlink (netlink(7), linux/netlink.h). Numbers are in the byte order of the machine: all that the compiled
// program runs on have the lowest byte first.

/** A request to the kernel: what is to be sent but for its number. */
export interface Request {
  /** RTM_… of linux/rtnetlink.h. */
  readonly type: number;
  /** NLM_F_… beside those that every request has. */
  readonly flags: number;
  readonly body: Uint8Array;
}

/** A message of the kernel. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly body: Buffer;
}

/** One attribute of a message. */
export interface Attribute {
  readonly type: number;
  readonly value: Buffer;
}

/** NLM_F_REQUEST: every message to the kernel has it. */
const isRequest = 0x1;

/** NLM_F_ACK: the kernel says how the request ended. */
export const wantsAnswer = 0x4;

/** NLM_F_ROOT | NLM_F_MATCH: everything that fits. */
export const wantsAll = 0x300;

/** NLM_F_CREATE | NLM_F_EXCL: it is made, and must not be there. */
export const makesNew = 0x600;

/** NLM_F_DUMP_INTR: what was read changed meanwhile. */
export const wasInterrupted = 0x10;

const headerLength = 16;

/** Encodes a request under a number that its answers will have. */
export function encode({ type, flags, body }: Request, sequence: number): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeUInt32LE(headerLength + body.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(isRequest | flags, 6);
  header.writeUInt32LE(sequence, 8);
  return Buffer.concat([header, body]);
}

/** Decodes all messages that were received at once. What is cut short is left out. */
export function decode(received: Buffer): readonly Message[] {
  const messages: Message[] = [];
  for (let at = 0; at + headerLength <= received.length; ) {
    const length = received.readUInt32LE(at);
    if (length < headerLength || at + length > received.length) break;
    messages.push({
      type: received.readUInt16LE(at + 4),
      flags: received.readUInt16LE(at + 6),
      sequence: received.readUInt32LE(at + 8),
      body: received.subarray(at + headerLength, at + length),
    });
    at += aligned(length);
  }
  return messages;
}

/** Encodes an attribute with bytes as they are. */
export function bytes(type: number, value: Uint8Array): Buffer {
  const length = 4 + value.length;
  const attribute = Buffer.alloc(aligned(length));
  attribute.writeUInt16LE(length, 0);
  attribute.writeUInt16LE(type, 2);
  attribute.set(value, 4);
  return attribute;
}

/** Encodes an attribute with a number of 32 bits. */
export function u32(type: number, value: number): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(value, 0);
  return bytes(type, number);
}

/** Encodes an attribute with a text, ended by a zero byte. */
export function text(type: number, value: string): Buffer {
  return bytes(type, Buffer.from(`${value}\0`));
}

/** Encodes an attribute that holds others. */
export function nested(type: number, ...attributes: readonly Uint8Array[]): Buffer {
  return bytes(type, Buffer.concat(attributes));
}

/**
 * Goes through the attributes from a place in a message to its end, in order: `visit` gets the type of each, and where its
 * value begins and ends. A link has sixty of them, of which few are wanted.
 */
export function eachAttribute(
  message: Buffer,
  start: number,
  visit: (type: number, from: number, to: number) => void,
): void {
  for (let at = start; at + 4 <= message.length; ) {
    const length = message.readUInt16LE(at);
    if (length < 4 || at + length > message.length) return;
    // The two highest bits say how it is encoded, which its type says already.
    visit(message.readUInt16LE(at + 2) & 0x3fff, at + 4, at + length);
    at += aligned(length);
  }
}

/** Decodes all attributes from a place in a message to its end, in order. */
export function attributes(message: Buffer, start = 0): readonly Attribute[] {
  const all: Attribute[] = [];
  eachAttribute(message, start, (type, from, to) => {
    all.push({ type, value: message.subarray(from, to) });
  });
  return all;
}

/** Finds the first attribute of a type. */
export function find(message: Buffer, wanted: number, start = 0): Buffer | undefined {
  let found: Buffer | undefined;
  eachAttribute(message, start, (type, from, to) => {
    if (type === wanted) found ??= message.subarray(from, to);
  });
  return found;
}

/** A text, up to its end or its first zero byte. */
export function textOf(value: Buffer): string {
  const end = value.indexOf(0);
  return value.toString('utf8', 0, end === -1 ? value.length : end);
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}
