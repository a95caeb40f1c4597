import { accept, type Parsed, reject } from './parsed.ts';

/** An MTU in bytes that a tap and a guest can carry. */
export type Mtu = number & { readonly __brand: 'Mtu' };

/** The MTU of Ethernet, in bytes: the default of a device. */
export const ethernetMtu = 1500 as Mtu;

/** The smallest MTU of an Ethernet link in Linux, in bytes: the least of IPv4 (RFC 791). */
export const minimumMtu = 68;

/** The smallest MTU of a link that carries IPv6, in bytes (RFC 8200, section 5). */
export const minimumMtuForIpv6 = 1280;

/**
 * Parses an MTU of 68 to 9600 bytes. Values of 46 to 67 get a message of their own: Kata's readers accept them from a
 * DAN file, but the guest's kernel refuses them.
 */
export function parseMtu(value: unknown): Parsed<Mtu> {
  if (typeof value !== 'number' || !Number.isInteger(value))
    return reject('must be a whole number of bytes, 68 to 9600');
  if (value >= 46 && value < 68) {
    return reject("is too small: a DAN file can hold it, but a tap and the guest's kernel take no less than 68");
  }
  return value >= 68 && value <= 9600 ? accept(value as Mtu) : reject('must be 68 to 9600 bytes');
}
