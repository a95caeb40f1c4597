/**
 * dan's operations on bytes, as pure functions. `#bytes` is `native.ts` in the executable, where C code does what is
 * slow in bytecode, or `node.ts` (package.json, "imports"). Integers are little-endian, the byte order of dan's
 * processors, unless a name says otherwise. An offset outside the bytes is a RangeError.
 */
export interface Bytes {
  /** A text as UTF-8. A lone surrogate becomes U+FFFD. */
  readonly utf8: (text: string) => Uint8Array;
  /** UTF-8 as a text. Invalid UTF-8 becomes U+FFFD; a byte order mark stays. */
  readonly text: (bytes: Uint8Array) => string;
  /** UTF-8 as a text; undefined for invalid UTF-8. A byte order mark stays. */
  readonly strictText: (bytes: Uint8Array) => string | undefined;
  /** Each byte as the character with that number. */
  readonly latin1: (bytes: Uint8Array) => string;
  readonly hex: (bytes: Uint8Array) => string;
  /** The bytes for hexadecimal digits, two digits each. */
  readonly fromHex: (digits: string) => Uint8Array;
  readonly base64: (bytes: Uint8Array) => string;
  /** The bytes for base64, as Node decodes it: other characters are skipped. */
  readonly fromBase64: (text: string) => Uint8Array;
  /** SHA-256 of bytes, or of a text as UTF-8, in hexadecimal digits. */
  readonly sha256: (of: string | Uint8Array) => string;
  /** All parts, one after the other, as a new array. */
  readonly concat: (parts: readonly Uint8Array[]) => Uint8Array;

  readonly readUint8: (bytes: Uint8Array, at: number) => number;
  readonly readUint16: (bytes: Uint8Array, at: number) => number;
  readonly readUint32: (bytes: Uint8Array, at: number) => number;
  readonly readInt32: (bytes: Uint8Array, at: number) => number;
  readonly readUint16BE: (bytes: Uint8Array, at: number) => number;
  readonly readUint64: (bytes: Uint8Array, at: number) => bigint;
  /** Signed or unsigned 32-bit numbers, one after the other; at most sixteen. */
  readonly words: (...numbers: readonly number[]) => Uint8Array;
  /** Makes a record (see {@link Bytes.records}) whose value is these values, one after the other. */
  readonly record: (type: number, ...values: readonly Uint8Array[]) => Uint8Array;
  /**
   * The places of records, from `start` to the end of the bytes, in one list: for each, its type, and where its value
   * begins and ends. A record has a length of 16 bits, a type of 14 bits and a value, and is padded to a multiple of
   * four bytes. A truncated record ends the list. With `types`, records of other types are left out.
   */
  readonly records: (bytes: Uint8Array, start: number, ...types: readonly number[]) => readonly number[];
}
