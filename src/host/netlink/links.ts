import { readInt32, readUint16, readUint16BE, readUint32, readUint64, readUint8 } from '#bytes';
import type { JsonObject } from '../../json/object.ts';
import type { Link } from '../../model/link.ts';
import type { LinkCounters } from '../../model/link-counters.ts';
import { linkLayerText } from './address-text.ts';
import {
  bridgeFamily,
  infoAttributes,
  linkAttributes,
  linkFlags,
  linkHeader,
  linkHeaderLength,
  linkMessages,
  macvtapMode,
  macvtapModes,
  nameAttribute,
} from './link-attributes.ts';
import { ask, askForAll, attributes, eachAttribute, find, type Message, type Request, textIn, u32 } from './message.ts';

/** RTEXT_FILTER_SKIP_STATS of linux/rtnetlink.h: what costs the kernel most is left out. */
const withoutCounters = u32(linkAttributes.extent, 1 << 3);

/** Asks for the link that has a name or altname. */
export function getLink(name: string): Request {
  return ask(linkMessages.get, linkHeader({}), withoutCounters, nameAttribute(name));
}

/** Asks for the link that has a number. */
export function getLinkAt(index: number): Request {
  return ask(linkMessages.get, linkHeader({ index }), withoutCounters);
}

/** Asks for the link that has a name or altname, with its counters. */
export function getCounters(name: string): Request {
  return ask(linkMessages.get, linkHeader({}), nameAttribute(name));
}

/** Asks for all links of a namespace. */
export function getLinks(): Request {
  return askForAll(linkMessages.get, linkHeader({}), withoutCounters);
}

/**
 * Asks for the ports of all bridges of a namespace. Of a bridge with a thousand ports it tells in a quarter of the bytes, and
 * a tenth of the attributes, that the question for the links of one master has as its answer.
 */
export function getPorts(): Request {
  return askForAll(linkMessages.get, linkHeader({ family: bridgeFamily }));
}

/** A link as a message has it: its master by number. */
export interface LinkAnswer {
  readonly link: Omit<Link, 'addresses' | 'master'>;
  readonly master: number | undefined;
}

/** Reads the number of a link; undefined: the message is about something else. */
export function toIndex({ type, body }: Message): number | undefined {
  return type === linkMessages.make ? readInt32(body, 4) : undefined;
}

/** The links that messages tell of. */
export function linkAnswers(messages: readonly Message[]): readonly LinkAnswer[] {
  return messages.filter(({ type }) => type === linkMessages.make).map(toLinkAnswer);
}

function toLinkAnswer({ body }: Message): LinkAnswer {
  const hardware = readUint16(body, 2);
  const flags = readUint32(body, 8);
  const [up, carrier] = [(flags & linkFlags.up) !== 0, (flags & linkFlags.lowerUp) !== 0];
  const link = { ...nothing, index: readInt32(body, 4), up, carrier };
  let master: number | undefined;
  eachAttribute(body, linkHeaderLength, (attribute, from, to) => {
    switch (attribute) {
      case linkAttributes.name:
        link.name = textIn(body.subarray(from, to));
        break;
      case linkAttributes.mtu:
        link.mtu = readUint32(body, from);
        break;
      case linkAttributes.queueLength:
        link.queueLength = readUint32(body, from);
        break;
      case linkAttributes.address:
        link.mac = linkLayerText(body.subarray(from, to), hardware);
        break;
      case linkAttributes.alias:
        link.alias = textIn(body.subarray(from, to));
        break;
      case linkAttributes.names:
        link.altnames = attributes(body.subarray(from, to))
          .filter(({ type }) => type === linkAttributes.altname)
          .map(({ value }) => textIn(value));
        break;
      case linkAttributes.master:
        master = readInt32(body, from);
        break;
      case linkAttributes.info:
        Object.assign(link, infoIn(body.subarray(from, to)));
        break;
    }
  });
  return { link, master };
}

const nothing: {
  name: string;
  altnames: readonly string[];
  alias: string | undefined;
  mac: string | undefined;
  mtu: number;
  queueLength: number;
  kind: string | undefined;
  data: JsonObject;
} = { name: '', altnames: [], alias: undefined, mac: undefined, mtu: 0, queueLength: 0, kind: undefined, data: {} };

function infoIn(info: Uint8Array): Pick<Link, 'data' | 'kind'> {
  const name = find(info, infoAttributes.kind);
  if (name === undefined) return { kind: undefined, data: {} };
  const kind = textIn(name);
  const readers = dataReaders[kind];
  const data = readers === undefined ? undefined : find(info, infoAttributes.data);
  return { kind, data: readers === undefined || data === undefined ? {} : dataIn(data, readers) };
}

/** What is read of one attribute: its name and its value, as `ip` has them. */
type DataReader = readonly [key: string, read: (value: Uint8Array) => unknown];

type DataReaders = Readonly<Record<number, DataReader | undefined>>;

const uint8: DataReader[1] = (value) => readUint8(value, 0);
const uint16: DataReader[1] = (value) => readUint16(value, 0);
const uint32: DataReader[1] = (value) => readUint32(value, 0);
const boolean: DataReader[1] = (value) => readUint8(value, 0) !== 0;

/** The protocols by which VLANs are told (linux/if_ether.h). */
const vlanProtocols: Readonly<Record<number, string>> = { 0x8100: '802.1Q', 0x88a8: '802.1ad' };

/** What the kind of a link tells of it, as far as dan looks at it, by the number of the attribute. */
const dataReaders: Readonly<Record<string, DataReaders>> = {
  // IFLA_TUN_… of linux/if_link.h
  tun: {
    3: ['type', (value) => (readUint8(value, 0) === 2 ? 'tap' : 'tun')],
    5: ['vnet_hdr', boolean],
    6: ['persist', boolean],
    7: ['multi_queue', boolean],
  },
  // IFLA_BR_… of linux/if_link.h
  bridge: {
    1: ['forward_delay', uint32],
    5: ['stp_state', uint32],
    7: ['vlan_filtering', uint8],
    8: ['vlan_protocol', (value) => vlanProtocols[readUint16BE(value, 0)]],
    39: ['vlan_default_pvid', uint16],
  },
  macvtap: { [macvtapMode]: ['mode', macvtapModeIn] },
};

function macvtapModeIn(value: Uint8Array): string | undefined {
  return Object.entries(macvtapModes).find(([, number]) => number === readUint32(value, 0))?.[0];
}

function dataIn(data: Uint8Array, readers: DataReaders): JsonObject {
  const found: Record<string, unknown> = {};
  eachAttribute(data, 0, (type, from, to) => {
    const reader = readers[type];
    if (reader !== undefined) found[reader[0]] = reader[1](data.subarray(from, to));
  });
  return found;
}

/** Reads name and counters of a link; undefined: the message is about something else. */
export function toCounters({ type, body }: Message): readonly [name: string, LinkCounters] | undefined {
  if (type !== linkMessages.make) return undefined;
  const name = find(body, linkAttributes.name, linkHeaderLength);
  const counters = find(body, linkAttributes.counters, linkHeaderLength);
  if (name === undefined || counters === undefined) return undefined;
  // struct rtnl_link_stats64 of linux/if_link.h: each kind of number for what came, then for what went.
  const number = (at: number): number => Number(readUint64(counters, at * 8));
  const received = { packets: number(0), bytes: number(2), errors: number(4), dropped: number(6) };
  const sent = { packets: number(1), bytes: number(3), errors: number(5), dropped: number(7) };
  return [textIn(name), { received, sent }];
}

/** The MTU of a port, in bytes; undefined: it is that of another bridge, or the message is about something else. */
export function mtuOfPort({ type, body }: Message, bridge: number): number | undefined {
  if (type !== linkMessages.make || readUint8(body, 0) !== bridgeFamily) return undefined;
  // A bridge may be told of with its ports, as its own master.
  if (readInt32(body, 4) === bridge) return undefined;
  let master: number | undefined;
  let mtu: number | undefined;
  eachAttribute(body, linkHeaderLength, (attribute, from) => {
    if (attribute === linkAttributes.master) master = readInt32(body, from);
    else if (attribute === linkAttributes.mtu) mtu = readUint32(body, from);
  });
  return master === bridge ? mtu : undefined;
}
