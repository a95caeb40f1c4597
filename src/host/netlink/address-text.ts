import { concat, hex, readUint16BE } from '#bytes';
import { bytesOfHex } from './hex-bytes.ts';

/** Writes an address of IPv4 or IPv6 as inet_ntop(3) does: RFC 5952, with embedded IPv4 addresses dotted. */
export function addressText(address: Uint8Array): string {
  return address.length === 4 ? dotted(address) : groupsText(address);
}

/** The bytes of an address that {@link addressText} wrote. */
export function addressBytes(text: string): Uint8Array {
  if (!text.includes(':')) return dottedBytes(text);
  const [before = '', after = ''] = text.split('::');
  const [head, tail] = [groupBytes(before), groupBytes(after)];
  return concat([head, new Uint8Array(16 - head.length - tail.length), tail]);
}

/** ARPHRD_TUNNEL, ARPHRD_SIT and ARPHRD_IPGRE of linux/if_arp.h: links whose own address is one of IPv4. */
const overIpv4 = [768, 776, 778];

/** ARPHRD_TUNNEL6 and ARPHRD_IP6GRE of linux/if_arp.h. */
const overIpv6 = [769, 823];

/** Writes the address of a link; `hardware` is its ARPHRD_… type. */
export function linkLayerText(address: Uint8Array, hardware: number): string {
  if (address.length === 4 && overIpv4.includes(hardware)) return dotted(address);
  if (address.length === 16 && overIpv6.includes(hardware)) return addressText(address);
  const digits = hex(address);
  let text = digits.slice(0, 2);
  for (let at = 2; at < digits.length; at += 2) text += `:${digits.slice(at, at + 2)}`;
  return text;
}

function dotted(address: Uint8Array): string {
  return [...address].join('.');
}

function dottedBytes(text: string): Uint8Array {
  return Uint8Array.from(text.split('.').map(Number));
}

function groupBytes(text: string): Uint8Array {
  const groups = text === '' ? [] : text.split(':');
  return concat(groups.map((group) => (group.includes('.') ? dottedBytes(group) : bytesOfHex(group.padStart(4, '0')))));
}

function groupsText(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => readUint16BE(address, 2 * at));
  const { start, length } = longestZeros(groups);
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  if (start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff))) {
    return `::${length === 5 ? 'ffff:' : ''}${dotted(address.subarray(12))}`;
  }
  return length < 2 ? text(0, 8) : `${text(0, start)}::${text(start + length, 8)}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: -1, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
