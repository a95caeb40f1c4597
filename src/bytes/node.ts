import { createHash } from 'node:crypto';
import type { Bytes } from './bytes.ts';

// For Node, based on its Buffer. bytes.ts describes each function.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** The same bytes, as a Buffer. */
function buffer({ buffer: memory, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(memory, byteOffset, byteLength);
}

export const utf8: Bytes['utf8'] = (text) => new TextEncoder().encode(text);
export const text: Bytes['text'] = (bytes) => lenient.decode(bytes);
export const strictText: Bytes['strictText'] = (bytes) => {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
};
export const latin1: Bytes['latin1'] = (bytes) => buffer(bytes).toString('latin1');
export const hex: Bytes['hex'] = (bytes) => buffer(bytes).toString('hex');
export const fromHex: Bytes['fromHex'] = (digits) => new Uint8Array(Buffer.from(digits, 'hex'));
export const base64: Bytes['base64'] = (bytes) => buffer(bytes).toString('base64');
export const fromBase64: Bytes['fromBase64'] = (text) => new Uint8Array(Buffer.from(text, 'base64'));
export const sha256: Bytes['sha256'] = (of) => createHash('sha256').update(of).digest('hex');
export const concat: Bytes['concat'] = (parts) => new Uint8Array(Buffer.concat(parts));
export const readUint8: Bytes['readUint8'] = (bytes, at) => buffer(bytes).readUInt8(at);
export const readUint16: Bytes['readUint16'] = (bytes, at) => buffer(bytes).readUInt16LE(at);
export const readUint32: Bytes['readUint32'] = (bytes, at) => buffer(bytes).readUInt32LE(at);
export const readInt32: Bytes['readInt32'] = (bytes, at) => buffer(bytes).readInt32LE(at);
export const readUint16BE: Bytes['readUint16BE'] = (bytes, at) => buffer(bytes).readUInt16BE(at);
export const readUint64: Bytes['readUint64'] = (bytes, at) => buffer(bytes).readBigUInt64LE(at);
export const words: Bytes['words'] = (...numbers) => new Uint8Array(Uint32Array.from(numbers).buffer);
export const record: Bytes['record'] = (type, ...values) => {
  const value = concat(values);
  const head = words((4 + value.length) | (type << 16));
  return concat([head, value, new Uint8Array(-value.length & 3)]);
};
export const records: Bytes['records'] = (bytes, start, ...types) => {
  const places: number[] = [];
  for (let at = start; at + 4 <= bytes.length; ) {
    const length = readUint16(bytes, at);
    if (length < 4 || at + length > bytes.length) break;
    const type = readUint16(bytes, at + 2) & 0x3fff;
    if (types.length === 0 || types.includes(type)) places.push(type, at + 4, at + length);
    at += (length + 3) & ~3;
  }
  return places;
};
