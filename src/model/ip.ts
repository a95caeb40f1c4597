import { accept, type Parsed, reject } from './parsed.ts';

/** The version of an IP address. */
export type Family = 4 | 6;

/** One IP address in canonical text: dotted decimal, or RFC 5952 for IPv6. */
type IpText = string & { readonly __brand: 'IpText' };

/** An IP address with its family. */
export interface Ip {
  readonly family: Family;
  readonly text: IpText;
}

/** The number of bits of an address: 32 or 128. */
export function bitsOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/**
 * Parses a bare IP address, strictly: no leading zeros, no zone, no IPv4-mapped address. What other parsers let
 * through (an octal-looking octet, a zone) Kata's reader drops without a word.
 */
export function parseIp(value: unknown): Parsed<Ip> {
  if (typeof value !== 'string') return reject('must be a string');
  if (value.includes('%')) return reject('must not name a zone: leave out "%" and what follows');
  if (!value.includes(':')) return parseIpv4(value);
  const groups = ipv6Groups(value);
  if (groups === undefined) return reject('is not an IP address');
  if (isMapped(groups)) {
    return reject('is an IPv4-mapped IPv6 address: write the IPv4 address itself');
  }
  return accept({ family: 6, text: formatIpv6(groups) });
}

/** Whether an address cannot be one host's on a network: unspecified, loopback or multicast; says which. */
export function notUnicast({ family, text }: Ip): string | undefined {
  if (text === '0.0.0.0' || text === '::') return 'is the unspecified address';
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
  return family === 6 && /^fe[89ab][0-9a-f]:/.test(text);
}

/** An address of which only the first so many bits are left, the others being zero. */
export function maskIp({ family, text }: Ip, bits: number): Ip {
  if (family === 4) {
    const octets = text.split('.').map((octet, at) => maskPart(Number(octet), 8, bits - 8 * at));
    return { family, text: octets.join('.') as IpText };
  }
  const groups = ipv6Groups(text) ?? [];
  return { family, text: formatIpv6(groups.map((group, at) => maskPart(group, 16, bits - 16 * at))) };
}

function maskPart(part: number, width: 8 | 16, bits: number): number {
  const cleared = Math.min(width, Math.max(0, width - bits));
  return (part >> cleared) << cleared;
}

function parseIpv4(value: string): Parsed<Ip> {
  const octets = value.split('.');
  if (octets.length !== 4 || octets.some((octet) => !/^\d{1,3}$/.test(octet) || Number(octet) > 255)) {
    return reject('is not an IP address');
  }
  if (octets.some((octet) => octet.length > 1 && octet.startsWith('0'))) {
    return reject('must not have leading zeros');
  }
  return accept({ family: 4, text: value as IpText });
}

/** The eight groups of an IPv6 address as RFC 4291, section 2.2, writes it, or undefined. */
export function ipv6Groups(value: string): number[] | undefined {
  const halves = value.split('::');
  if (halves.length > 2) return undefined;
  const sides = halves.map((half, side) => groupsOf(half, side === halves.length - 1));
  const [head, tail] = sides;
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function groupsOf(half: string, mayEndInIpv4: boolean): number[] | undefined {
  if (half === '') return [];
  const parts = half.split(':');
  const last = parts.at(-1) ?? '';
  const dotted = mayEndInIpv4 && last.includes('.') ? parseIpv4(last) : undefined;
  if (dotted?.ok === false) return undefined;
  const hex = dotted === undefined ? parts : parts.slice(0, -1);
  if (hex.some((part) => !/^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const groups = hex.map((part) => Number.parseInt(part, 16));
  return dotted === undefined ? groups : [...groups, ...dottedGroups(dotted.value.text)];
}

function dottedGroups(ipv4: string): [number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

/**
 * RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as "::", the first of equals. An
 * IPv4-mapped address ends in dotted decimal, and no other does.
 */
export function formatIpv6(groups: readonly number[]): IpText {
  if (isMapped(groups)) {
    const octets = groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]);
    return `::ffff:${octets.join('.')}` as IpText;
  }
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.length === 1) return text(groups) as IpText;
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}` as IpText;
}
