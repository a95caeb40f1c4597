import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isLinkLocal, notUnicast, parseIp, partsOf } from '../../src/model/ip.ts';
import { bitsOfAddress, canonicalIpv6, ipv6Text } from './address-bits.ts';
import { ip } from './parsed-address.ts';
import { verdict } from './verdict.ts';

const notAnAddress = 'is not an IP address';
const leadingZeros = 'must not have leading zeros';
const mapped = 'is an IPv4-mapped IPv6 address: write the IPv4 address itself';
const zone = 'must not name a zone: leave out "%" and what follows';

describe('parseIp', () => {
  it.each([
    ['10.88.0.5', 4, '10.88.0.5'],
    ['0.0.0.0', 4, '0.0.0.0'],
    ['255.255.255.255', 4, '255.255.255.255'],
    ['::', 6, '::'],
    ['::1', 6, '::1'],
    ['1::', 6, '1::'],
    ['FD00:88::0005', 6, 'fd00:88::5'],
    ['2001:db8:0:0:1:0:0:1', 6, '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', 6, '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', 6, '1:0:0:2::3'],
    ['2001:db8::1.2.3.4', 6, '2001:db8::102:304'],
    ['64:ff9b::192.0.2.1', 6, '64:ff9b::c000:201'],
    ['::1.2.3.4', 6, '::102:304'],
    ['::ffff:0:1.2.3.4', 6, '::ffff:0:102:304'],
    ['1:2:3:4:5:6:7.8.9.10', 6, '1:2:3:4:5:6:708:90a'],
    ['1:2:3:4:5:6:7::', 6, '1:2:3:4:5:6:7:0'],
  ])('%s', (text, family, canonical) => {
    expect(verdict(parseIp(text))).toEqual({ family, text: canonical, units: expect.any(String) });
  });

  it.each([
    ['', notAnAddress],
    ['1.2.3', notAnAddress],
    ['1.2.3.4.5', notAnAddress],
    ['1.2.3.256', notAnAddress],
    ['1.2.3.-4', notAnAddress],
    ['1.2.3.0x4', notAnAddress],
    [' 1.2.3.4', notAnAddress],
    ['1.2.3.4\n', notAnAddress],
    ['١.2.3.4', notAnAddress],
    ['010.88.0.5', leadingZeros],
    ['10.88.0.00', leadingZeros],
    ['garbage:1.2.3.4', notAnAddress],
    [':', notAnAddress],
    [':::', notAnAddress],
    ['1::2::3', notAnAddress],
    ['1:2:3:4:5:6:7', notAnAddress],
    ['1:2:3:4:5:6:7:8:9', notAnAddress],
    ['1:2:3:4::5:6:7:8', notAnAddress],
    ['12345::', notAnAddress],
    [':1::', notAnAddress],
    ['1::2:', notAnAddress],
    ['2001:db8::1.2.3.04', notAnAddress],
    ['1.2.3.4::', notAnAddress],
    ['::1.2.3.4:5', notAnAddress],
    ['[::1]', notAnAddress],
    // Number and parseInt accept each of these.
    ['1.2.3.', notAnAddress],
    ['1.2.3.-0', notAnAddress],
    ['1.2.3.1e1', notAnAddress],
    ['1.2.3.NaN', notAnAddress],
    ['1:2:3:4:5:6:7: 8', notAnAddress],
    ['1:2:3:4:5:6:7:+8', notAnAddress],
    ['1:2:3:4:5:6:7:-8', notAnAddress],
    ['1:2:3:4:5:6:7:0x8', notAnAddress],
    ['1:2:3:4:5:6:7:00008', notAnAddress],
    ['1:2:3:4:5:6:7:10000', notAnAddress],
    ['1:2:3:4:5:6:7:8g', notAnAddress],
    ['1:2:3:4:5:6:7:NaN', notAnAddress],
    ['::ffff:10.0.0.1', mapped],
    ['::FFFF:a00:1', mapped],
    ['0:0:0:0:0:ffff:0:0', mapped],
    ['fe80::1%eth0', zone],
    ['10.0.0.1%1', zone],
    [7, 'must be a string'],
    [undefined, 'must be a string'],
    [null, 'must be a string'],
    [['10.0.0.1'], 'must be a string'],
  ])('refuses %j', (text, why) => {
    expect(verdict(parseIp(text))).toBe(`refused: ${why}`);
  });

  it('accepts exactly what node:net accepts, without zones and mapped addresses', () => {
    const soup = fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefABF:.%/ ')), maxLength: 40 });
    const groups = fc.array(fc.stringMatching(/^[0-9a-f]{0,5}$/), { maxLength: 9 }).map((parts) => parts.join(':'));
    const octets = fc.array(fc.stringMatching(/^[0-9]{0,4}$/), { maxLength: 5 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.oneof(soup, groups, octets, fc.ipV4(), fc.ipV6(), ipv6Text), (text) => {
        const isMapped = isIP(text) === 6 && !text.includes('%') && bitsOfAddress(text) >> 32n === 0xffffn;
        const family = isMapped || text.includes('%') ? 0 : isIP(text);
        const parsed = parseIp(text);
        expect(parsed.ok ? parsed.value.family : 0).toBe(family);
      }),
      { numRuns: 1000 },
    );
  });

  it('returns the canonical form of RFC 5952, which parses back to itself', () => {
    fc.assert(
      fc.property(ipv6Text, (text) => {
        const { text: canonical } = ip(text);
        expect(canonical).toBe(canonicalIpv6(text));
        expect(ip(canonical)).toEqual(ip(text));
        expect(ip(text.toUpperCase()).text).toBe(canonical);
      }),
    );
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(ip(text)).toMatchObject({ family: 4, text });
      }),
    );
  });

  it('has the bits of the address in its units', () => {
    const bitsIn = (text: string, width: bigint): bigint =>
      partsOf(ip(text)).reduce((bits, part) => (bits << width) | BigInt(part), 0n);
    fc.assert(
      fc.property(ipv6Text, fc.ipV4(), (six, four) => {
        expect(partsOf(ip(six))).toHaveLength(8);
        expect(bitsIn(six, 16n)).toBe(bitsOfAddress(six));
        expect(partsOf(ip(four))).toHaveLength(4);
        expect(bitsIn(four, 8n)).toBe(bitsOfAddress(four));
      }),
    );
  });
});

describe('notUnicast', () => {
  it.each([
    ['0.0.0.0', 'is the unspecified address'],
    ['::', 'is the unspecified address'],
    ['127.0.0.1', 'is a loopback address'],
    ['127.255.0.1', 'is a loopback address'],
    ['::1', 'is the loopback address'],
    ['224.0.0.1', 'is a multicast or reserved address'],
    ['240.0.0.1', 'is a multicast or reserved address'],
    ['255.255.255.255', 'is a multicast or reserved address'],
    ['ff02::1', 'is a multicast address'],
    ['ff00::', 'is a multicast address'],
    ['10.0.0.1', undefined],
    ['126.255.255.255', undefined],
    ['128.0.0.1', undefined],
    ['223.255.255.255', undefined],
    ['ff::1', undefined],
    ['f::f', undefined],
    ['fe80::1', undefined],
    ['::2', undefined],
  ])('%s: %s', (text, why) => {
    expect(notUnicast(ip(text))).toBe(why);
  });

  it('refuses loopback and multicast addresses by their bits', () => {
    fc.assert(
      fc.property(ipv6Text, (text) => {
        const bits = bitsOfAddress(text);
        expect(notUnicast(ip(text)) !== undefined).toBe(bits <= 1n || bits >> 120n === 0xffn);
        expect(isLinkLocal(ip(text))).toBe(bits >> 118n === 0b1111111010n);
      }),
    );
  });
});

it.each([
  ['fe80::1', true],
  ['febf::1', true],
  ['fec0::1', false],
  ['fe7f::1', false],
  ['fe8::1', false],
  ['169.254.0.1', false],
])('%s is link-local: %s', (text, linkLocal) => {
  expect(isLinkLocal(ip(text))).toBe(linkLocal);
});
