import { concat, readInt32, readUint32, record, records, text as decodeText, utf8, words } from '#bytes';
import { flags } from './numbers.ts';

// Netlink messages (netlink(7), linux/netlink.h). Numbers are in the machine's byte order, which is little-endian on
// every machine that the compiled program runs on.

/** A request to the kernel, without its sequence number. */
export interface Request {
  /** RTM_… of linux/rtnetlink.h. */
  readonly type: number;
  /** NLM_F_… in addition to those of every request. */
  readonly flags: number;
  readonly body: Uint8Array;
}

/** A message from the kernel. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

const headerLength = 16;

/** A request that the kernel acknowledges. The parts of its body are a fixed one, and attributes. */
export function ask(type: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, flags.wantsAnswer, parts);
}

/** A request whose answer is one message or a refusal. */
export function askForOne(type: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, 0, parts);
}

/** Whether the answer to a request ends with its first message. */
export function isForOne({ flags: how }: Request): boolean {
  return (how & (flags.wantsAnswer | flags.wantsAll)) === 0;
}

/** A request for everything that matches. */
export function askForAll(type: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, flags.wantsAll, parts);
}

/** A request that makes something, with further flags such as `creates` or `makesNew`. */
export function make(type: number, how: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, flags.wantsAnswer | how, parts);
}

function request(type: number, how: number, parts: readonly Uint8Array[]): Request {
  return { type, flags: how, body: parts.length === 1 && parts[0] !== undefined ? parts[0] : concat(parts) };
}

/** Encodes a request with a sequence number, which its answers will have. */
export function encode({ type, flags: how, body }: Request, sequence: number): Uint8Array {
  return concat([words(headerLength + body.length, type | ((flags.request | how) << 16), sequence, 0), body]);
}

/** Decodes consecutive messages. A truncated message is left out. */
export function decode(received: Uint8Array): readonly Message[] {
  const messages: Message[] = [];
  eachMessage(received, received.length, (head, from, to) => {
    messages.push({ ...head, body: received.subarray(from, to) });
  });
  return messages;
}

/** Visits the messages in the first `end` bytes, with the offsets where the body of each begins and ends. */
export function eachMessage(
  received: Uint8Array,
  end: number,
  visit: (head: Omit<Message, 'body'>, from: number, to: number) => void,
): void {
  for (let at = 0; at + headerLength <= end; ) {
    const length = readUint32(received, at);
    if (length < headerLength || at + length > end) return;
    const how = readUint32(received, at + 4);
    const head = { type: how & 0xffff, flags: how >>> 16, sequence: readUint32(received, at + 8) };
    visit(head, at + headerLength, at + length);
    at += aligned(length);
  }
}

/** Encodes an attribute with raw bytes. */
export function bytes(type: number, value: Uint8Array): Uint8Array {
  return record(type, value);
}

/** Encodes an attribute with a 32-bit number. */
export function u32(type: number, value: number): Uint8Array {
  return words(8 | (type << 16), value);
}

/** Encodes an attribute with a zero-terminated text. */
export function text(type: number, value: string): Uint8Array {
  return record(type, utf8(`${value}\0`));
}

/** Encodes an attribute that contains others. */
export function nested(type: number, ...attributes: readonly Uint8Array[]): Uint8Array {
  return record(type, ...attributes);
}

/**
 * Visits the attributes from an offset to the end of a message, in order: `visit` gets the type of each, and where its
 * value begins and ends. A link has sixty attributes, and few are needed: if types are given, others are skipped.
 */
export function eachAttribute(
  message: Uint8Array,
  start: number,
  visit: (type: number, from: number, to: number) => void,
  ...types: readonly number[]
): void {
  const places = records(message, start, ...types);
  for (let at = 0; at < places.length; at += 3) visit(places[at] ?? 0, places[at + 1] ?? 0, places[at + 2] ?? 0);
}

/** The values of the attributes from an offset to the end of a message, in order, optionally of one type only. */
export function valuesIn(message: Uint8Array, start = 0, wanted?: number): readonly Uint8Array[] {
  const values: Uint8Array[] = [];
  const keep = (_: number, from: number, to: number): void => void values.push(message.subarray(from, to));
  eachAttribute(message, start, keep, ...(wanted === undefined ? [] : [wanted]));
  return values;
}

/** Reads what is between two offsets of a message. */
type Reader<T> = (message: Uint8Array, from: number, to: number) => T;

/** Readers by attribute type: for each, the key of the result, and the reader of the value. */
type ReadersByType<Told> = Readonly<
  Record<number, { [Key in keyof Told]: readonly [key: Key, read: Reader<Told[Key]>] }[keyof Told] | undefined>
>;

/** The readers of the wanted attributes. */
export interface Readers<Told> {
  readonly types: readonly number[];
  readonly byType: ReadersByType<Told>;
}

/** Makes the readers of attributes. */
export function readersOf<Told>(byType: ReadersByType<Told>): Readers<Told> {
  return { types: Object.keys(byType).map(Number), byType };
}

/** Reads the attributes that have readers, from an offset to the end of a message. */
export function read<Told>(message: Uint8Array, start: number, { types, byType }: Readers<Told>): Partial<Told> {
  const told: Partial<Told> = {};
  const places = records(message, start, ...types);
  for (let at = 0; at < places.length; at += 3) {
    const reader = byType[places[at] ?? 0];
    if (reader !== undefined) told[reader[0]] = reader[1](message, places[at + 1] ?? 0, places[at + 2] ?? 0);
  }
  return told;
}

/** A reader that passes a value's bytes to a function. */
export function value<T>(work: (bytes: Uint8Array) => T): Reader<T> {
  return (message, from, to) => work(message.subarray(from, to));
}

/** Finds the first attribute of a type. */
export function find(message: Uint8Array, wanted: number, start = 0): Uint8Array | undefined {
  const places = records(message, start, wanted);
  return places.length === 0 ? undefined : message.subarray(places[1], places[2]);
}

/** A 32-bit number at an offset in the value of an attribute; undefined if the attribute is missing. */
export function uint32At(value: Uint8Array | undefined, at = 0): number | undefined {
  return value === undefined ? undefined : readUint32(value, at);
}

/** A text, up to its end or its first zero byte. */
export function textIn(value: Uint8Array): string {
  const end = value.indexOf(0);
  return decodeText(end === -1 ? value : value.subarray(0, end));
}

/** NLMSG_ERROR: how a request ended. NLMSG_DONE: the end of an answer in several parts. */
const [errorType, doneType] = [2, 3];

/** NLMSGERR_ATTR_MSG: the kernel's error message. */
const kernelsWords = 1;

/** Whether a message says that a request succeeded; `from` is the offset of its body. */
export function isSuccess({ type }: Pick<Message, 'type'>, received: Uint8Array, from: number): boolean {
  return type === errorType && readInt32(received, from) === 0;
}

/** How a request ended, according to the end of the kernel's answer. */
export interface Ending {
  /** 0 if it succeeded. */
  readonly errno: number;
  /** The kernel's error message, if it has one. */
  readonly said: string | undefined;
}

/** Reads the message that ends an answer; undefined if the message is not the end. */
export function endingOf({ type, flags: how, body }: Message): Ending | undefined {
  if (type !== errorType && type !== doneType) return undefined;
  // An end without an error number means success. The number is negative.
  const errno = body.length < 4 ? 0 : Math.abs(readInt32(body, 0));
  if ((how & flags.hasWords) === 0) return { errno, said: undefined };
  const said = find(body, kernelsWords, type === doneType ? 4 : afterRequest(how, body));
  return { errno, said: said === undefined ? undefined : textIn(said) };
}

// The error number is followed by the request, or by its header only.
function afterRequest(how: number, body: Uint8Array): number {
  if ((how & flags.isCapped) !== 0 || body.length < 8) return 4 + headerLength;
  return 4 + aligned(readUint32(body, 4));
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}
