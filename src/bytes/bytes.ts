/**
 * What dan does with bytes: pure functions. `#bytes` is `native.ts` in the executable, whose host has in C what takes long in
 * bytecode, or `node.ts` (package.json, "imports"). Integers are in the byte order of the processors that dan is built
 * for, little-endian, unless a name says otherwise. A place outside the bytes is a RangeError.
 */
export interface Bytes {
  /** A text as UTF-8. A lone surrogate becomes U+FFFD. */
  readonly utf8: (text: string) => Uint8Array;
  /** UTF-8 as a text. What is none becomes U+FFFD; a byte order mark stays. */
  readonly text: (bytes: Uint8Array) => string;
  /** UTF-8 as a text; undefined for bytes that are none. A byte order mark stays. */
  readonly strictText: (bytes: Uint8Array) => string | undefined;
  /** Each byte as the character of that number. */
  readonly latin1: (bytes: Uint8Array) => string;
  readonly hex: (bytes: Uint8Array) => string;
  /** The bytes that hexadecimal digits stand for, two each. */
  readonly fromHex: (digits: string) => Uint8Array;
  readonly base64: (bytes: Uint8Array) => string;
  /** Bytes of base64, as Node reads it: what is no digit of it is passed over. */
  readonly fromBase64: (text: string) => Uint8Array;
  /** SHA-256 of bytes, or of a text as UTF-8, in hexadecimal digits. */
  readonly sha256: (of: string | Uint8Array) => string;
  /** All of them, one after the other, in new bytes. */
  readonly concat: (parts: readonly Uint8Array[]) => Uint8Array;

  readonly readUint8: (bytes: Uint8Array, at: number) => number;
  readonly readUint16: (bytes: Uint8Array, at: number) => number;
  readonly readUint32: (bytes: Uint8Array, at: number) => number;
  readonly readInt32: (bytes: Uint8Array, at: number) => number;
  readonly readUint16BE: (bytes: Uint8Array, at: number) => number;
  readonly readUint64: (bytes: Uint8Array, at: number) => bigint;
  /** Numbers of 32 bits, signed or not, one after the other; at most sixteen. */
  readonly words: (...numbers: readonly number[]) => Uint8Array;
  /** A record: see {@link Bytes.records}; its value is these, one after the other. */
  readonly record: (type: number, ...values: readonly Uint8Array[]) => Uint8Array;
  /**
   * The places of records, from one on to the end of the bytes: of each its type, where its value begins and where it ends,
   * all in one list. A record is its length and its type, of 16 and of 14 bits, and its value, up to a multiple of four bytes.
   * What is cut short ends them. Where types are given, records of others are left out.
   */
  readonly records: (bytes: Uint8Array, start: number, ...types: readonly number[]) => readonly number[];
}
