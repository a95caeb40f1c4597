import { concat, readInt32, readUint32, record, records, text as decodeText, utf8, words } from '#bytes';
import { flags } from './numbers.ts';

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

const headerLength = 16;

/** A request that the kernel says the end of. Its body has these parts: a fixed one, and attributes. */
export function ask(type: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, flags.wantsAnswer, parts);
}

/** A request whose answer is one message, or a refusal. */
export function askForOne(type: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, 0, parts);
}

/** Whether the answer of a request ends with its first message. */
export function isForOne({ flags: how }: Request): boolean {
  return (how & (flags.wantsAnswer | flags.wantsAll)) === 0;
}

/** A request for everything that fits. */
export function askForAll(type: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, flags.wantsAll, parts);
}

/** A request that makes something, with further flags: `creates`, `makesNew`, or others of its kind. */
export function make(type: number, how: number, ...parts: readonly Uint8Array[]): Request {
  return request(type, flags.wantsAnswer | how, parts);
}

function request(type: number, how: number, parts: readonly Uint8Array[]): Request {
  return { type, flags: how, body: parts.length === 1 && parts[0] !== undefined ? parts[0] : concat(parts) };
}

/** Encodes a request under a number that its answers will have. */
export function encode({ type, flags: how, body }: Request, sequence: number): Uint8Array {
  return concat([words(headerLength + body.length, type | ((flags.request | how) << 16), sequence, 0), body]);
}

/** Decodes messages, one after the other. What is cut short is left out. */
export function decode(received: Uint8Array): readonly Message[] {
  const messages: Message[] = [];
  eachMessage(received, received.length, (head, from, to) => {
    messages.push({ ...head, body: received.subarray(from, to) });
  });
  return messages;
}

/** Goes through the messages in so many bytes, with the places where the body of each begins and ends. */
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

/** Encodes an attribute with bytes as they are. */
export function bytes(type: number, value: Uint8Array): Uint8Array {
  return record(type, value);
}

/** Encodes an attribute with a number of 32 bits. */
export function u32(type: number, value: number): Uint8Array {
  return words(8 | (type << 16), value);
}

/** Encodes an attribute with a text, ended by a zero byte. */
export function text(type: number, value: string): Uint8Array {
  return record(type, utf8(`${value}\0`));
}

/** Encodes an attribute that holds others. */
export function nested(type: number, ...attributes: readonly Uint8Array[]): Uint8Array {
  return record(type, ...attributes);
}

/**
 * Goes through the attributes from a place in a message to its end, in order: `visit` gets the type of each, and where its
 * value begins and ends. A link has sixty of them, of which few are wanted: where types are given, others are passed over.
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

/** The values of the attributes from a place in a message to its end, in order: of one type, where it is given. */
export function valuesIn(message: Uint8Array, start = 0, wanted?: number): readonly Uint8Array[] {
  const values: Uint8Array[] = [];
  const keep = (_: number, from: number, to: number): void => void values.push(message.subarray(from, to));
  eachAttribute(message, start, keep, ...(wanted === undefined ? [] : [wanted]));
  return values;
}

/** Reads what stands in a message from one place to another. */
type Reader<T> = (message: Uint8Array, from: number, to: number) => T;

/** How attributes are read, by their types: what each of them tells, and the reader of its value. */
type ReadersByType<Told> = Readonly<
  Record<number, { [Key in keyof Told]: readonly [key: Key, read: Reader<Told[Key]>] }[keyof Told] | undefined>
>;

/** The readers of the attributes that are looked at. */
export interface Readers<Told> {
  readonly types: readonly number[];
  readonly byType: ReadersByType<Told>;
}

/** Makes the readers of attributes. */
export function readersOf<Told>(byType: ReadersByType<Told>): Readers<Told> {
  return { types: Object.keys(byType).map(Number), byType };
}

/** Reads those attributes, from a place in a message to its end, for which there are readers. */
export function read<Told>(message: Uint8Array, start: number, { types, byType }: Readers<Told>): Partial<Told> {
  const told: Partial<Told> = {};
  const places = records(message, start, ...types);
  for (let at = 0; at < places.length; at += 3) {
    const reader = byType[places[at] ?? 0];
    if (reader !== undefined) told[reader[0]] = reader[1](message, places[at + 1] ?? 0, places[at + 2] ?? 0);
  }
  return told;
}

/** A reader that gives a value's own bytes to a function. */
export function value<T>(work: (bytes: Uint8Array) => T): Reader<T> {
  return (message, from, to) => work(message.subarray(from, to));
}

/** Finds the first attribute of a type. */
export function find(message: Uint8Array, wanted: number, start = 0): Uint8Array | undefined {
  const places = records(message, start, wanted);
  return places.length === 0 ? undefined : message.subarray(places[1], places[2]);
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

/** NLMSG_ERROR: how a request ended. NLMSG_DONE: the end of an answer in several parts. */
const [errorType, doneType] = [2, 3];

/** NLMSGERR_ATTR_MSG: the kernel's words. */
const kernelsWords = 1;

/** Whether a message says that a request was carried out; its body begins at a place. */
export function isSuccess({ type }: Pick<Message, 'type'>, received: Uint8Array, from: number): boolean {
  return type === errorType && readInt32(received, from) === 0;
}

/** How a request ended, as the end of the kernel's answer says. */
export interface Ending {
  /** Zero: it was carried out. */
  readonly errno: number;
  /** The kernel's own words, where it has some. */
  readonly said: string | undefined;
}

/** Reads the message that ends an answer; undefined: it is not the end. */
export function endingOf({ type, flags: how, body }: Message): Ending | undefined {
  if (type !== errorType && type !== doneType) return undefined;
  // An end without a number is one without an error. The number is negative.
  const errno = body.length < 4 ? 0 : Math.abs(readInt32(body, 0));
  if ((how & flags.hasWords) === 0) return { errno, said: undefined };
  const said = find(body, kernelsWords, type === doneType ? 4 : afterRequest(how, body));
  return { errno, said: said === undefined ? undefined : textIn(said) };
}

// Behind the error number comes the request, or only its header.
function afterRequest(how: number, body: Uint8Array): number {
  if ((how & flags.isCapped) !== 0 || body.length < 8) return 4 + headerLength;
  return 4 + aligned(readUint32(body, 4));
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}
