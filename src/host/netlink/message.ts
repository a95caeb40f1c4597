import { concat, readInt32, readUint16, readUint32, text as decodeText, utf8, writeUint16, writeUint32 } from '#bytes';

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
  readonly body: Uint8Array;
}

/** One attribute of a message. */
export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/** NLM_F_REQUEST: every message to the kernel has it. */
const isRequest = 0x1;

/** NLM_F_ACK: the kernel says how the request ended. */
const wantsAnswer = 0x4;

/** NLM_F_ROOT | NLM_F_MATCH: everything that fits. */
const wantsAll = 0x300;

/** NLM_F_CREATE: it is made where it is missing. */
export const creates = 0x400;

/** NLM_F_CREATE | NLM_F_EXCL: it is made, and must not be there. */
export const makesNew = 0x600;

/** NLM_F_DUMP_INTR: what was read changed meanwhile. */
export const wasInterrupted = 0x10;

const headerLength = 16;

/** NLA_TYPE_MASK: the two highest bits of an attribute's type say how it is encoded, which the rest says already. */
const encodingLeftOut = 0x3fff;

/** A request that the kernel says the end of. Its body has these parts: a fixed one, and attributes. */
export function ask(type: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, wantsAnswer, parts);
}

/** A request for everything that fits. */
export function askForAll(type: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, wantsAll, parts);
}

/** A request that makes something, with further flags: {@link creates}, {@link makesNew}, or others of its kind. */
export function make(type: number, flags: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, wantsAnswer | flags, parts);
}

function request(type: number, flags: number, parts: readonly Uint8Array[]): Request {
  const [only] = parts;
  return { type, flags, body: parts.length === 1 && only !== undefined ? only : concat(parts) };
}

/** Encodes a request under a number that its answers will have. */
export function encode({ type, flags, body }: Request, sequence: number): Uint8Array {
  const message = new Uint8Array(headerLength + body.length);
  writeUint32(message, message.length, 0);
  writeUint16(message, type, 4);
  writeUint16(message, isRequest | flags, 6);
  writeUint32(message, sequence, 8);
  message.set(body, headerLength);
  return message;
}

/** Decodes all messages that were received at once. What is cut short is left out. */
export function decode(received: Uint8Array): readonly Message[] {
  const messages: Message[] = [];
  for (let at = 0; at + headerLength <= received.length; ) {
    const length = readUint32(received, at);
    if (length < headerLength || at + length > received.length) break;
    messages.push({
      type: readUint16(received, at + 4),
      flags: readUint16(received, at + 6),
      sequence: readUint32(received, at + 8),
      body: received.subarray(at + headerLength, at + length),
    });
    at += aligned(length);
  }
  return messages;
}

/** Encodes an attribute with bytes as they are. */
export function bytes(type: number, value: Uint8Array): Uint8Array {
  const length = 4 + value.length;
  const attribute = new Uint8Array(aligned(length));
  writeUint16(attribute, length, 0);
  writeUint16(attribute, type, 2);
  attribute.set(value, 4);
  return attribute;
}

/** Encodes an attribute with a number of 32 bits. */
export function u32(type: number, value: number): Uint8Array {
  const attribute = new Uint8Array(8);
  writeUint16(attribute, 8, 0);
  writeUint16(attribute, type, 2);
  writeUint32(attribute, value, 4);
  return attribute;
}

/** Encodes an attribute with a text, ended by a zero byte. */
export function text(type: number, value: string): Uint8Array {
  return bytes(type, utf8(`${value}\0`));
}

/** Encodes an attribute that holds others. */
export function nested(type: number, ...attributes: readonly Uint8Array[]): Uint8Array {
  return bytes(type, concat(attributes));
}

/**
 * Goes through the attributes from a place in a message to its end, in order: `visit` gets the type of each, and where its
 * value begins and ends. A link has sixty of them, of which few are wanted.
 */
export function eachAttribute(
  message: Uint8Array,
  start: number,
  visit: (type: number, from: number, to: number) => void,
): void {
  for (let at = start; at + 4 <= message.length; ) {
    const length = readUint16(message, at);
    if (length < 4 || at + length > message.length) return;
    visit(readUint16(message, at + 2) & encodingLeftOut, at + 4, at + length);
    at += aligned(length);
  }
}

/** Decodes all attributes from a place in a message to its end, in order. */
export function attributes(message: Uint8Array, start = 0): readonly Attribute[] {
  const all: Attribute[] = [];
  eachAttribute(message, start, (type, from, to) => {
    all.push({ type, value: message.subarray(from, to) });
  });
  return all;
}

/** Finds the first attribute of a type. */
export function find(message: Uint8Array, wanted: number, start = 0): Uint8Array | undefined {
  for (let at = start; at + 4 <= message.length; ) {
    const length = readUint16(message, at);
    if (length < 4 || at + length > message.length) return undefined;
    if ((readUint16(message, at + 2) & encodingLeftOut) === wanted) return message.subarray(at + 4, at + length);
    at += aligned(length);
  }
  return undefined;
}

/** A number of 32 bits, at a place in the value of an attribute; undefined where there is no such attribute. */
export function uint32At(value: Uint8Array | undefined, at = 0): number | undefined {
  return value === undefined ? undefined : readUint32(value, at);
}

/** A text, up to its end or its first zero byte. */
export function textIn(value: Uint8Array): string {
  const end = value.indexOf(0);
  return decodeText(end === -1 ? value : value.subarray(0, end));
}

/** The bytes that hexadecimal digits stand for, two digits each. */
export function fromHex(digits: string): Uint8Array {
  const decoded = new Uint8Array(digits.length / 2);
  for (let at = 0; at < decoded.length; at += 1) decoded[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  return decoded;
}

/** NLMSG_ERROR: how a request ended. NLMSG_DONE: the end of an answer in several parts. */
const [errorType, doneType] = [2, 3];

/** NLM_F_CAPPED: of the request only its header is in the answer. NLM_F_ACK_TLVS: the kernel's words follow. */
const [isCapped, hasWords] = [0x100, 0x200];

/** NLMSGERR_ATTR_MSG: the kernel's words. */
const words = 1;

/** How a request ended, as the end of the kernel's answer says. */
export interface Ending {
  /** Zero: it was carried out. */
  readonly errno: number;
  /** The kernel's own words, where it has some. */
  readonly said: string | undefined;
}

/** Reads the message that ends an answer; undefined: it is not the end. */
export function endingOf({ type, flags, body }: Message): Ending | undefined {
  if (type !== errorType && type !== doneType) return undefined;
  // An end without a number is one without an error. The number is negative.
  const errno = body.length < 4 ? 0 : Math.abs(readInt32(body, 0));
  if ((flags & hasWords) === 0) return { errno, said: undefined };
  const said = find(body, words, type === doneType ? 4 : afterRequest(flags, body));
  return { errno, said: said === undefined ? undefined : textIn(said) };
}

// Behind the error number comes the request, or only its header.
function afterRequest(flags: number, body: Uint8Array): number {
  if ((flags & isCapped) !== 0 || body.length < 8) return 4 + headerLength;
  return 4 + aligned(readUint32(body, 4));
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}
