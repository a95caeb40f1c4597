import { createHash } from 'node:crypto';
import type { Bytes } from './bytes.ts';

// For Node, whose Buffer does all of it.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** The same bytes, as a Buffer. */
function buffer({ buffer: memory, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(memory, byteOffset, byteLength);
}

const implementation: Bytes = {
  utf8: (text) => new TextEncoder().encode(text),
  text: (bytes) => lenient.decode(bytes),
  strictText: (bytes) => {
    try {
      return strict.decode(bytes);
    } catch {
      return undefined;
    }
  },
  latin1: (bytes) => buffer(bytes).toString('latin1'),
  hex: (bytes) => buffer(bytes).toString('hex'),
  base64: (bytes) => buffer(bytes).toString('base64'),
  fromBase64: (text) => new Uint8Array(Buffer.from(text, 'base64')),
  sha256: (of) => createHash('sha256').update(of).digest('hex'),
  concat: (parts) => new Uint8Array(Buffer.concat(parts)),
  readUint8: (bytes, at) => buffer(bytes).readUInt8(at),
  readUint16: (bytes, at) => buffer(bytes).readUInt16LE(at),
  readUint32: (bytes, at) => buffer(bytes).readUInt32LE(at),
  readInt32: (bytes, at) => buffer(bytes).readInt32LE(at),
  readUint16BE: (bytes, at) => buffer(bytes).readUInt16BE(at),
  readUint32BE: (bytes, at) => buffer(bytes).readUInt32BE(at),
  readUint64: (bytes, at) => buffer(bytes).readBigUInt64LE(at),
  writeUint8: (bytes, value, at) => void buffer(bytes).writeUInt8(value, at),
  writeUint16: (bytes, value, at) => void buffer(bytes).writeUInt16LE(value, at),
  writeUint32: (bytes, value, at) => void buffer(bytes).writeUInt32LE(value, at),
  writeInt32: (bytes, value, at) => void buffer(bytes).writeInt32LE(value, at),
  writeUint16BE: (bytes, value, at) => void buffer(bytes).writeUInt16BE(value, at),
  writeUint32BE: (bytes, value, at) => void buffer(bytes).writeUInt32BE(value, at),
};

export const {
  utf8,
  text,
  strictText,
  latin1,
  hex,
  base64,
  fromBase64,
  sha256,
  concat,
  readUint8,
  readUint16,
  readUint32,
  readInt32,
  readUint16BE,
  readUint32BE,
  readUint64,
  writeUint8,
  writeUint16,
  writeUint32,
  writeInt32,
  writeUint16BE,
  writeUint32BE,
} = implementation;
