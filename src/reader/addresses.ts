import type { InterfaceAddress } from '../model/cidr.ts';
import { once } from '../model/once.ts';
import { bitsOf, type Family, formatIpv6, type Ip, ipv6Groups, parseIp as parseUnmapped } from '../model/ip.ts';

/** An address with the length of its prefix; bits behind the prefix may be set. */
export type Cidr = InterfaceAddress;

/**
 * Parses an address as both Rust's `IpAddr::from_str` and Go's `net.ParseIP` do: as dan itself, but that they also take
 * an IPv4-mapped address. Its text is what Rust's `Display` prints.
 */
export function parseIp(text: string): Ip | undefined {
  return once(parsedIps, text, () => {
    const parsed = parseUnmapped(text);
    if (parsed.ok) return parsed.value;
    const groups = ipv6Groups(text);
    return groups === undefined ? undefined : { family: 6, text: formatIpv6(groups) };
  });
}

/** The addresses of a file: the reader and the agent parse each, and thousands of routes have one gateway. */
const parsedIps = new Map<string, Ip | undefined>();

/** The IPv4 address within an IPv4-mapped one. */
export function unmapped({ family, text }: Ip): Ip | undefined {
  return family === 6 && text.includes('.') ? parseIp(text.slice(text.lastIndexOf(':') + 1)) : undefined;
}

/** `127.0.0.0/8` and `::1`; what a mapped address counts as is each reader's own affair. */
export function isLoopback({ family, text }: Ip): boolean {
  return family === 4 ? text.startsWith('127.') : text === '::1';
}

/**
 * An `ip/prefix` as runtime-rs takes it (`parse_ip_cidr`, Kata's
 * src/runtime-rs/crates/resource/src/network/utils/address.rs): the prefix is there, and Rust reads it as a u8, hence
 * with leading zeros or a plus sign.
 */
export function parseKataCidr(text: string): Cidr | undefined {
  return cidrOf(text, (prefix) => rustByte(prefix ?? ''));
}

/** `net.ParseCIDR` of Go: the prefix is decimal digits, leading zeros allowed. */
export function parseGoCidr(text: string): Cidr | undefined {
  return cidrOf(text, (prefix = '') => (/^\d+$/.test(prefix) ? Number(prefix) : undefined));
}

/**
 * A network as the guest agent's `Ipv4Network` or `Ipv6Network` takes it (ipnetwork 0.17): the prefix may be missing,
 * which makes it the longest, and for IPv4 may be a dotted netmask.
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
  const [address = '', prefixText, ...more] = text.split('/');
  const [ip, prefix] = [parseIp(address), prefixOf(prefixText)];
  if (ip === undefined || prefix === undefined || more.length > 0 || prefix > bitsOf(ip.family)) return undefined;
  return { ...ip, prefix };
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
 * Whether the VMM takes a MAC for a host-tap: six parts that Rust reads as a hexadecimal u8 each, so single digits,
 * leading zeros and a plus sign pass (`parse_mac` of runtime-rs). One that does not pass fails the sandbox.
 */
export function isTapMac(mac: string): boolean {
  return mac.split(':').length === 6 && mac.split(':').every((part) => rustByte(part, 16) !== undefined);
}

/**
 * Whether Dragonball takes a MAC for a vhost-user device: each part must also be two characters long
 * (`MacAddr::parse_str`, dbs_utils/src/net/mac.rs). With one that does not pass the guest silently gets another MAC.
 */
export function isVhostUserMac(mac: string): boolean {
  return isTapMac(mac) && mac.split(':').every((part) => part.length === 2);
}

/** `net.ParseMAC`: 6, 8 or 20 bytes, in pairs divided by colons or dashes, or in fours divided by dots. */
export function parseGoMac(text: string): string | undefined {
  const isPairs = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2})*$/i.test(text);
  const isFours = /^[0-9a-f]{4}(\.[0-9a-f]{4})+$/i.test(text);
  const bytes = text.match(/[0-9a-f]{2}/gi) ?? [];
  return (isPairs || isFours) && [6, 8, 20].includes(bytes.length) ? bytes.join(':').toLowerCase() : undefined;
}

// `u8::from_str_radix` of Rust's standard library: a plus sign and leading zeros are allowed.
function rustByte(text: string, radix: 10 | 16 = 10): number | undefined {
  const isWhole = (radix === 10 ? /^\+?\d+$/ : /^\+?[0-9a-f]+$/i).test(text);
  const value = Number.parseInt(text, radix);
  return isWhole && value <= 255 ? value : undefined;
}
