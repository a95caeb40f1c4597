import { parseInterfaceAddress, parseNetwork } from '../model/cidr.ts';
import { decimalNumber } from '../model/decimal.ts';
import { parseInterfaceName } from '../model/interface-name.ts';
import { bitsOf, type Ip, parseIp } from '../model/ip.ts';
import { parseMac } from '../model/mac.ts';
import { parseMtu } from '../model/mtu.ts';
import { parseOvsDatabase } from '../model/ovs.ts';
import { accept, type Parsed, reject } from '../model/parsed.ts';
import { parsePciAddress } from '../model/pci.ts';
import { parseQueuePairs, parseQueueSize } from '../model/queues.ts';
import { parseSocketDirectory, parseSocketName, parseSocketPath, type SocketPath } from '../model/socket-path.ts';
import type { VlanRange } from '../model/vlan.ts';
import { isObject } from '../json/object.ts';
import { resultFault } from '../protocol/result.ts';
import { defaultSocketDir } from '../kinds/socket.ts';
import { anyObject, type JsonForm, parsed, type Reader, whole } from './reader.ts';

// The schema of each value accepts everything that its parser accepts, and refuses what a pattern can detect.

const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = `${octet}(\\.${octet}){3}`;
// The parser checks the number of groups.
const ipv6 = '[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*';
const ofIpv4 = '(3[0-2]|[12]?\\d)';
const ofIpv6 = '(12[0-8]|1[01]\\d|[1-9]?\\d)';

const text = (pattern: string, more: JsonForm = {}): JsonForm => ({ type: 'string', pattern, ...more });
const either = (first: string, second: string): JsonForm => text(`^(${first}|${second})$`);
const withPrefix = either(`${ipv4}/${ofIpv4}`, `${ipv6}/${ofIpv6}`);

export const interfaceName = parsed(parseInterfaceName, text('^[a-zA-Z][a-zA-Z0-9_.-]*$', { maxLength: 15 }));
export const mac = parsed(parseMac, text('^(?![0:]+$)[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}$'));
export const mtu = parsed(parseMtu, { type: 'integer', minimum: 68, maximum: 9600 });
export const ip = parsed(parseIp, {
  anyOf: [text(`^${ipv4}$`, { format: 'ipv4' }), text(`^${ipv6}$`, { format: 'ipv6' })],
});
export const network = parsed(parseNetwork, withPrefix);
export const interfaceAddress = parsed(parseInterfaceAddress, withPrefix);
export const neighborAddress = parsed(parseNeighborAddress, either(`${ipv4}(/${ofIpv4})?`, `${ipv6}(/${ofIpv6})?`));
export const queuePairs = parsed(parseQueuePairs, { type: 'integer', minimum: 1, maximum: 256 });
export const queueSize = parsed(parseQueueSize, {
  type: 'integer',
  enum: Array.from({ length: 16 }, (_, power) => 2 ** power),
});
export const vlan = whole(1, 4094, 'a VLAN id');
export const trunk = parsed(parseTrunk, {
  type: 'array',
  minItems: 1,
  items: {
    oneOf: [
      { type: 'object', properties: { id: vlan.form }, required: ['id'], additionalProperties: false },
      {
        type: 'object',
        properties: { minID: vlan.form, maxID: vlan.form },
        required: ['minID'],
        additionalProperties: false,
      },
    ],
  },
});
export const ovsDatabase = parsed(
  parseOvsDatabase,
  text(
    '^(unix:(?!.*/\\.\\.(/|$))/[!-+\\--~]{0,106}|tcp:(127\\.\\d+\\.\\d+\\.\\d+|\\[::1\\]):\\d{1,5}|ssl:[!-+\\--~]+)$',
  ),
);
export const socketPath = parsed(
  parseSocketPath,
  text('^(?!.*/\\.{0,2}/)/([^\\u0000-\\u001f\\u007f]*/)?[a-zA-Z][a-zA-Z0-9_.-]*$', { maxLength: 107 }),
);
export const socketDirectory = parsed(
  parseSocketDirectory,
  text('^(?!.*/\\.{0,2}/)(?!.*/\\.{1,2}$)/[^\\u0000-\\u001f\\u007f]*$', { maxLength: 87 }),
);
/** The path of a socket that a pod names; it is in the network's directory of sockets. */
export function socketNameIn(directory = defaultSocketDir): Reader<SocketPath> {
  return parsed((value) => parseSocketName(value, directory));
}

export const pluginType = parsed(parsePluginType, text('^(?!(\\.{1,2}|dan)$)[^/\\u0000]*$'));
/** The address of a PCI function. */
export const pciAddress = parsed(parsePciAddress, text('^[0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:[01][0-9a-fA-F]\\.[0-7]$'));
/** The metric of a route. */
export const metric = parsed<number>(
  (value) => (Number.isSafeInteger(value) ? accept(Number(value)) : reject('must be a whole number')),
  { type: 'integer' },
);
/** The highest 32-bit number means "no user". */
export const userId = whole(0, 4294967294, 'a numeric id');

/** An absolute path without "..". */
const downPath = /^\/(?!.*(^|\/)\.\.(\/|$))[^\0]*$/;
export const absolutePath = parsed(parsePath, text(downPath.source));

function parsePath(value: unknown): Parsed<string> {
  if (typeof value !== 'string') return reject('must be a string');
  return downPath.test(value) ? accept(value) : reject('must be an absolute path without ".."');
}

/** A neighbor's address: `ip`, or `ip/prefix` for readers that expect a prefix. */
function parseNeighborAddress(value: unknown): Parsed<{ ip: Ip; prefix?: number }> {
  if (typeof value !== 'string') return reject('must be a string');
  const [address, length, ...rest] = value.split('/');
  const read = parseIp(address);
  if (!read.ok) return read;
  if (length === undefined) return accept({ ip: read.value });
  const most = bitsOf(read.value.family);
  const prefix = decimalNumber(length);
  if (rest.length > 0 || prefix === undefined || prefix > most) {
    return reject(`must be an IP address, alone or with a prefix length of 0 to ${most}`);
  }
  return accept({ ip: read.value, prefix });
}

/** The name of an IPAM plugin: a file name, so that only CNI_PATH says where programs come from. Empty means none. */
export function parsePluginType(value: unknown): Parsed<string> {
  if (typeof value !== 'string' || /[/\0]/.test(value) || value === '..' || value === '.') {
    return reject('must be the file name of an IPAM plugin');
  }
  if (value === 'dan')
    return reject('gives no addresses, and would call itself: name an IPAM plugin, such as host-local');
  return accept(value);
}

/** The result of the previous plugin. */
export const previousResult = parsed((value) => {
  const fault = resultFault(value);
  return fault === undefined ? accept(value) : reject(fault);
}, anyObject.form);

/** VLANs of a trunk, in ovs-cni's form: `[{"id": 42}, {"minID": 1000, "maxID": 1010}]`. */
function parseTrunk(value: unknown): Parsed<readonly VlanRange[]> {
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
  const { id, minID, maxID, ...rest } = value;
  const hasId = id !== undefined && minID === undefined && maxID === undefined;
  const first = vlan.read(hasId ? id : minID, []);
  const last = maxID === undefined ? first : vlan.read(maxID, []);
  const sound = Object.keys(rest).length === 0 && (hasId || id === undefined);
  return sound && first !== undefined && last !== undefined && first <= last ? { first, last } : undefined;
}
