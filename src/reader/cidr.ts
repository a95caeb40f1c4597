import { type Cidr, formatIp, parseIp, parseIpv4 } from './ip.ts';

/**
 * An `ip/prefix` as runtime-rs takes it (`parse_ip_cidr`, Kata's
 * src/runtime-rs/crates/resource/src/network/utils/address.rs): exactly one slash, and a prefix that Rust reads as
 * a u8, hence with leading zeros or a plus sign.
 */
export function parseKataCidr(text: string): Cidr | undefined {
  const [address = '', prefixText, ...more] = text.split('/');
  if (prefixText === undefined || more.length > 0) return undefined;
  const ip = parseIp(address);
  const prefix = rustByte(prefixText);
  if (ip === undefined || prefix === undefined || prefix > 8 * ip.length) return undefined;
  return { ip, prefix };
}

/**
 * A network as the guest agent's `Ipv4Network` or `Ipv6Network` takes it (ipnetwork 0.17): the prefix may be missing,
 * which makes it the longest, and for IPv4 may be a dotted netmask.
 */
export function parseIpNetwork(text: string, family: 4 | 6): Cidr | undefined {
  const [address = '', prefixText, ...more] = text.split('/');
  const ip = parseIp(address);
  if (more.length > 0 || ip?.length !== byteLength(family)) return undefined;
  const prefix = prefixText === undefined ? 8 * ip.length : networkPrefix(prefixText, family);
  return prefix === undefined ? undefined : { ip, prefix };
}

/** `address/prefix`, the address in Rust's form. */
export function formatCidr({ ip, prefix }: Cidr): string {
  return `${formatIp(ip)}/${prefix}`;
}

/** Bytes in an address of a family. */
export function byteLength(family: 4 | 6): number {
  return family === 4 ? 4 : 16;
}

function networkPrefix(text: string, family: 4 | 6): number | undefined {
  const netmask = family === 4 ? parseIpv4(text) : undefined;
  if (netmask !== undefined) {
    const bits = netmask.map((byte) => byte.toString(2).padStart(8, '0')).join('');
    return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
  }
  const prefix = rustByte(text);
  return prefix !== undefined && prefix <= 8 * byteLength(family) ? prefix : undefined;
}

/** `u8::from_str` of Rust's standard library: decimal digits, a plus sign and leading zeros allowed. */
function rustByte(text: string): number | undefined {
  const value = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  return value <= 255 ? value : undefined;
}
