import { concat } from '#bytes';

// A frame of ttrpc, as in PROTOCOL.md of containerd's ttrpc: a header of ten bytes in network byte order, then data.

/** Bytes of a header. */
export const headerLength = 10;

/** The largest number of data bytes in a frame, for either side (`messageLengthMax` of ttrpc). */
export const longestData = 4 * 1024 * 1024;

/** The types of frame in a call without streams. */
export const frameTypes = { request: 1, response: 2 } as const;

/** The fields of a header. */
export interface Header {
  /** Bytes of data that follow. */
  readonly length: number;
  /** The call to which it belongs: an odd number that the client chooses. */
  readonly stream: number;
  readonly type: number;
  readonly flags: number;
}

/** Writes a frame. */
export function encodeFrame(stream: number, type: number, data: Uint8Array): Uint8Array {
  const header = new Uint8Array(headerLength);
  const view = new DataView(header.buffer);
  view.setUint32(0, data.length);
  view.setUint32(4, stream);
  view.setUint8(8, type);
  return concat([header, data]);
}

/** Reads a header from bytes of its length. */
export function decodeHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerLength);
  return { length: view.getUint32(0), stream: view.getUint32(4), type: view.getUint8(8), flags: view.getUint8(9) };
}
