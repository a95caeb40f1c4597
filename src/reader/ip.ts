import type { InterfaceAddress } from '../model/cidr.ts';
import { bitsOf, type Family, formatIpv6, type Ip, ipv6Groups, parseIp as parseUnmapped } from '../model/ip.ts';

/** An address with the length of its prefix; bits behind the prefix may be set. */
export type Cidr = InterfaceAddress;

/**
 * Parses an address as both Rust's `IpAddr::from_str` and Go's `net.ParseIP` do: as dan itself, but that they also take
 * an IPv4-mapped address. Its text is what Rust's `Display` prints.
 */
export function parseIp(text: string): Ip | undefined {
  const parsed = parseUnmapped(text);
  if (parsed.ok) return parsed.value;
  const groups = ipv6Groups(text);
  return groups === undefined ? undefined : { family: 6, text: formatIpv6(groups) };
}

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
    return (family === 4 ? prefixOfNetmask(prefix) : undefined) ?? rustByte(prefix);
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

/** `u8::from_str` of Rust's standard library: decimal digits, a plus sign and leading zeros allowed. */
function rustByte(text: string): number | undefined {
  const value = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  return value <= 255 ? value : undefined;
}
