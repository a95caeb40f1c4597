import type { Bytes } from '../../src/bytes/bytes.ts';

/** How a kind of number is read and written. */
export interface Numbers {
  readonly size: number;
  readonly least: number;
  readonly most: number;
  readonly read: (bytes: Bytes, given: Uint8Array, at: number) => number;
  readonly write: (bytes: Bytes, given: Uint8Array, value: number, at: number) => void;
  /** What Node reads there. */
  readonly wanted: (buffer: Buffer, at: number) => number;
}

/** The kinds of numbers that are read and written. */
export const kinds: Readonly<Record<string, Numbers>> = {
  Uint8: {
    size: 1,
    least: 0,
    most: 0xff,
    read: (bytes, given, at) => bytes.readUint8(given, at),
    write: (bytes, given, value, at) => {
      bytes.writeUint8(given, value, at);
    },
    wanted: (buffer, at) => buffer.readUInt8(at),
  },
  Uint16: {
    size: 2,
    least: 0,
    most: 0xffff,
    read: (bytes, given, at) => bytes.readUint16(given, at),
    write: (bytes, given, value, at) => {
      bytes.writeUint16(given, value, at);
    },
    wanted: (buffer, at) => buffer.readUInt16LE(at),
  },
  Uint32: {
    size: 4,
    least: 0,
    most: 0xffff_ffff,
    read: (bytes, given, at) => bytes.readUint32(given, at),
    write: (bytes, given, value, at) => {
      bytes.writeUint32(given, value, at);
    },
    wanted: (buffer, at) => buffer.readUInt32LE(at),
  },
  Int32: {
    size: 4,
    least: -0x8000_0000,
    most: 0x7fff_ffff,
    read: (bytes, given, at) => bytes.readInt32(given, at),
    write: (bytes, given, value, at) => {
      bytes.writeInt32(given, value, at);
    },
    wanted: (buffer, at) => buffer.readInt32LE(at),
  },
  Uint16BE: {
    size: 2,
    least: 0,
    most: 0xffff,
    read: (bytes, given, at) => bytes.readUint16BE(given, at),
    write: (bytes, given, value, at) => {
      bytes.writeUint16BE(given, value, at);
    },
    wanted: (buffer, at) => buffer.readUInt16BE(at),
  },
  Uint32BE: {
    size: 4,
    least: 0,
    most: 0xffff_ffff,
    read: (bytes, given, at) => bytes.readUint32BE(given, at),
    write: (bytes, given, value, at) => {
      bytes.writeUint32BE(given, value, at);
    },
    wanted: (buffer, at) => buffer.readUInt32BE(at),
  },
};
