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
}
