import { type InterfaceAddress, parseInterfaceAddress } from '../../model/cidr.ts';
import { type InterfaceName, parseInterfaceName } from '../../model/interface-name.ts';
import { parseIp } from '../../model/ip.ts';
import { type Mac, parseMac } from '../../model/mac.ts';
import { type Mtu, parseMtu } from '../../model/mtu.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { parseQueuePairs, type QueuePairs } from '../../model/queues.ts';
import { parseSocketPath, type SocketPath } from '../../model/socket-path.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import type { GivenInterface } from './given.ts';
import { Reading } from './reading.ts';

/** An interface that is asked for. */
export interface InterfaceRequest {
  /** As it was given. */
  readonly given: GivenInterface;
  readonly device: InterfaceName;
  readonly name: InterfaceName;
  readonly addresses: readonly InterfaceAddress[];
  readonly mtu: Mtu;
  readonly mac: Mac;
  readonly queuePairs: QueuePairs;
  /** undefined: the device is a tap. */
  readonly socketPath: SocketPath | undefined;
}

const keys = ['device', 'name', 'IPAddresses', 'mtu', 'hwAddr', 'vhostUserSocket', 'queues'] as const;

/** Reads an interface that is to be added. Throws one `invalid-configuration` that names everything that is wrong. */
export function readInterface(document: JsonObject): InterfaceRequest {
  const reading = new Reading('the interface', document, keys);
  const device = reading.required('device', parseInterfaceName);
  const name = reading.required('name', parseGuestName);
  const addresses = reading.optional('IPAddresses', parseAddresses) ?? [];
  const mtu = reading.required('mtu', parseMtu);
  const mac = reading.required('hwAddr', parseMac);
  const socketPath = reading.optional('vhostUserSocket', parseSocketPath);
  const queuePairs = reading.optional('queues', parseQueues) ?? (1 as QueuePairs);
  if (reading.hasFaults || device === undefined || name === undefined || mtu === undefined || mac === undefined) {
    throw reading.refusal();
  }
  const { queues } = document;
  const given: GivenInterface = {
    device,
    name,
    IPAddresses: addresses.map(({ given: address }) => address),
    mtu,
    hwAddr: String(document['hwAddr']),
    ...(socketPath === undefined ? {} : { vhostUserSocket: socketPath }),
    ...(typeof queues === 'number' ? { queues } : {}),
  };
  return { given, device, name, addresses: addresses.map(({ address }) => address), mtu, mac, queuePairs, socketPath };
}

/** Reads which interface is meant: its name in the guest alone counts. Throws `invalid-configuration`. */
export function readInterfaceName(document: JsonObject): InterfaceName {
  const reading = new Reading('the interface', { name: document['name'] }, ['name']);
  const name = reading.required('name', parseGuestName);
  if (name === undefined) throw reading.refusal();
  return name;
}

/** Parses the name of an interface in the guest. */
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
    const parsed = parseAddress(one);
    if (!parsed.ok) return parsed;
    read.push(parsed.value);
  }
  return accept(read);
}

function parseAddress(value: unknown): Parsed<ReadAddress> {
  if (!isObject(value)) return reject(addressForm);
  const { address: Address, mask, ...others } = value;
  if (Object.keys(others).length > 0) return reject(`${addressForm}, without "${Object.keys(others).join('", "')}"`);
  const ip = parseIp(Address);
  if (!ip.ok) return reject(`has an "address" that ${ip.why}`);
  // A number is what people write who know prefixes, and can mean nothing else.
  const Mask = typeof mask === 'number' ? String(mask) : mask;
  if (typeof Mask !== 'string' || !/^\d+$/.test(Mask)) {
    return reject('must have as "mask" the length of a prefix, like "24"');
  }
  const parsed = parseInterfaceAddress(`${String(Address)}/${Mask}`);
  if (!parsed.ok) return parsed;
  const Family = parsed.value.family === 4 ? 2 : 10;
  return accept({ given: { Family, Address: String(Address), Mask }, address: parsed.value });
}

function parseQueues(value: unknown): Parsed<QueuePairs> {
  const parsed = parseQueuePairs(value === 0 ? 1 : value);
  return parsed.ok ? parsed : reject('must be a number of queue pairs, 0 to 256; 0 is one pair, as 1 is');
}
