import type { Bytes } from '../../src/bytes/bytes.ts';

/** How a kind of number is read. */
export interface Numbers {
  readonly size: number;
  readonly read: (bytes: Bytes, given: Uint8Array, at: number) => number;
  /** What Node reads there. */
  readonly wanted: (buffer: Buffer, at: number) => number;
}

/** The kinds of numbers that are read. */
export const kinds: Readonly<Record<string, Numbers>> = {
  Uint8: {
    size: 1,
    read: (bytes, given, at) => bytes.readUint8(given, at),
    wanted: (buffer, at) => buffer.readUInt8(at),
  },
  Uint16: {
    size: 2,
    read: (bytes, given, at) => bytes.readUint16(given, at),
    wanted: (buffer, at) => buffer.readUInt16LE(at),
  },
  Uint32: {
    size: 4,
    read: (bytes, given, at) => bytes.readUint32(given, at),
    wanted: (buffer, at) => buffer.readUInt32LE(at),
  },
  Int32: {
    size: 4,
    read: (bytes, given, at) => bytes.readInt32(given, at),
    wanted: (buffer, at) => buffer.readInt32LE(at),
  },
  Uint16BE: {
    size: 2,
    read: (bytes, given, at) => bytes.readUint16BE(given, at),
    wanted: (buffer, at) => buffer.readUInt16BE(at),
  },
};
