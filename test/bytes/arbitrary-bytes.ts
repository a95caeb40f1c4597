import fc from 'fast-check';

/** Bytes that are part of a larger memory, like those of a message. */
export const bytesWithin = fc
  .tuple(fc.uint8Array({ maxLength: 9 }), fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 9 }))
  .map(([before, inside, after]) => {
    const memory = new Uint8Array(before.length + inside.length + after.length);
    memory.set(before);
    memory.set(inside, before.length);
    memory.set(after, before.length + inside.length);
    return memory.subarray(before.length, before.length + inside.length);
  });

/** Texts of all planes, also with lone surrogates. */
export const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.oneof(fc.integer({ min: 0xd7f0, max: 0xe010 }), fc.nat({ max: 0xffff })))
    .map((units) => String.fromCharCode(...units)),
);

/** Bytes at which UTF-8 begins, continues or ends, so that most sequences are almost valid. */
const edges = [
  0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbb, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
];
const furtherEdges = [0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff];

/** Bytes that are UTF-8, nearly UTF-8, or anything. */
export const nearlyUtf8 = fc.oneof(
  fc.array(fc.constantFrom(...edges, ...furtherEdges)).map((array) => Uint8Array.from(array)),
  texts.map((text) => new TextEncoder().encode(text)),
  fc.tuple(texts, fc.nat(), fc.nat({ max: 255 })).map(([text, at, byte]) => {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  }),
  bytesWithin,
);

/** Possible base64: digits of both alphabets, padding anywhere, and other characters. */
export const nearlyBase64 = fc.oneof(
  fc.base64String(),
  fc.string({
    unit: fc.constantFrom('A', 'z', '0', '9', '+', '/', '-', '_', '=', '\n', ' ', '.', '\0', '\u{e9}', '\u{1f600}'),
  }),
);

/** Signed or unsigned 32-bit numbers. */
export const words = fc.array(
  fc.oneof(fc.integer({ min: -0x8000_0000, max: 0xffff_ffff }), fc.constantFrom(-0x8000_0000, 0xffff_ffff)),
  { maxLength: 16 },
);

/** Records of few types, in which a length may be wrong and the last one may be truncated. */
export const nearlyRecords = fc
  .tuple(
    fc.array(
      fc.record({
        length: fc.option(fc.integer({ min: 0, max: 20 }), { freq: 5 }),
        type: fc.integer({ min: 0, max: 4 }),
        flags: fc.constantFrom(0, 0x40, 0x80),
        value: fc.uint8Array({ maxLength: 9 }),
      }),
      { maxLength: 8 },
    ),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([all, cut]) => {
    const bytes = all.flatMap(({ length, type, flags, value }) => [
      ...[length ?? 4 + value.length, 0, type, flags, ...value],
      ...new Array<number>(-value.length & 3).fill(0),
    ]);
    return Uint8Array.from(bytes.slice(0, bytes.length - cut));
  });
