import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../src/bytes/bytes.ts';
import { bytesWithin, nearlyBase64, nearlyUtf8, texts, words } from './arbitrary-bytes.ts';
import { kinds, type Numbers } from './numbers.ts';

/** Tests that an implementation treats bytes like Node's own Buffer, TextDecoder and hash. */
export function describeBytes(name: string, bytes: Bytes): void {
  describe(`${name}: texts`, () => {
    describeTexts(bytes);
  });
  describe(`${name}: digits and hashes`, () => {
    describeDigits(bytes);
  });
  describe(`${name}: bytes one after the other`, () => {
    describeConcat(bytes);
  });
  describe(`${name}: records`, () => {
    describeRecords(bytes);
  });
  describe.each(Object.entries(kinds))(`${name}: a number %s`, (_, numbers) => {
    describeNumbers(bytes, numbers);
  });
  describe(`${name}: numbers of 32 bits`, () => {
    describeWords(bytes);
  });
  describe(`${name}: a number Uint64`, () => {
    describeUint64(bytes);
  });
}

function describeTexts(bytes: Bytes): void {
  it('are written as UTF-8', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(bytes.utf8(text)).toEqual(new Uint8Array(Buffer.from(text)));
      }),
    );
    expect(bytes.hex(bytes.utf8('a\0\u{e9}\u{1f600}\ud800\udc00\ud800'))).toBe('6100c3a9f09f9880f0908080efbfbd');
  });

  it('are read, with U+FFFD for what is no UTF-8', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    fc.assert(
      fc.property(nearlyUtf8, (given) => {
        expect(bytes.text(given)).toBe(decoder.decode(given));
      }),
      { numRuns: 1000 },
    );
    // Table 3-8 of the Unicode standard, and a byte order mark.
    const given = Uint8Array.of(
      0xef,
      0xbb,
      0xbf,
      0x61,
      0xf1,
      0x80,
      0x80,
      0xe1,
      0x80,
      0xc2,
      0x62,
      0x80,
      0x63,
      0xed,
      0xa0,
      0x80,
    );
    expect(bytes.text(given)).toBe('\ufeffa\ufffd\ufffd\ufffdb\ufffdc\ufffd\ufffd\ufffd');
  });

  it('are read strictly', () => {
    fc.assert(
      fc.property(nearlyUtf8, (given) => {
        expect(bytes.strictText(given)).toBe(strictly(given));
      }),
      { numRuns: 1000 },
    );
    expect(bytes.strictText(Uint8Array.of(0xef, 0xbb, 0xbf))).toBe('\ufeff');
    expect(bytes.strictText(Uint8Array.of(0xed, 0xa0, 0x80))).toBeUndefined();
    expect(bytes.strictText(new Uint8Array(0))).toBe('');
  });

  it('are read byte by byte', () => {
    fc.assert(
      fc.property(bytesWithin, (given) => {
        expect(bytes.latin1(given)).toBe(Buffer.from(given).toString('latin1'));
      }),
    );
    expect(bytes.latin1(Uint8Array.of(0x41, 0x00, 0x80, 0xff))).toBe('A\0\u0080\u00ff');
  });
}

function describeDigits(bytes: Bytes): void {
  it('of hexadecimal', () => {
    fc.assert(
      fc.property(bytesWithin, (given) => {
        expect(bytes.hex(given)).toBe(Buffer.from(given).toString('hex'));
        expect(bytes.fromHex(bytes.hex(given))).toEqual(new Uint8Array(given));
      }),
    );
  });

  it('of base64', () => {
    fc.assert(
      fc.property(bytesWithin, (given) => {
        const digits = bytes.base64(given);
        expect(digits).toBe(Buffer.from(given).toString('base64'));
        expect(bytes.fromBase64(digits)).toEqual(new Uint8Array(given));
      }),
    );
    // RFC 4648
    expect(['', 'f', 'fo', 'foo', 'foob'].map((text) => bytes.base64(bytes.utf8(text)))).toEqual([
      '',
      'Zg==',
      'Zm8=',
      'Zm9v',
      'Zm9vYg==',
    ]);
  });

  it('of base64 are read among others, as Node reads them', () => {
    fc.assert(
      fc.property(nearlyBase64, (text) => {
        expect(bytes.fromBase64(text)).toEqual(new Uint8Array(Buffer.from(text, 'base64')));
      }),
      { numRuns: 1000 },
    );
  });

  it('of SHA-256', () => {
    const hashOf = (given: string | Uint8Array): string => createHash('sha256').update(given).digest('hex');
    fc.assert(
      fc.property(fc.oneof(texts, bytesWithin), (given) => {
        expect(bytes.sha256(given)).toBe(hashOf(given));
      }),
    );
    // FIPS 180-4: the padding takes another block from 56 bytes on.
    for (let length = 0; length < 130; length += 1) {
      const given = new Uint8Array(length).fill(length);
      expect(bytes.sha256(given)).toBe(hashOf(given));
    }
    expect(bytes.sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
}

function describeConcat(bytes: Bytes): void {
  it('are all of them, in new memory', () => {
    fc.assert(
      fc.property(fc.array(bytesWithin, { maxLength: 8 }), (parts) => {
        const whole = bytes.concat(parts);
        expect(whole).toEqual(new Uint8Array(Buffer.concat(parts)));
        expect(parts.some((part) => part.buffer === whole.buffer)).toBe(false);
      }),
    );
  });
}

function describeRecords(bytes: Bytes): void {
  it('are made with their length, their type and zeros up to a multiple of four bytes', () => {
    expect(bytes.hex(bytes.record(3, Uint8Array.of(1, 2), Uint8Array.of(3)))).toBe('0700030001020300');
    expect(bytes.hex(bytes.record(0x8001))).toBe('04000180');
  });

  it('are found by their types, up to what is cut short', () => {
    const whole = bytes.concat([
      bytes.record(1, Uint8Array.of(9)),
      bytes.record(0x8002),
      bytes.record(1),
      bytes.words(9),
    ]);
    expect(bytes.records(whole, 0)).toEqual([1, 4, 5, 2, 12, 12, 1, 16, 16]);
    expect(bytes.records(whole, 0, 1)).toEqual([1, 4, 5, 1, 16, 16]);
    expect(bytes.records(whole, 8, 2, 1)).toEqual([2, 12, 12, 1, 16, 16]);
    expect(bytes.records(whole, 0, 3)).toEqual([]);
  });
}

function describeNumbers(bytes: Bytes, { size, read, wanted }: Numbers): void {
  const place = fc.integer({ min: -3, max: 210 });
  const isInside = (given: Uint8Array, at: number): boolean => at >= 0 && at + size <= given.length;

  it('is read at its place, and nowhere else', () => {
    fc.assert(
      fc.property(bytesWithin, place, (given, at) => {
        if (isInside(given, at)) expect(read(bytes, given, at)).toBe(wanted(Buffer.from(given), at));
        else expect(() => read(bytes, given, at)).toThrow(RangeError);
      }),
      { numRuns: 300 },
    );
  });
}

function describeWords(bytes: Bytes): void {
  it('are written one after the other, the lowest byte first', () => {
    fc.assert(
      fc.property(words, (numbers) => {
        const wanted = Buffer.alloc(4 * numbers.length);
        numbers.forEach((number, at) => wanted.writeInt32LE(number | 0, 4 * at));
        expect(bytes.words(...numbers)).toEqual(new Uint8Array(wanted));
      }),
    );
    expect(bytes.hex(bytes.words(1, -1, 0xffff_fff1))).toBe('01000000fffffffff1ffffff');
  });
}

function describeUint64(bytes: Bytes): void {
  it('is read at its place, and nowhere else', () => {
    fc.assert(
      fc.property(bytesWithin, fc.integer({ min: -3, max: 210 }), (given, at) => {
        if (at < 0 || at + 8 > given.length) expect(() => bytes.readUint64(given, at)).toThrow(RangeError);
        else expect(bytes.readUint64(given, at)).toBe(Buffer.from(given).readBigUInt64LE(at));
      }),
      { numRuns: 300 },
    );
  });
}

function strictly(given: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(given);
  } catch {
    return undefined;
  }
}
