import { accept, type Parsed, reject } from './parsed.ts';

/** The address of a PCI function as sysfs spells it, like `0000:01:10.0`. */
export type PciAddress = string & { readonly __brand: 'PciAddress' };

/** Parses a PCI address: domain, bus, device and function in hexadecimal digits. Returns lower case. */
export function parsePciAddress(value: unknown): Parsed<PciAddress> {
  if (typeof value !== 'string' || !/^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/i.test(value)) {
    return reject('must be a PCI address with its domain, like 0000:01:10.0');
  }
  return accept(value.toLowerCase() as PciAddress);
}
