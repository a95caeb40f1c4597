import { concat } from '#bytes';

// A frame of ttrpc, as PROTOCOL.md of containerd's ttrpc has it: ten bytes of header, in the order of the network, and data.

/** Bytes of a header. */
export const headerLength = 10;

/** Bytes of data that a frame has at most, on either side (`messageLengthMax` of ttrpc). */
export const longestData = 4 * 1024 * 1024;

/** The kinds of frame that a call without streams takes. */
export const frameTypes = { request: 1, response: 2 } as const;

/** What a header says. */
export interface Header {
  /** Bytes of data that follow. */
  readonly length: number;
  /** Which call it belongs to: an odd number, chosen by the client. */
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

/** Reads a header, of as many bytes as one has. */
export function decodeHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerLength);
  return { length: view.getUint32(0), stream: view.getUint32(4), type: view.getUint8(8), flags: view.getUint8(9) };
}
