import { type Cidr, formatIp, type Ip, masked, parseIp, unmapped } from './ip.ts';

/** `net.ParseMAC`: 6, 8 or 20 bytes, in pairs divided by colons or dashes, or in fours divided by dots. */
export function parseGoMac(text: string): string | undefined {
  const isPairs = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2})*$/i.test(text);
  const isFours = /^[0-9a-f]{4}(\.[0-9a-f]{4})+$/i.test(text);
  const bytes = text.match(/[0-9a-f]{2}/gi) ?? [];
  return (isPairs || isFours) && [6, 8, 20].includes(bytes.length) ? bytes.join(':').toLowerCase() : undefined;
}

/** `net.ParseCIDR`: as in Rust, but for the prefix, which is decimal digits only. */
export function parseGoCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const prefix = text.slice(slash + 1);
  if (ip === undefined || !/^\d+$/.test(prefix) || Number(prefix) > 8 * ip.length) return undefined;
  return { ip, prefix: Number(prefix) };
}

/** `net.IP.String`: an IPv4-mapped address is an IPv4 address to Go. */
export function formatGoIp(ip: Ip): string {
  return formatIp(toIpv4(ip) ?? ip);
}

/** `net.IP.To4`. */
export function toIpv4(ip: Ip): Ip | undefined {
  return ip.length === 4 ? ip : unmapped(ip);
}

/** The network of `net.ParseCIDR` as `net.IPNet.String` prints it: masked, a mapped one with what is left of its mask. */
export function formatGoNetwork(cidr: Cidr): string {
  const network = masked(cidr);
  const mapped = unmapped(network);
  return mapped === undefined ? `${formatIp(network)}/${cidr.prefix}` : `${formatIp(mapped)}/${cidr.prefix - 96}`;
}
