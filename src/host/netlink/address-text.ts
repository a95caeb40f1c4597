import { hex, readUint16BE } from '#bytes';
import { formatIpv6, parseIpv6, partsOf } from '../../model/ip.ts';

/** Formats an IPv4 or IPv6 address in its canonical text. */
export function addressText(address: Uint8Array): string {
  if (address.length === 4) return address.join('.');
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(readUint16BE(address, at));
  return formatIpv6(groups);
}

/** The bytes of an address in the text of {@link addressText}. */
export function addressBytes(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.').map(Number));
  const ip = parseIpv6(text);
  return Uint8Array.from(ip === undefined ? [] : partsOf(ip).flatMap((group) => [group >> 8, group & 0xff]));
}

/** ARPHRD_TUNNEL, ARPHRD_SIT and ARPHRD_IPGRE of linux/if_arp.h: links whose link-layer address is an IPv4 address. */
const overIpv4 = [768, 776, 778];

/** ARPHRD_TUNNEL6 and ARPHRD_IP6GRE of linux/if_arp.h. */
const overIpv6 = [769, 823];

/** Formats the link-layer address of a link; `hardware` is its ARPHRD_… type. */
export function linkLayerText(address: Uint8Array, hardware: number): string {
  const overIp = address.length === 4 ? overIpv4 : address.length === 16 ? overIpv6 : [];
  if (overIp.includes(hardware)) return addressText(address);
  const digits = hex(address);
  let text = digits.slice(0, 2);
  for (let at = 2; at < digits.length; at += 2) text += `:${digits.slice(at, at + 2)}`;
  return text;
}
