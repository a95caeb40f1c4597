import fc from 'fast-check';
import IPCIDR from 'ip-cidr';
import { describe, expect, it } from 'vitest';

import {
  cidrText,
  contains,
  type InterfaceAddress,
  isDefault,
  networkOf,
  parseInterfaceAddress,
  parseNetwork,
} from '../../src/model/cidr.ts';
import { type Ip, parseIp } from '../../src/model/ip.ts';
import type { Parsed } from '../../src/model/parsed.ts';
import { addressAndPrefix, bitsOfAddress, mask, sameNetwork, textOfBits } from './address-bits.ts';
import { ip } from './parsed-address.ts';
import { verdict } from './verdict.ts';

const prefix4 = 'must end in a prefix length of 0 to 32';
const prefix6 = 'must end in a prefix length of 0 to 128';

function accepted<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
}

/** An address with its prefix, without the rules for interfaces or networks. */
function address(text: string, prefix: number): InterfaceAddress {
  return { ...ip(text), prefix };
}

const faults: [unknown, string][] = [
  ['10.88.0.5', 'has no prefix length: write 10.88.0.5/32 for one host'],
  ['fd00:88::5', 'has no prefix length: write fd00:88::5/128 for one host'],
  ['10.88.0.5/33', prefix4],
  ['fd00::5/129', prefix6],
  ['10.88.0.5/', prefix4],
  ['10.88.0.5/-1', prefix4],
  ['10.88.0.5/024', prefix4],
  ['10.88.0.5/+24', prefix4],
  ['10.88.0.5/2 4', prefix4],
  ['10.88.0.5/8.5', prefix4],
  ['10.88.0.5/1e1', prefix4],
  ['10.88.0.5/-0', prefix4],
  ['10.88.0.5/NaN', prefix4],
  ['10.88.0.5/24/24', prefix4],
  ['10.88.0.5/255.255.255.0', prefix4],
  ['010.88.0.5/24', 'must not have leading zeros'],
  ['::ffff:10.0.0.1/120', 'is an IPv4-mapped IPv6 address: write the IPv4 address itself'],
  ['fe80::1%eth0/64', 'must not name a zone: leave out "%" and what follows'],
  ['garbage:1.2.3.4/24', 'is not an IP address'],
  ['/24', 'is not an IP address'],
  ['', 'is not an IP address'],
  [24, 'must be a string like 10.88.0.5/24'],
  [undefined, 'must be a string like 10.88.0.5/24'],
];

describe('parseInterfaceAddress', () => {
  it.each([
    ['10.88.0.5/24', '10.88.0.5/24'],
    ['10.88.0.0/24', '10.88.0.0/24'],
    ['10.88.0.5/32', '10.88.0.5/32'],
    ['10.88.0.5/0', '10.88.0.5/0'],
    ['FD00:0088::0005/64', 'fd00:88::5/64'],
    ['2001:db8::1.2.3.4/96', '2001:db8::102:304/96'],
    ['fe80::1/10', 'fe80::1/10'],
  ])('%s is %s', (text, canonical) => {
    expect(cidrText(accepted(parseInterfaceAddress(text)))).toBe(canonical);
  });

  it.each([
    ...faults,
    ['127.0.0.1/8', 'is a loopback address: no guest can have it'],
    ['::1/128', 'is the loopback address: no guest can have it'],
    ['0.0.0.0/0', 'is the unspecified address: no guest can have it'],
    ['::/64', 'is the unspecified address: no guest can have it'],
    ['224.0.0.1/4', 'is a multicast or reserved address: no guest can have it'],
    ['ff02::1/64', 'is a multicast address: no guest can have it'],
  ])('refuses %j', (text, why) => {
    expect(verdict(parseInterfaceAddress(text))).toBe(`refused: ${why}`);
  });
});

describe('parseNetwork', () => {
  it.each([
    ['0.0.0.0/0', '0.0.0.0/0', true],
    ['::/0', '::/0', true],
    ['0:0::0/0', '::/0', true],
    ['10.88.0.0/16', '10.88.0.0/16', false],
    ['10.88.0.5/32', '10.88.0.5/32', false],
    ['0.0.0.0/1', '0.0.0.0/1', false],
    ['2001:DB8::/32', '2001:db8::/32', false],
    ['2001:db8::1.2.3.4/128', '2001:db8::102:304/128', false],
  ])('%s is %s, default: %s', (text, canonical, everything) => {
    const network = accepted(parseNetwork(text));
    expect(cidrText(network)).toBe(canonical);
    expect(isDefault(network)).toBe(everything);
  });

  it.each([
    ...faults,
    ['default', 'is not an IP address'],
    ['10.88.0.5/16', 'has host bits set: the network is 10.88.0.0/16'],
    ['10.0.0.1/0', 'has host bits set: the network is 0.0.0.0/0'],
    ['fd00:88::5/64', 'has host bits set: the network is fd00:88::/64'],
    ['2001:db8::1.2.3.4/96', 'has host bits set: the network is 2001:db8::/96'],
  ])('refuses %j', (text, why) => {
    expect(verdict(parseNetwork(text))).toBe(`refused: ${why}`);
  });
});

describe('subnets', () => {
  it('networkOf clears the host bits, bit by bit', () => {
    fc.assert(
      fc.property(addressAndPrefix, ({ text, length, prefix }) => {
        const network = networkOf(address(text, prefix));
        expect(network.prefix).toBe(prefix);
        expect(bitsOfAddress(network.text)).toBe(bitsOfAddress(text) & mask(prefix, length));
        expect(accepted(parseNetwork(cidrText(network)))).toEqual(network);
        expect(networkOf(network)).toEqual(network);
      }),
      { numRuns: 300 },
    );
  });

  it('networkOf agrees with ip-cidr', () => {
    fc.assert(
      fc.property(addressAndPrefix, ({ text, prefix }) => {
        const start: Ip = accepted(parseIp(new IPCIDR(cidrText(address(text, prefix))).start()));
        expect(networkOf(address(text, prefix))).toEqual({ ...start, prefix });
      }),
      { numRuns: 300 },
    );
  });

  it('parseNetwork refuses a destination exactly if it has host bits', () => {
    fc.assert(
      fc.property(addressAndPrefix, ({ text, length, prefix }) => {
        const hasHostBits = (bitsOfAddress(text) & ~mask(prefix, length)) !== 0n;
        expect(parseNetwork(`${text}/${prefix}`).ok).toBe(!hasHostBits);
      }),
      { numRuns: 300 },
    );
  });

  it('contains is true for the addresses of a subnet, and for no other', () => {
    const pair = addressAndPrefix.chain(({ text, length, prefix }) =>
      fc.record({
        subnet: fc.constant({ text, length, prefix }),
        // A close address: some bits from the prefix on are flipped.
        other: fc
          .bigInt({ min: 0n, max: (1n << BigInt(length - prefix + (prefix > 0 ? 1 : 0))) - 1n })
          .map((bits) => textOfBits(bitsOfAddress(text) ^ bits, length)),
      }),
    );
    fc.assert(
      fc.property(pair, ({ subnet: { text, length, prefix }, other }) => {
        const parsed = parseIp(other);
        fc.pre(parsed.ok);
        expect(contains(address(text, prefix), accepted(parsed))).toBe(sameNetwork(text, other, prefix, length));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['10.0.0.5', 24, '10.0.0.255', true],
    ['10.0.0.5', 24, '10.0.1.0', false],
    ['10.0.0.5', 0, '192.0.2.1', true],
    ['10.0.0.5', 32, '10.0.0.5', true],
    ['10.0.0.5', 31, '10.0.0.6', false],
    ['fd00::5', 64, 'fd00::ffff:ffff:ffff:ffff', true],
    ['fd00::5', 64, 'fd00:0:0:1::', false],
    ['::5', 0, '10.0.0.1', false],
    ['10.0.0.5', 0, '::a00:1', false],
  ])('%s/%i contains %s: %s', (text, prefix, other, inside) => {
    expect(contains(address(text, prefix), ip(other))).toBe(inside);
  });
});
