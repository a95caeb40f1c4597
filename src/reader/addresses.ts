import type { InterfaceAddress } from '../model/cidr.ts';
import { once } from '../model/once.ts';
import { bitsOf, type Family, type Ip, isMapped, parseIp as parseUnmapped, parseIpv6 } from '../model/ip.ts';
import { decimalNumber } from '../model/decimal.ts';

/** An address with its prefix length; bits behind the prefix may be set. */
export type Cidr = InterfaceAddress;

/**
 * Parses an address as both Rust's `IpAddr::from_str` and Go's `net.ParseIP` do: like dan itself, but IPv4-mapped
 * addresses are accepted, too. The text is that of Rust's `Display`.
 */
export function parseIp(text: string): Ip | undefined {
  const parsed = parseUnmapped(text);
  return parsed.ok ? parsed.value : parseIpv6(text);
}

/** {@link parseIp} for a gateway, cached: thousands of routes have the same one. */
export function parseGateway(text: string): Ip | undefined {
  if (recentGateways.size > mostRecent) recentGateways.clear();
  return once(recentGateways, text, () => parseIp(text));
}

const recentGateways = new Map<string, Ip | undefined>();
const mostRecent = 100;

/** The IPv4 address within an IPv4-mapped one. */
export function unmapped(ip: Ip): Ip | undefined {
  return isMapped(ip) ? parseIp(ip.text.slice(ip.text.lastIndexOf(':') + 1)) : undefined;
}

/** `127.0.0.0/8` and `::1`. The readers differ about mapped addresses, so callers handle these. */
export function isLoopback({ family, text }: Ip): boolean {
  return family === 4 ? text.startsWith('127.') : text === '::1';
}

/**
 * An `ip/prefix` as runtime-rs accepts it (`parse_ip_cidr`, Kata's
 * src/runtime-rs/crates/resource/src/network/utils/address.rs): the prefix is required, and Rust reads it as a u8, so
 * leading zeros or a plus sign are allowed.
 */
export function parseKataCidr(text: string): Cidr | undefined {
  return cidrOf(text, (prefix) => rustByte(prefix ?? ''));
}

/** `net.ParseCIDR` of Go: the prefix has decimal digits, leading zeros are allowed. */
export function parseGoCidr(text: string): Cidr | undefined {
  return cidrOf(text, (prefix = '') => (/^\d+$/.test(prefix) ? Number(prefix) : undefined));
}

/**
 * A network as the guest agent's `Ipv4Network` or `Ipv6Network` accepts it (ipnetwork 0.17). A missing prefix means the
 * longest one, and for IPv4 it may be a dotted netmask.
 */
export function parseIpNetwork(text: string, family: Family): Cidr | undefined {
  const prefixOf = (prefix: string | undefined): number | undefined => {
    if (prefix === undefined) return bitsOf(family);
    return (family === 4 && prefix.includes('.') ? prefixOfNetmask(prefix) : undefined) ?? rustByte(prefix);
  };
  const network = cidrOf(text, prefixOf);
  return network?.family === family ? network : undefined;
}

function cidrOf(text: string, prefixOf: (text: string | undefined) => number | undefined): Cidr | undefined {
  if (text !== last.text) last = partsOfCidr(text);
  const { ip } = last;
  const prefix = prefixOf(last.prefix);
  if (ip === undefined || prefix === undefined || prefix > bitsOf(ip.family)) return undefined;
  return { family: ip.family, text: ip.text, units: ip.units, prefix };
}

/** The last `ip/prefix`: the reader parses the destination of a route, and then the agent parses it. */
let last: CidrParts = { text: '', ip: undefined, prefix: undefined };

/** An `ip/prefix` with the text of its prefix. */
interface CidrParts {
  readonly text: string;
  readonly ip: Ip | undefined;
  readonly prefix: string | undefined;
}

function partsOfCidr(text: string): CidrParts {
  const slash = text.indexOf('/');
  if (slash === -1) return { text, ip: parseIp(text), prefix: undefined };
  return { text, ip: parseIp(text.slice(0, slash)), prefix: text.slice(slash + 1) };
}

function prefixOfNetmask(text: string): number | undefined {
  const mask = parseIp(text);
  if (mask?.family !== 4) return undefined;
  const bits = mask.text
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}

/**
 * Whether the VMM accepts a MAC for a host-tap: six parts, each of which Rust reads as a hexadecimal u8, so single
 * digits, leading zeros and a plus sign are allowed (`parse_mac` of runtime-rs). Any other MAC fails the sandbox.
 */
export function isTapMac(mac: string): boolean {
  if (pairs.test(mac)) return true;
  return mac.split(':').length === 6 && mac.split(':').every((part) => rustByte(part, 16) !== undefined);
}

/** The usual form of a MAC. */
const pairs = /^(?:[\da-f]{2}:){5}[\da-f]{2}$/;

/**
 * Whether Dragonball accepts a MAC for a vhost-user device: each part must also have two characters
 * (`MacAddr::parse_str`, dbs_utils/src/net/mac.rs). With any other MAC, the guest silently gets a different one.
 */
export function isVhostUserMac(mac: string): boolean {
  return isTapMac(mac) && mac.split(':').every((part) => part.length === 2);
}

/** `net.ParseMAC`: 6, 8 or 20 bytes, in pairs separated by colons or dashes, or in groups of four digits and dots. */
export function parseGoMac(text: string): string | undefined {
  const isPairs = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2})*$/i.test(text);
  const isFours = /^[0-9a-f]{4}(\.[0-9a-f]{4})+$/i.test(text);
  const bytes = text.match(/[0-9a-f]{2}/gi) ?? [];
  return (isPairs || isFours) && [6, 8, 20].includes(bytes.length) ? bytes.join(':').toLowerCase() : undefined;
}

// `u8::from_str_radix` of Rust's standard library: a plus sign and leading zeros are allowed.
function rustByte(text: string, radix: 10 | 16 = 10): number | undefined {
  const number = radix === 10 ? decimalNumber(text) : undefined;
  if (number !== undefined) return number <= 255 ? number : undefined;
  const isWhole = (radix === 10 ? /^\+?\d+$/ : /^\+?[0-9a-f]+$/i).test(text);
  const value = Number.parseInt(text, radix);
  return isWhole && value <= 255 ? value : undefined;
}
