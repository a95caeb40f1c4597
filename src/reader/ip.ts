import { formatIpv6, ipv6Groups } from '../model/ip.ts';

/** An IP address as its 4 or 16 bytes, in network order. */
export type Ip = readonly number[];

/** An address with the length of its prefix. */
export interface Cidr {
  readonly ip: Ip;
  readonly prefix: number;
}

/**
 * Parses an address as both Rust's `IpAddr::from_str` and Go's `net.ParseIP` do: no zone, no leading zeros in IPv4,
 * at most four digits in an IPv6 group, `::` for at least one group, dotted IPv4 only at the end.
 */
export function parseIp(text: string): Ip | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** Parses dotted IPv4 alone (`Ipv4Addr::from_str`). */
export function parseIpv4(text: string): Ip | undefined {
  const parts = text.split('.');
  const isSound = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return isSound ? parts.map(Number) : undefined;
}

function parseIpv6(text: string): Ip | undefined {
  return ipv6Groups(text)?.flatMap((group) => [group >> 8, group & 0xff]);
}

/** An address as Rust's `Display` prints it: RFC 5952, IPv4-mapped addresses in the dotted form `::ffff:a.b.c.d`. */
export function formatIp(ip: Ip): string {
  if (ip.length === 4) return ip.join('.');
  return formatIpv6(Array.from({ length: 8 }, (_, at) => (ip[2 * at] ?? 0) * 256 + (ip[2 * at + 1] ?? 0)));
}

/** The four bytes within an IPv4-mapped IPv6 address. */
export function unmapped(ip: Ip): Ip | undefined {
  const isMapped = ip.length === 16 && ip.slice(0, 10).every((byte) => byte === 0) && ip[10] === 255 && ip[11] === 255;
  return isMapped ? ip.slice(12) : undefined;
}

/** `127.0.0.0/8` and `::1`; what a mapped address counts as is each reader's own affair. */
export function isLoopback(ip: Ip): boolean {
  if (ip.length === 4) return ip[0] === 127;
  return ip[15] === 1 && ip.slice(0, 15).every((byte) => byte === 0);
}

/** The address with all bits behind the prefix cleared. */
export function masked({ ip, prefix }: Cidr): Ip {
  return ip.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * index))));
}
