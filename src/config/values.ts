import { defaultKind, kindNames } from '../kinds/kinds.ts';
import { bitsOf, type Ip, parseIp } from '../model/ip.ts';
import type { VlanRange } from '../model/vlan.ts';
import { accept, type Parsed, reject } from '../model/parsed.ts';
import { isObject } from '../json/object.ts';

/** A neighbor's address: `ip`, or `ip/prefix` for readers that want it so. */
export function parseNeighborAddress(value: unknown): Parsed<{ ip: Ip; prefix?: number }> {
  if (typeof value !== 'string') return reject('must be a string');
  const [address, length, ...rest] = value.split('/');
  const ip = parseIp(address);
  if (!ip.ok) return ip;
  if (length === undefined) return accept({ ip: ip.value });
  const most = bitsOf(ip.value.family);
  if (rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > most) {
    return reject(`must be an IP address, alone or with a prefix length of 0 to ${most}`);
  }
  return accept({ ip: ip.value, prefix: Number(length) });
}

/** The name of an IPAM plugin: a file name, so that CNI_PATH alone says where programs come from. Empty is none. */
export function parsePluginType(value: unknown): Parsed<string> {
  if (typeof value !== 'string' || value.includes('/') || value === '..' || value === '.') {
    return reject('must be the file name of an IPAM plugin');
  }
  return accept(value);
}

/** VLANs of a trunk, as ovs-cni writes them: `[{"id": 42}, {"minID": 1000, "maxID": 1010}]`. */
export function parseTrunk(value: unknown): Parsed<readonly VlanRange[]> {
  const form = 'must be a list like [{"id": 42}, {"minID": 1000, "maxID": 1010}]';
  if (!Array.isArray(value) || value.length === 0) return reject(form);
  const ranges = value.map(parseRange).sort((a, b) => (a?.first ?? 0) - (b?.first ?? 0));
  if (ranges.some((range) => range === undefined)) return reject(`${form}, with VLAN ids of 1 to 4094, minID first`);
  const known = ranges.filter((range) => range !== undefined);
  const overlap = known.find((range, at) => at > 0 && range.first <= (known[at - 1]?.last ?? 0));
  return overlap === undefined ? accept(known) : reject(`names VLAN ${overlap.first} twice`);
}

function parseRange(value: unknown): VlanRange | undefined {
  if (!isObject(value)) return undefined;
  const { id, minID: first = id, maxID: last = first, ...rest } = value;
  const isVlan = (number: unknown): number is number =>
    typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 4094;
  const sound = Object.keys(rest).length === 0 && isVlan(first) && isVlan(last) && first <= last;
  const either = id === undefined || (value['minID'] === undefined && value['maxID'] === undefined);
  return sound && either ? { first, last } : undefined;
}

/** What keys may be whose values are words. */
export const words = {
  device: kindNames,
  logLevel: ['debug', 'info', 'warn', 'error'],
} as const;

/** The least and the most of keys that are whole numbers. */
export const ranges = {
  commandTimeout: [1, 600],
  /** The state and the flags of a neighbor have eight bits (struct ndmsg of linux/neighbour.h). */
  neighborBits: [0, 255],
  /** The highest number of 32 bits stands for nobody. */
  user: [0, 4294967294],
  vlan: [1, 4094],
} as const;

/** An absolute path that leads nowhere but down. */
export const absolutePath = /^\/(?!.*(^|\/)\.\.(\/|$))[^\0]*$/;

/** The scopes that a route of a configuration may have: anywhere, and on the link. */
export const routeScopes = [0, 253] as const;

/** What a configuration means where it says nothing. */
export const defaults = {
  device: defaultKind,
  runtime: 'runtime-rs',
  addresses: [],
  routes: [],
  neighbors: [],
  defaultRoute: true,
  commandTimeout: 10,
  logLevel: 'info',
} as const;
