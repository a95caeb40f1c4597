import { readInt32, readUint16, readUint16BE, readUint32, readUint64, readUint8, utf8, words } from '#bytes';
import type { JsonObject } from '../../json/object.ts';
import type { Link, LinkCounters } from '../../model/link.ts';
import { linkLayerText } from './address-text.ts';
import {
  askForAll,
  askForOne,
  eachAttribute,
  find,
  type Message,
  read,
  type Readers,
  readersOf,
  type Request,
  text,
  textIn,
  u32,
  value,
  valuesIn,
} from './message.ts';
import {
  bridgeFamily,
  extents,
  headerLengths,
  ifla,
  infoAttributes,
  linkFlags,
  macvtapMode,
  macvtapModes,
  portHairpin,
  rtm,
} from './numbers.ts';

/**
 * Encodes the fixed part of a message about a link (struct ifinfomsg). Without an index, an attribute identifies the
 * link. `changed` selects the flags to change, and `flags` has their values.
 */
export function linkHeader(index = 0, family = 0, flags = 0, changed = 0): Uint8Array {
  return words(family, index, flags, changed);
}

/** The longest name that is not an altname (IFNAMSIZ of linux/if.h, less the zero byte). */
export const longestName = 15;

/** Encodes the name or altname by which the kernel finds a link. */
export function nameAttribute(name: string): Uint8Array {
  return text(utf8(name).length > longestName ? ifla.altname : ifla.name, name);
}

const withoutCounters = u32(ifla.extent, extents.withoutCounters);

/** Asks for the link with a name or altname. */
export function getLink(name: string): Request {
  return askForOne(rtm.link.get, linkHeader(), withoutCounters, nameAttribute(name));
}

/** Asks for the link with an index. */
export function getLinkAt(index: number): Request {
  return askForOne(rtm.link.get, linkHeader(index), withoutCounters);
}

/** Asks for the link with a name or altname, with its counters. */
export function getCounters(name: string): Request {
  return askForOne(rtm.link.get, linkHeader(), nameAttribute(name));
}

/** Asks for all links in a namespace. */
export function getLinks(): Request {
  return askForAll(rtm.link.get, linkHeader(), withoutCounters);
}

/**
 * Asks for the ports of all bridges in a namespace. For a bridge with a thousand ports, the answer has a quarter of the
 * bytes and a tenth of the attributes that a query for the links of one master returns.
 */
export function getPorts(): Request {
  return askForAll(rtm.link.get, linkHeader(0, bridgeFamily));
}

/** A link as in a message: its master is an index. */
export interface LinkAnswer {
  readonly link: Omit<Link, 'addresses' | 'master'>;
  readonly master: number | undefined;
}

/** Reads the index of a link; undefined if the message is about something else. */
export function toIndex({ type, body }: Message): number | undefined {
  return type === rtm.link.make ? readInt32(body, 4) : undefined;
}

/** The links in a list of messages. */
export function linkAnswers(messages: readonly Message[]): readonly LinkAnswer[] {
  return messages.filter(({ type }) => type === rtm.link.make).map(toLinkAnswer);
}

/** The attributes of a link. */
interface Told {
  readonly name: string;
  readonly altnames: readonly string[];
  readonly alias: string;
  readonly address: Uint8Array;
  readonly mtu: number;
  readonly queueLength: number;
  readonly master: number;
  readonly info: Pick<Link, 'data' | 'kind'>;
}

const readers = readersOf<Told>({
  [ifla.name]: ['name', value(textIn)],
  [ifla.names]: ['altnames', value((names) => valuesIn(names, 0, ifla.altname).map(textIn))],
  [ifla.alias]: ['alias', value(textIn)],
  [ifla.address]: ['address', value((address) => address)],
  [ifla.mtu]: ['mtu', readUint32],
  [ifla.queueLength]: ['queueLength', readUint32],
  [ifla.master]: ['master', readInt32],
  [ifla.info]: ['info', value(infoIn)],
});

function toLinkAnswer({ body }: Message): LinkAnswer {
  const told = read<Told>(body, headerLengths.link, readers);
  const { name = '', altnames = [], alias, address, mtu = 0, queueLength = 0, master, info } = told;
  const mac = address === undefined ? undefined : linkLayerText(address, readUint16(body, 2));
  const flags = readUint32(body, 8);
  const [up, carrier] = [(flags & linkFlags.up) !== 0, (flags & linkFlags.lowerUp) !== 0];
  const { kind, data } = info ?? { kind: undefined, data: {} };
  const index = readInt32(body, 4);
  return { link: { index, name, altnames, alias, mac, mtu, up, carrier, queueLength, kind, data }, master };
}

function infoIn(info: Uint8Array): Pick<Link, 'data' | 'kind'> {
  const name = find(info, infoAttributes.kind);
  if (name === undefined) return { kind: undefined, data: {} };
  const kind = textIn(name);
  const ofKind = dataReaders[kind];
  const data = ofKind === undefined ? undefined : find(info, infoAttributes.data);
  const own = ofKind === undefined || data === undefined ? {} : read<JsonObject>(data, 0, ofKind);
  return { kind, data: { ...own, ...portIn(info) } };
}

// A bridge's settings of its port. Another kind of master numbers its attributes differently.
function portIn(info: Uint8Array): JsonObject {
  const master = find(info, infoAttributes.slaveKind);
  if (master === undefined || textIn(master) !== 'bridge') return {};
  const port = find(info, infoAttributes.slaveData);
  return port === undefined ? {} : read(port, 0, portReaders);
}

const isOn = (message: Uint8Array, at: number): boolean => readUint8(message, at) !== 0;

const portReaders = readersOf<JsonObject>({ [portHairpin]: ['hairpin', isOn] });

/** The protocol numbers of VLANs (linux/if_ether.h). */
const vlanProtocols: Readonly<Record<number, string>> = { 0x8100: '802.1Q', 0x88a8: '802.1ad' };

/** The kind-specific attributes that dan reads, by kind and attribute number. */
const dataReaders: Readonly<Record<string, Readers<JsonObject>>> = {
  // IFLA_TUN_… of linux/if_link.h
  tun: readersOf({
    3: ['type', (message, at) => (readUint8(message, at) === 2 ? 'tap' : 'tun')],
    5: ['vnet_hdr', isOn],
    6: ['persist', isOn],
    7: ['multi_queue', isOn],
  }),
  // IFLA_BR_… of linux/if_link.h
  bridge: readersOf({
    1: ['forward_delay', readUint32],
    5: ['stp_state', readUint32],
    7: ['vlan_filtering', readUint8],
    8: ['vlan_protocol', (message, at) => vlanProtocols[readUint16BE(message, at)]],
    39: ['vlan_default_pvid', readUint16],
  }),
  macvtap: readersOf({ [macvtapMode]: ['mode', macvtapModeIn] }),
};

function macvtapModeIn(message: Uint8Array, at: number): string | undefined {
  return Object.entries(macvtapModes).find(([, number]) => number === readUint32(message, at))?.[0];
}

/** Reads the name and the counters of a link; undefined if the message is about something else. */
export function toCounters({ type, body }: Message): readonly [name: string, LinkCounters] | undefined {
  if (type !== rtm.link.make) return undefined;
  const name = find(body, ifla.name, headerLengths.link);
  const counters = find(body, ifla.counters, headerLengths.link);
  if (name === undefined || counters === undefined) return undefined;
  // struct rtnl_link_stats64 of linux/if_link.h: for each counter, the received value, then the sent value.
  const number = (at: number): number => Number(readUint64(counters, at * 8));
  const received = { packets: number(0), bytes: number(2), errors: number(4), dropped: number(6) };
  const sent = { packets: number(1), bytes: number(3), errors: number(5), dropped: number(7) };
  return [textIn(name), { received, sent }];
}

/** The MTU of a bridge's port, in bytes; undefined if the message is about another bridge's port, or something else. */
export function mtuOfPort({ type, body }: Message, bridge: number): number | undefined {
  if (type !== rtm.link.make || readUint8(body, 0) !== bridgeFamily) return undefined;
  // A bridge may be listed among its ports, as its own master.
  if (readInt32(body, 4) === bridge) return undefined;
  let master: number | undefined;
  let mtu: number | undefined;
  const look = (attribute: number, from: number): void => {
    if (attribute === ifla.master) master = readInt32(body, from);
    else mtu = readUint32(body, from);
  };
  eachAttribute(body, headerLengths.link, look, ifla.master, ifla.mtu);
  return master === bridge ? mtu : undefined;
}
