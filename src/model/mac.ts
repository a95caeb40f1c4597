import { accept, type Parsed, reject } from './parsed.ts';

/** A unicast Ethernet address in lower case, like `02:5c:1e:07:9a:41`. */
export type Mac = string & { readonly __brand: 'Mac' };

/** Parses a MAC: six two-digit hexadecimal octets with ":", unicast, not all zero. Returns lower case. */
export function parseMac(value: unknown): Parsed<Mac> {
  if (typeof value !== 'string' || !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(value)) {
    return reject('must be six two-digit hexadecimal octets separated by ":", like 02:5c:1e:07:9a:41');
  }
  if ((Number.parseInt(value.slice(0, 2), 16) & 1) === 1) {
    return reject('is a multicast address: the lowest bit of the first octet must be 0');
  }
  if (/^[0:]+$/.test(value)) return reject('must not be all zero');
  return accept(value.toLowerCase() as Mac);
}
