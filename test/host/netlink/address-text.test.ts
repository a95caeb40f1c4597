import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes, addressText, linkLayerText } from '../../../src/host/netlink/address-text.ts';
import { parseIp } from '../../../src/model/ip.ts';

const write = (hex: string): string => addressText(Buffer.from(hex, 'hex'));

describe('an address', () => {
  it.each([
    ['0a580005', '10.88.0.5'],
    ['fd000088000000000000000000000005', 'fd00:88::5'],
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['00000000000000000000ffff0a580005', '::ffff:10.88.0.5'],
    ['0000000000000000000000000a580005', '::a58:5'],
    ['0064ff9b00000000000000000a580005', '64:ff9b::a58:5'],
  ])('%s is written %s', (hex, text) => {
    expect(write(hex)).toBe(text);
  });

  it('is read back as it was, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat({ max: 16 }), (array, zeros) => {
        const bytes = new Uint8Array(array).fill(0, 16 - zeros);
        expect(addressBytes(addressText(bytes))).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (array) => {
        expect(addressBytes(addressText(Buffer.from(array)))).toEqual(new Uint8Array(array));
      }),
    );
  });

  it('is in the text that dan itself would write, but for IPv4-mapped ones, which dan refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (array) => {
        const text = addressText(Buffer.from(array));
        fc.pre(!text.includes('.'));
        expect(parseIp(text)).toMatchObject({ ok: true, value: { text } });
      }),
    );
  });
});

describe('the address of a link', () => {
  it.each([
    ['02005e100005', 1, '02:00:5e:10:00:05'],
    ['0a010001', 768, '10.1.0.1'],
    ['0a010001', 1, '0a:01:00:01'],
    ['fd000001000000000000000000000001', 769, 'fd00:1::1'],
  ])('%s of hardware %i is written %s', (hex, hardware, text) => {
    expect(linkLayerText(Buffer.from(hex, 'hex'), hardware)).toBe(text);
  });
});
