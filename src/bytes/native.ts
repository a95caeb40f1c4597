import type { Bytes } from './bytes.ts';

// In the executable, whose host has them in C (native/bytes.c).
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
}: Bytes = native.bytes;
