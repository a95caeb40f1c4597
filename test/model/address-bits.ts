import { isIPv4 } from 'node:net';
import fc from 'fast-check';

/** An address as a number, computed by the URL standard's parser instead of ours. */
export function bitsOfAddress(text: string): bigint {
  if (isIPv4(text)) return text.split('.').reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
  const [head = '', tail = ''] = canonicalIpv6(text).split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  return [...groups(head), ...zeros, ...groups(tail)].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** An IPv6 address in the URL standard's form, which equals that of RFC 5952 except for IPv4-mapped ones. */
export function canonicalIpv6(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

/** Address bits as text: dotted, or eight full groups. */
export function textOfBits(bits: bigint, length: 32 | 128): string {
  const digits = bits.toString(16).padStart(length / 4, '0');
  if (length === 128) return (digits.match(/..../g) ?? []).join(':');
  return (digits.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16)).join('.');
}

/** The bits of a prefix: as many ones as its length. */
export function mask(prefix: number, length: number): bigint {
  return ((1n << BigInt(prefix)) - 1n) << BigInt(length - prefix);
}

/** Whether two addresses of one length are in one network. */
export function sameNetwork(left: string, right: string, prefix: number, length: 32 | 128): boolean {
  return ((bitsOfAddress(left) ^ bitsOfAddress(right)) & mask(prefix, length)) === 0n;
}

/** An IPv6 address that our model accepts: not an IPv4-mapped one. */
export const ipv6Text: fc.Arbitrary<string> = fc
  .oneof(
    fc.ipV6(),
    fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((bits) => textOfBits(bits, 128)),
    fc.bigInt({ min: 0n, max: 0xffffn }).map((bits) => textOfBits((0x20010db8n << 96n) | bits, 128)),
  )
  .filter((text) => bitsOfAddress(text) >> 32n !== 0xffffn);

/** An address of either family with a valid prefix length. */
export const addressAndPrefix: fc.Arbitrary<{ text: string; length: 32 | 128; prefix: number }> = fc.oneof(
  fc.record({ text: fc.ipV4(), length: fc.constant<32>(32), prefix: fc.nat(32) }),
  fc.record({ text: ipv6Text, length: fc.constant<128>(128), prefix: fc.nat(128) }),
);
