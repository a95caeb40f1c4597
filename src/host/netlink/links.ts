import { concat, readInt32, readUint16, readUint32, readUint64 } from '#bytes';
import type { Link } from '../../model/link.ts';
import type { LinkCounters } from '../../model/link-counters.ts';
import type { JsonObject } from '../../json/object.ts';
import { linkLayerText } from './address-text.ts';
import {
  infoAttributes,
  linkAttributes,
  linkHeader,
  linkHeaderLength,
  linkMessages,
  nameAttribute,
} from './link-attributes.ts';
import { dataOf } from './link-data.ts';
import {
  attributes,
  eachAttribute,
  find,
  type Message,
  type Request,
  textOf,
  u32,
  wantsAll,
  wantsAnswer,
} from './message.ts';

/** RTEXT_FILTER_SKIP_STATS of linux/rtnetlink.h: what costs the kernel most is left out. */
const withoutCounters = u32(linkAttributes.extent, 1 << 3);

/** IFF_UP of linux/if.h. */
const isUp = 0x1;

/** A link as a message has it: its master by number. */
export interface LinkAnswer {
  readonly link: Omit<Link, 'addresses' | 'master'>;
  readonly master: number | undefined;
}

/** Asks for the link that has a name or altname. */
export function getLink(name: string): Request {
  const body = concat([linkHeader({}), withoutCounters, nameAttribute(name)]);
  return { type: linkMessages.get, flags: wantsAnswer, body };
}

/** Asks for the link that has a number. */
export function getLinkAt(index: number): Request {
  const body = concat([linkHeader({ index }), withoutCounters]);
  return { type: linkMessages.get, flags: wantsAnswer, body };
}

/** Asks for the link that has a name or altname, with its counters. */
export function getCounters(name: string): Request {
  const body = concat([linkHeader({}), nameAttribute(name)]);
  return { type: linkMessages.get, flags: wantsAnswer, body };
}

/** Asks for all links of a namespace. */
export function getLinks(): Request {
  return { type: linkMessages.get, flags: wantsAll, body: concat([linkHeader({}), withoutCounters]) };
}

/** Reads the number of a link; undefined: the message is about something else. */
export function toIndex({ type, body }: Message): number | undefined {
  return type === linkMessages.make ? readInt32(body, 4) : undefined;
}

/** Reads a link; undefined: the message is about something else. */
export function toLinkAnswer({ type, body }: Message): LinkAnswer | undefined {
  if (type !== linkMessages.make) return undefined;
  const hardware = readUint16(body, 2);
  const link = { ...nothing, index: readInt32(body, 4), up: (readUint32(body, 8) & isUp) !== 0 };
  let master: number | undefined;
  eachAttribute(body, linkHeaderLength, (attribute, from, to) => {
    switch (attribute) {
      case linkAttributes.name:
        link.name = textOf(body.subarray(from, to));
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
        link.alias = textOf(body.subarray(from, to));
        break;
      case linkAttributes.names:
        link.altnames = altnamesOf(body.subarray(from, to));
        break;
      case linkAttributes.master:
        master = readInt32(body, from);
        break;
      case linkAttributes.info:
        Object.assign(link, infoOf(body.subarray(from, to)));
        break;
    }
  });
  return { link, master };
}

/** Reads name and counters of a link; undefined: the message is about something else. */
export function toCounters({ type, body }: Message): readonly [name: string, LinkCounters] | undefined {
  if (type !== linkMessages.make) return undefined;
  const name = find(body, linkAttributes.name, linkHeaderLength);
  const counters = find(body, linkAttributes.counters, linkHeaderLength);
  if (name === undefined || counters === undefined) return undefined;
  // struct rtnl_link_stats64 of linux/if_link.h: each kind of number for what came, then for what went.
  const [received, sent] = [0, 1].map((at) => {
    const number = (kind: number): number => Number(readUint64(counters, (2 * kind + at) * 8));
    return { packets: number(0), bytes: number(1), errors: number(2), dropped: number(3) };
  });
  return received === undefined || sent === undefined ? undefined : [textOf(name), { received, sent }];
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

function altnamesOf(names: Uint8Array): readonly string[] {
  return attributes(names)
    .filter(({ type }) => type === linkAttributes.altname)
    .map(({ value }) => textOf(value));
}

function infoOf(info: Uint8Array): Pick<Link, 'data' | 'kind'> {
  const name = find(info, infoAttributes.kind);
  if (name === undefined) return { kind: undefined, data: {} };
  const kind = textOf(name);
  const data = find(info, infoAttributes.data);
  return { kind, data: data === undefined ? {} : dataOf(kind, data) };
}
