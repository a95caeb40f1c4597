import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeHeader, encodeFrame, headerLength } from '../../src/agent/frame.ts';

const number = fc.integer({ min: 0, max: 0xffffffff });

it('a frame has the ten bytes of its header in the order of the network, and its data', () => {
  const frame = encodeFrame(0x01020304, 1, Uint8Array.of(7, 8, 9));
  expect([...frame]).toEqual([0, 0, 0, 3, 1, 2, 3, 4, 1, 0, 7, 8, 9]);
});

it('a header is read as it was written, wherever it is in memory', () => {
  fc.assert(
    fc.property(number, fc.nat(255), fc.uint8Array({ maxLength: 50 }), fc.nat(9), (stream, type, data, offset) => {
      const frame = encodeFrame(stream, type, data);
      const memory = new Uint8Array(offset + frame.length);
      memory.set(frame, offset);
      const header = decodeHeader(memory.subarray(offset));
      expect(header).toEqual({ length: data.length, stream, type, flags: 0 });
      expect(frame.subarray(headerLength)).toEqual(data);
    }),
  );
});
