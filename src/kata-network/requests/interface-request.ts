import { parsed } from '../../config/reader.ts';
import { interfaceName, mac, mtu, socketPath } from '../../config/values.ts';
import { type InterfaceAddress, parseInterfaceAddress } from '../../model/cidr.ts';
import { type InterfaceName, parseInterfaceName } from '../../model/interface-name.ts';
import { parseIp } from '../../model/ip.ts';
import type { Mac } from '../../model/mac.ts';
import type { Mtu } from '../../model/mtu.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { parseQueuePairs, type QueuePairs } from '../../model/queues.ts';
import type { SocketPath } from '../../model/socket-path.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { documentReader } from './reading.ts';

/** An interface as it was given to `dan kata-network`, and as listings show it. */
export interface GivenInterface {
  /** Name on the host. */
  readonly device: string;
  /** Name in the guest. */
  readonly name: string;
  /** At most one. `Family` is that of socket(2): 2 for IPv4, 10 for IPv6. `Mask` is the prefix length. */
  readonly IPAddresses: readonly { readonly Family: 2 | 10; readonly Address: string; readonly Mask: string }[];
  /** Bytes. */
  readonly mtu: number;
  readonly hwAddr: string;
  readonly vhostUserSocket?: string;
  readonly queues?: number;
}

/** A parsed request for an interface. */
export interface InterfaceRequest {
  /** As it was given. */
  readonly given: GivenInterface;
  readonly device: InterfaceName;
  readonly name: InterfaceName;
  readonly addresses: readonly InterfaceAddress[];
  readonly mtu: Mtu;
  readonly mac: Mac;
  readonly queuePairs: QueuePairs;
  /** undefined if the device is a tap. */
  readonly socketPath: SocketPath | undefined;
}

const guestName = parsed(parseGuestName);

const readKeys = documentReader('the interface', {
  device: { value: interfaceName, required: true },
  name: { value: guestName, required: true },
  IPAddresses: { value: parsed(parseAddresses), default: [] },
  mtu: { value: mtu, required: true },
  hwAddr: { value: mac, required: true },
  vhostUserSocket: { value: socketPath },
  queues: { value: parsed(parseQueues), default: 1 as QueuePairs },
});

/** Reads an interface to add. Throws one `invalid-configuration` that names everything that is wrong. */
export function readInterface(document: JsonObject): InterfaceRequest {
  const { IPAddresses, hwAddr, vhostUserSocket, queues, ...read } = readKeys(document);
  const given: GivenInterface = {
    device: read.device,
    name: read.name,
    IPAddresses: IPAddresses.map(({ given: address }) => address),
    mtu: read.mtu,
    hwAddr: String(document['hwAddr']),
    ...(vhostUserSocket === undefined ? {} : { vhostUserSocket }),
    ...(typeof document['queues'] === 'number' ? { queues: document['queues'] } : {}),
  };
  const addresses = IPAddresses.map(({ address }) => address);
  return { given, ...read, addresses, mac: hwAddr, queuePairs: queues, socketPath: vhostUserSocket };
}

const readName = documentReader('the interface', { name: { value: guestName, required: true } });

/** Reads the name that identifies an interface: its name in the guest. Throws `invalid-configuration`. */
export function readInterfaceName({ name }: JsonObject): InterfaceName {
  return readName({ name }).name;
}

/** Parses the name of an interface in the guest; `lo` is refused. */
function parseGuestName(value: unknown): Parsed<InterfaceName> {
  return value === 'lo' ? reject('is the loopback of every guest: use another name') : parseInterfaceName(value);
}

interface ReadAddress {
  readonly given: GivenInterface['IPAddresses'][number];
  readonly address: InterfaceAddress;
}

const addressForm = 'must be a list like [{"address": "172.16.0.3", "mask": "16"}]';

function parseAddresses(value: unknown): Parsed<readonly ReadAddress[]> {
  if (!Array.isArray(value)) return reject(addressForm);
  if (value.length > 1) return reject('has more than one address, and an interface takes one: leave the others out');
  const read: ReadAddress[] = [];
  for (const one of value) {
    const address = parseAddress(one);
    if (!address.ok) return address;
    read.push(address.value);
  }
  return accept(read);
}

function parseAddress(value: unknown): Parsed<ReadAddress> {
  if (!isObject(value)) return reject(addressForm);
  const { address: Address, mask, ...others } = value;
  if (Object.keys(others).length > 0) return reject(`${addressForm}, without "${Object.keys(others).join('", "')}"`);
  const ip = parseIp(Address);
  if (!ip.ok) return reject(`has an "address" that ${ip.why}`);
  // People who think in prefix lengths write a number, and it is unambiguous.
  const Mask = typeof mask === 'number' ? String(mask) : mask;
  if (typeof Mask !== 'string' || !/^\d+$/.test(Mask)) {
    return reject('must have as "mask" the length of a prefix, like "24"');
  }
  const address = parseInterfaceAddress(`${String(Address)}/${Mask}`);
  if (!address.ok) return address;
  const Family = address.value.family === 4 ? 2 : 10;
  return accept({ given: { Family, Address: String(Address), Mask }, address: address.value });
}

function parseQueues(value: unknown): Parsed<QueuePairs> {
  const pairs = parseQueuePairs(value === 0 ? 1 : value);
  return pairs.ok ? pairs : reject('must be a number of queue pairs, 0 to 256; 0 is one pair, as 1 is');
}
