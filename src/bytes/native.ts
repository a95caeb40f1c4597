import type { Bytes } from './bytes.ts';

// In the executable, C code implements these (native/bytes.c).
export const {
  utf8,
  text,
  strictText,
  latin1,
  hex,
  fromHex,
  base64,
  fromBase64,
  sha256,
  concat,
  readUint8,
  readUint16,
  readUint32,
  readInt32,
  readUint16BE,
  readUint64,
  words,
  record,
  records,
}: Bytes = native.bytes;
