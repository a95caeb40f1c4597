import { strictText, utf8 } from '#bytes';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

// Protocol buffer messages, described by a table of their fields. The library handles the wire format. Its generated
// messages would add reflection code of ten times the size, which dan does not use.

/** The type of a scalar field. dan uses only numbers that JavaScript represents exactly. */
type Scalar = 'bytes' | 'int32' | 'int64' | 'string' | 'uint32' | 'uint64';

/** A field: its number, and its type; `repeated` for a list of messages. */
type Field =
  | readonly [number: number, form: Scalar]
  | readonly [number: number, form: Fields]
  | readonly [number: number, form: Fields, repeated: 'repeated'];

/** A message: its fields by name. */
export type Fields = Readonly<Record<string, Field>>;

/** A message as a JavaScript value. What is not on the wire is left out, except scalars, which have their default. */
export type Message<F extends Fields> = {
  readonly [Name in keyof F as F[Name] extends readonly [number, Fields] ? never : Name]: F[Name] extends readonly [
    number,
    infer Form,
    ...unknown[],
  ]
    ? Form extends Fields
      ? readonly Message<Form>[]
      : ScalarValue<Form>
    : never;
} & {
  readonly [Name in keyof F as F[Name] extends readonly [number, Fields] ? Name : never]?:
    | (F[Name] extends readonly [number, infer Form extends Fields] ? Message<Form> : never)
    | undefined;
};

type ScalarValue<Form> = Form extends 'bytes' ? Uint8Array : Form extends 'string' ? string : number;

/** A message to encode: every field may be left out. */
export type Draft<F extends Fields> = {
  readonly [Name in keyof F]?: F[Name] extends readonly [number, infer Form, ...infer Rest]
    ? Form extends Fields
      ? Rest extends readonly ['repeated']
        ? readonly Draft<Form>[]
        : Draft<Form>
      : ScalarValue<Form>
    : never;
};

/** The largest number of elements of all lists in a message: two bytes on the wire make one, and memory is limited. */
export const mostElements = 20_000;

/** Encodes a message. Scalars with their default value are left out, as in proto3; empty nested messages are not. */
export function encodeMessage<F extends Fields>(fields: F, message: Draft<F>): Uint8Array {
  const writer = new BinaryWriter(utf8);
  write(writer, fields, message);
  return writer.finish();
}

/** Decodes a message. Skips fields that the table lacks. Throws an Error if the bytes are not a message. */
export function decodeMessage<F extends Fields>(fields: F, bytes: Uint8Array): Message<F> {
  const reader = new BinaryReader(bytes, textOf);
  return read(reader, fields, bytes.length, { left: mostElements }) as Message<F>;
}

function write(writer: BinaryWriter, fields: Fields, message: Readonly<Record<string, unknown>>): void {
  for (const [name, [number, form, repeated]] of Object.entries(fields)) {
    const value = message[name];
    if (value === undefined) continue;
    if (typeof form === 'string') {
      if (value === 0 || value === '' || (value instanceof Uint8Array && value.length === 0)) continue;
      writer.tag(number, wireTypes[form]);
      writeScalar(writer, form, value as string & number & Uint8Array);
      continue;
    }
    for (const one of repeated === undefined ? [value] : (value as readonly unknown[])) {
      writer.tag(number, WireType.LengthDelimited).fork();
      write(writer, form, one as Readonly<Record<string, unknown>>);
      writer.join();
    }
  }
}

function writeScalar(writer: BinaryWriter, form: Scalar, value: string & number & Uint8Array): void {
  writer[form](value);
}

const wireTypes: Readonly<Record<Scalar, WireType>> = {
  bytes: WireType.LengthDelimited,
  int32: WireType.Varint,
  int64: WireType.Varint,
  string: WireType.LengthDelimited,
  uint32: WireType.Varint,
  uint64: WireType.Varint,
};

type Read = Record<string, unknown>;

function read(reader: BinaryReader, fields: Fields, end: number, room: { left: number }): Read {
  const message: Read = {};
  for (const [name, [, form, repeated]] of Object.entries(fields)) {
    if (typeof form === 'string') message[name] = defaultOf(form);
    else if (repeated !== undefined) message[name] = [];
  }
  const byNumber = new Map(Object.entries(fields).map(([name, field]) => [field[0], { name, field }]));
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const known = byNumber.get(number);
    const wanted = known === undefined ? undefined : wireTypeOf(known.field);
    if (known === undefined || wanted !== wireType) {
      reader.skip(wireType, number);
      continue;
    }
    const { name, field } = known;
    const [, form, repeated] = field;
    if (typeof form === 'string') {
      message[name] = form === 'string' ? reader.string() : scalar(reader, form);
      continue;
    }
    const length = reader.uint32();
    const last = reader.pos + length;
    if (last > end) throw new RangeError('a message is longer than the one that it is in');
    if (repeated !== undefined && room.left-- <= 0)
      throw new RangeError(`lists have more than ${mostElements} elements`);
    const inner = read(reader, form, last, room);
    if (repeated === undefined) message[name] = inner;
    else (message[name] as Read[]).push(inner);
  }
  if (reader.pos !== end) throw new RangeError('a field is longer than the message that it is in');
  return message;
}

function wireTypeOf([, form]: Field): WireType {
  return typeof form === 'string' ? wireTypes[form] : WireType.LengthDelimited;
}

function scalar(reader: BinaryReader, form: Exclude<Scalar, 'string'>): number | Uint8Array {
  const value = reader[form]();
  return typeof value === 'object' ? value : Number(value);
}

function defaultOf(form: Scalar): number | string | Uint8Array {
  return form === 'bytes' ? new Uint8Array() : form === 'string' ? '' : 0;
}

function textOf(bytes: Uint8Array): string {
  const text = strictText(bytes);
  if (text === undefined) throw new Error('a string is no UTF-8');
  return text;
}
