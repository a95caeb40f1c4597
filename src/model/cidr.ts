import { bitsOf, type Ip, maskIp, notUnicast, parseIp } from './ip.ts';
import { accept, type Parsed, reject } from './parsed.ts';

/** An address of an interface with the length of its subnet's prefix, like `10.88.0.5/24`. */
export interface InterfaceAddress extends Ip {
  /** 0 to 32, or 0 to 128. */
  readonly prefix: number;
}

/** A destination network of a route: an address without host bits, and its prefix length. */
export interface Network extends Ip {
  readonly prefix: number;
}

/** `address/prefix` in canonical text. */
export function cidrText({ text, prefix }: InterfaceAddress | Network): string {
  return `${text}/${prefix}`;
}

/** The address in `10.88.0.5/24` or `10.88.0.5`, as the kernel prints it. A text that is no address is returned unchanged. */
export function canonicalAddress(text: string): string {
  const address = text.replace(/\/.*$/, '');
  const parsed = parseIp(address);
  return parsed.ok ? parsed.value.text : address;
}

/**
 * Parses an interface's address `ip/prefix`. Kata's reader drops an address without prefix, with a zone, with leading
 * zeros or of the loopback network without a word, so each is refused here.
 */
export function parseInterfaceAddress(value: unknown): Parsed<InterfaceAddress> {
  const parsed = parseWithPrefix(value);
  if (!parsed.ok) return parsed;
  const wrong = notUnicast(parsed.value);
  return wrong === undefined ? parsed : reject(`${wrong}: no guest can have it`);
}

/** Parses a route's destination. Host bits are refused (EINVAL in the guest); the message gives the network. */
export function parseNetwork(value: unknown): Parsed<Network> {
  const parsed = parseWithPrefix(value);
  if (!parsed.ok) return parsed;
  const start = networkOf(parsed.value);
  if (start.text === parsed.value.text) return parsed;
  return reject(`has host bits set: the network is ${cidrText(start)}`);
}

/** Parses a destination whose host bits may be set, and gives the network that it is in; a bare address is one host. */
export function parseDestination(value: unknown): Parsed<Network> {
  const bare = typeof value === 'string' && !value.includes('/') ? parseIp(value) : undefined;
  if (bare !== undefined) return bare.ok ? accept({ ...bare.value, prefix: bitsOf(bare.value.family) }) : bare;
  const parsed = parseWithPrefix(value);
  return parsed.ok ? accept(networkOf(parsed.value)) : parsed;
}

/** The network an address is in. */
export function networkOf(address: InterfaceAddress): Network {
  return { ...maskIp(address, address.prefix), prefix: address.prefix };
}

/** Whether an IP is in the subnet of an interface's address. */
export function contains(address: InterfaceAddress, ip: Ip): boolean {
  return address.family === ip.family && maskIp(address, address.prefix).text === maskIp(ip, address.prefix).text;
}

/** Whether a destination is everything of its family. */
export function isDefault({ prefix }: Network): boolean {
  return prefix === 0;
}

function parseWithPrefix(value: unknown): Parsed<InterfaceAddress> {
  if (typeof value !== 'string') return reject('must be a string like 10.88.0.5/24');
  const [address, length, ...rest] = value.split('/');
  const ip = parseIp(address);
  if (!ip.ok) return ip;
  if (length === undefined)
    return reject(`has no prefix length: write ${value}/${bitsOf(ip.value.family)} for one host`);
  const most = bitsOf(ip.value.family);
  const prefix = Number(length);
  if (rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length) || prefix > most) {
    return reject(`must end in a prefix length of 0 to ${most}`);
  }
  return accept({ ...ip.value, prefix });
}
