import { bitsOf, type Ip, maskIp, notUnicast, parseIp } from './ip.ts';
import { accept, type Parsed, reject } from './parsed.ts';
import { decimalNumber } from './decimal.ts';

/** An address of an interface with its prefix length, like `10.88.0.5/24`. */
export interface InterfaceAddress extends Ip {
  /** 0 to 32, or 0 to 128. */
  readonly prefix: number;
}

/** A route's destination: an address without host bits, and its prefix length. */
export type Network = InterfaceAddress;

/** `address/prefix` in canonical text. */
export function cidrText({ text, prefix }: InterfaceAddress): string {
  return `${text}/${prefix}`;
}

/** The address in `10.88.0.5/24` or `10.88.0.5`, as the kernel prints it. Returns text that is no address unchanged. */
export function canonicalAddress(text: string): string {
  const address = text.replace(/\/.*$/, '');
  const parsed = parseIp(address);
  return parsed.ok ? parsed.value.text : address;
}

/**
 * Parses an interface's address `ip/prefix`. Kata's reader silently drops an address that has no prefix, a zone or
 * leading zeros, or that is a loopback address. dan therefore refuses each of these.
 */
export function parseInterfaceAddress(value: unknown): Parsed<InterfaceAddress> {
  const parsed = parseWithPrefix(value);
  const wrong = parsed.ok ? notUnicast(parsed.value) : undefined;
  return wrong === undefined ? parsed : reject(`${wrong}: no guest can have it`);
}

/** Parses a route's destination. Refuses host bits (EINVAL in the guest); the message names the network. */
export function parseNetwork(value: unknown): Parsed<Network> {
  const parsed = parseWithPrefix(value);
  if (!parsed.ok) return parsed;
  if (!hasHostBits(parsed.value)) return parsed;
  return reject(`has host bits set: the network is ${cidrText(networkOf(parsed.value))}`);
}

/** Parses a destination that may have host bits, and returns its network. Without a prefix length, it is one host. */
export function parseDestination(value: unknown): Parsed<Network> {
  const bare = typeof value === 'string' && !value.includes('/') ? parseIp(value) : undefined;
  if (bare !== undefined) return bare.ok ? accept({ ...bare.value, prefix: bitsOf(bare.value.family) }) : bare;
  const parsed = parseWithPrefix(value);
  return parsed.ok ? accept(networkOf(parsed.value)) : parsed;
}

/** The network that an address is in. */
export function networkOf(address: InterfaceAddress): Network {
  return hasHostBits(address) ? { ...maskIp(address, address.prefix), prefix: address.prefix } : address;
}

/** Whether an address has bits after its prefix that are not zero. */
export function hasHostBits({ family, prefix, units }: InterfaceAddress): boolean {
  if (prefix === bitsOf(family)) return false;
  const width = family === 4 ? 8 : 16;
  const first = Math.floor(prefix / width);
  const behind = (1 << (width - (prefix % width))) - 1;
  if ((units.charCodeAt(first) & behind) !== 0) return true;
  for (let at = first + 1; at < units.length; at++) if (units.charCodeAt(at) !== 0) return true;
  return false;
}

/** Whether an IP is in the subnet of an interface's address. */
export function contains(address: InterfaceAddress, ip: Ip): boolean {
  return address.family === ip.family && maskIp(address, address.prefix).text === maskIp(ip, address.prefix).text;
}

/** Whether a destination is that of a default route. */
export function isDefault({ prefix }: Network): boolean {
  return prefix === 0;
}

function parseWithPrefix(value: unknown): Parsed<InterfaceAddress> {
  if (typeof value !== 'string') return reject('must be a string like 10.88.0.5/24');
  const slash = value.indexOf('/');
  const ip = parseIp(slash === -1 ? value : value.slice(0, slash));
  if (!ip.ok) return ip;
  const most = bitsOf(ip.value.family);
  if (slash === -1) return reject(`has no prefix length: write ${value}/${most} for one host`);
  const prefix = decimalNumber(value.slice(slash + 1));
  if (prefix === undefined || prefix > most) {
    return reject(`must end in a prefix length of 0 to ${most}`);
  }
  const { family, text, units } = ip.value;
  return accept({ family, text, units, prefix });
}
