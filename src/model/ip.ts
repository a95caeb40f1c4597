import { accept, type Parsed, reject } from './parsed.ts';

/** The version of an IP address. */
export type Family = 4 | 6;

/** One IP address in canonical text: dotted decimal, or RFC 5952 for IPv6. */
type IpText = string & { readonly __brand: 'IpText' };

/** An IP address with its family. */
export interface Ip {
  readonly family: Family;
  readonly text: IpText;
  /** Its four octets or eight groups, one UTF-16 code unit each. */
  readonly units: string;
}

/** The number of bits of an address: 32 or 128. */
export function bitsOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/**
 * Parses a bare IP address strictly: no leading zeros, no zone, no IPv4-mapped address. Other parsers accept some of
 * these (an octet that looks octal, a zone), but Kata's reader silently drops them.
 */
export function parseIp(value: unknown): Parsed<Ip> {
  if (typeof value !== 'string') return reject('must be a string');
  if (value.includes('%')) return reject('must not name a zone: leave out "%" and what follows');
  if (!value.includes(':')) return parseIpv4(value);
  const ip = parseIpv6(value);
  if (ip === undefined) return reject('is not an IP address');
  if (isMapped(ip)) return reject('is an IPv4-mapped IPv6 address: write the IPv4 address itself');
  return accept(ip);
}

/** Whether an address is IPv4-mapped (`::ffff:0:0/96`). */
export function isMapped({ family, text }: Ip): boolean {
  return family === 6 && text.includes('.');
}

// The IPv6 address of eight groups.
function ipv6Of(groups: readonly number[]): Ip {
  return { family: 6, text: formatIpv6(groups), units: unitsOf(groups) };
}

/** Whether an address is the unspecified one, which means "none". */
export function isUnspecified({ text }: Ip): boolean {
  return text === '0.0.0.0' || text === '::';
}

/**
 * A clause that says why an address cannot be that of one host on a network (unspecified, loopback or multicast), or
 * undefined if it can be.
 */
export function notUnicast(ip: Ip): string | undefined {
  const { family, text } = ip;
  if (isUnspecified(ip)) return 'is the unspecified address';
  if (family === 6) {
    if (text === '::1') return 'is the loopback address';
    return text.startsWith('ff') && text.indexOf(':') === 4 ? 'is a multicast address' : undefined;
  }
  const first = Number.parseInt(text, 10);
  if (first === 127) return 'is a loopback address';
  return first >= 224 ? 'is a multicast or reserved address' : undefined;
}

/** Whether an IPv6 address is link-local (fe80::/10): reachable on every link without a route. */
export function isLinkLocal({ family, text }: Ip): boolean {
  return family === 6 && text.startsWith('fe') && /^fe[89ab][0-9a-f]:/.test(text);
}

/** The address with all bits after the first `bits` set to zero. */
export function maskIp(ip: Ip, bits: number): Ip {
  const { family } = ip;
  if (bits >= bitsOf(family)) return ip;
  const parts = partsOf(ip);
  if (family === 6) return ipv6Of(maskParts(parts, 16, bits));
  const octets = maskParts(parts, 8, bits);
  return { family, text: octets.join('.') as IpText, units: unitsOf(octets) };
}

/** The four octets of an IPv4 address, or the eight groups of an IPv6 address. */
export function partsOf({ units }: Ip): number[] {
  const parts: number[] = [];
  for (let at = 0; at < units.length; at++) parts.push(units.charCodeAt(at));
  return parts;
}

// A list of arguments takes less time than a spread, and this runs for thousands of addresses.
function unitsOf(parts: readonly number[]): string {
  const a = parts[0] ?? 0;
  const b = parts[1] ?? 0;
  const c = parts[2] ?? 0;
  const d = parts[3] ?? 0;
  if (parts.length === 4) return String.fromCharCode(a, b, c, d);
  return String.fromCharCode(a, b, c, d, parts[4] ?? 0, parts[5] ?? 0, parts[6] ?? 0, parts[7] ?? 0);
}

/** The broadcast address of an IPv4 address's subnet, as text; undefined if there is none (/31, /32, IPv6). */
export function broadcastOf({ family, text, prefix }: Ip & { readonly prefix: number }): string | undefined {
  if (family === 6 || prefix > 30) return undefined;
  const octets = text
    .split('.')
    .map((octet, at) => Number(octet) | (0xff >> Math.min(8, Math.max(0, prefix - 8 * at))));
  return octets.join('.');
}

// The part that contains the first cleared bit keeps the bits before it. All later parts are zero.
function maskParts(parts: number[], width: 8 | 16, bits: number): number[] {
  const at = Math.floor(bits / width);
  const cleared = width - (bits % width);
  const part = ((parts[at] ?? 0) >> cleared) << cleared;
  return parts.fill(0, at).fill(part, at, at + 1);
}

function parseIpv4(value: string): Parsed<Ip> {
  const octets = value.split('.');
  const a = Number(octets[0]);
  const b = Number(octets[1]);
  const c = Number(octets[2]);
  const d = Number(octets[3]);
  if (isOctet(a) && isOctet(b) && isOctet(c) && isOctet(d) && `${a}.${b}.${c}.${d}` === value) {
    return accept({ family: 4, text: value as IpText, units: String.fromCharCode(a, b, c, d) });
  }
  if (octets.length !== 4 || octets.some((octet) => !/^\d{1,3}$/.test(octet) || Number(octet) > 255)) {
    return reject('is not an IP address');
  }
  return reject('must not have leading zeros');
}

function isOctet(number: number): boolean {
  return (number & 0xff) === number;
}

/** Parses an IPv6 address in the notation of RFC 4291, section 2.2, IPv4-mapped or not; undefined if it is not one. */
export function parseIpv6(value: string): Ip | undefined {
  const [, before = '', ipv4] = value.includes('.') ? (/^(.*:)([^:]*\.[^:]*)$/.exec(value) ?? []) : [];
  if (ipv4 !== undefined && !parseIpv4(ipv4).ok) return undefined;
  const text = ipv4 === undefined ? value : `${before}${dottedGroups(ipv4)}`;
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  const gap = text.indexOf('::');
  if (gap === -1) {
    if (put(groups, text, 'first') !== 8) return undefined;
  } else {
    // "::" stands for at least one group.
    if (put(groups, text.slice(0, gap), 'first') + put(groups, text.slice(gap + 2), 'last') > 7) return undefined;
  }
  const ip = ipv6Of(groups);
  // The canonical text needs no further check. parseInt accepts more than digits, and more than four of them.
  return ip.text === value || grouped.test(text) ? ip : undefined;
}

/** Groups of up to four digits between colons. */
const grouped = /^(?:[\da-fA-F]{0,4}:){2,8}[\da-fA-F]{0,4}$/;

/** More groups than an address has. */
const tooMany = 9;

// Makes the groups of a text the first or the last of eight. Returns how many it has; {@link tooMany} if one is not of
// 16 bits. This runs for thousands of addresses: a loop takes less time than map.
function put(groups: number[], text: string, where: 'first' | 'last'): number {
  if (text === '') return 0;
  const words = text.split(':');
  const { length } = words;
  if (length > 8) return tooMany;
  const start = where === 'first' ? 0 : 8 - length;
  for (let at = 0; at < length; at++) {
    const group = Number.parseInt(words[at] ?? '', 16);
    if ((group & 0xffff) !== group) return tooMany;
    groups[start + at] = group;
  }
  return length;
}

function dottedGroups(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/**
 * Formats an IPv6 address by RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as "::"
 * (the first one if two are equally long). Only an IPv4-mapped address ends in dotted decimal.
 */
export function formatIpv6(groups: readonly number[]): IpText {
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    const octets = groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]);
    return `::ffff:${octets.join('.')}` as IpText;
  }
  let start = 8;
  let end = 8;
  for (let at = 0, length = 1; at < 8; at++) {
    const first = at;
    while (groups[at] === 0) at++;
    if (at - first > length) {
      start = first;
      end = at;
      length = at - first;
    }
  }
  if (start === 8) return joined(groups, 0, 8) as IpText;
  return `${joined(groups, 0, start)}::${joined(groups, end, 8)}` as IpText;
}

function joined(groups: readonly number[], from: number, to: number): string {
  if (from >= to) return '';
  let text = (groups[from] ?? 0).toString(16);
  for (let at = from + 1; at < to; at++) text += `:${(groups[at] ?? 0).toString(16)}`;
  return text;
}
