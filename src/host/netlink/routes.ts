import { hex, readInt32, readUint16, readUint32, readUint8, words } from '#bytes';
import type { KernelRoute } from '../../model/pod-view.ts';
import { addressText } from './address-text.ts';
import {
  ask,
  askForAll,
  eachAttribute,
  find,
  make,
  type Message,
  read,
  readersOf,
  type Request,
  uint32At,
  value,
} from './message.ts';
import { type Metrics, metricsIn } from './marks.ts';
import { nameOf } from './names.ts';
import { flags, headerLengths, ipVersions, routeFlags, rta, rtm } from './numbers.ts';

/** RT_TABLE_LOCAL and RTPROT_KERNEL of linux/rtnetlink.h. */
const [localTable, madeByKernel] = [255, 2];

/** The length of struct rtnexthop. */
const hopLength = 8;

/** Asks for the routes of all tables, of one family or of all. */
export function getRoutes(family = 0): Request {
  return askForAll(rtm.route.get, words(family, 0, 0));
}

/** Deletes a route, given as a message about it. */
export function deleteRoute({ body }: Message): Request {
  return ask(rtm.route.delete, body);
}

/**
 * Makes a route, given as a message about it. Of its flags, only RTNH_F_ONLINK is kept: the others describe the link's
 * state at that time.
 */
export function makeRoute({ body }: Message): Request {
  const kept = words(readUint32(body, 8) & routeFlags.onlink);
  return make(rtm.route.make, flags.creates, body.subarray(0, 8), kept, body.subarray(headerLengths.route));
}

/** The location of a route: its link, if it has exactly one, and its table. */
export interface RoutePlace {
  readonly link: number | undefined;
  readonly table: number;
  readonly name: string;
}

/** Returns the location of a route. */
export function placeOfRoute({ body }: Message): RoutePlace {
  const table = uint32At(find(body, rta.table, headerLengths.route)) ?? readUint8(body, 4);
  const link = uint32At(find(body, rta.link, headerLengths.route));
  return { link, table, name: nameOf('table', table) };
}

/** Routes in an order in which they can be made: directly reachable ones first, then those through gateways. */
export function inOrder(routes: readonly Message[]): readonly Message[] {
  const isDirect = ({ body }: Message): boolean =>
    [rta.gateway, rta.via, rta.nextHops].every((type) => find(body, type, headerLengths.route) === undefined);
  return [...routes.filter(isDirect), ...routes.filter((route) => !isDirect(route))];
}

/** Identifies a route, ignoring what the kernel records about its use and its link's state. */
export function routeKey({ body }: Message): string {
  const told: string[] = [];
  eachAttribute(body, headerLengths.route, (type, from, to) => {
    if (type !== rta.cacheInfo) told.push(`${type}:${hex(body.subarray(from, to))}`);
  });
  return [hex(body.subarray(0, 8)), readUint32(body, 8) & routeFlags.onlink, ...told.sort()].join(' ');
}

/** The attributes of a route. */
interface Told {
  readonly destination: string;
  readonly link: number;
  readonly gateway: string;
  readonly metric: number;
  readonly source: string;
  readonly metrics: Metrics;
  readonly hops: readonly number[];
  /** rta_expires of struct rta_cacheinfo. */
  readonly expires: number;
  readonly table: number;
  readonly via: boolean;
  readonly encapsulation: boolean;
  readonly realm: boolean;
  readonly nextHopObject: boolean;
}

const readers = readersOf<Told>({
  [rta.destination]: ['destination', value(addressText)],
  [rta.link]: ['link', readInt32],
  [rta.gateway]: ['gateway', value(addressText)],
  [rta.priority]: ['metric', readUint32],
  [rta.source]: ['source', value(addressText)],
  [rta.metrics]: ['metrics', value(metricsIn)],
  [rta.nextHops]: ['hops', value(hopsIn)],
  [rta.cacheInfo]: ['expires', (message, at) => readUint32(message, at + 8)],
  [rta.table]: ['table', readUint32],
  [rta.via]: ['via', () => true],
  [rta.encapsulation]: ['encapsulation', () => true],
  [rta.realm]: ['realm', () => true],
  [rta.nextHopObject]: ['nextHopObject', () => true],
});

/** Whether a route is one that the kernel makes in the table `local` for an address of its own. */
export function isMadeForAddress({ body }: Message): boolean {
  return body[4] === localTable && body[5] === madeByKernel;
}

/** Reads a route of IPv4 or IPv6; `linkOf` names links by index. undefined if the message is about something else. */
export function toRoute({ type, body }: Message, linkOf: (index: number) => string): KernelRoute | undefined {
  const family = ipVersions[readUint8(body, 0)];
  if (type !== rtm.route.make || family === undefined) return undefined;
  const set = readUint32(body, 8);
  if ((set & routeFlags.cloned) !== 0) return undefined;
  const told = read<Told>(body, headerLengths.route, readers);
  const { gateway, metric = 0, source, metrics, expires = 0, table = readUint8(body, 4) } = told;
  const tuning = [...(metrics?.tuning ?? []), ...(told.realm === true ? ['realm'] : [])];
  return {
    destination: destinationText(readUint8(body, 1), told.destination, family),
    family,
    links: [...(told.link === undefined ? [] : [told.link]), ...(told.hops ?? [])].map(linkOf),
    gateway,
    protocol: nameOf('protocol', readUint8(body, 5)),
    type: nameOf('type', readUint8(body, 7)),
    table: nameOf('table', table),
    scope: nameOf('scope', readUint8(body, 6)),
    metric,
    source,
    onlink: (set & routeFlags.onlink) !== 0,
    mtu: metrics?.mtu,
    unsupported: unsupported(body, told),
    ...(expires === 0 ? {} : { expires: true }),
    ...(tuning.length === 0 ? {} : { tuning }),
  };
}

// As `ip` writes it: without the prefix for a single host.
function destinationText(prefix: number, address: string | undefined, family: 4 | 6): string {
  if (address === undefined) return prefix === 0 ? 'default' : `0/${prefix}`;
  return prefix === (family === 4 ? 32 : 128) ? address : `${address}/${prefix}`;
}

// struct rtnexthop of linux/rtnetlink.h, followed by its attributes.
function hopsIn(hops: Uint8Array): readonly number[] {
  const links: number[] = [];
  for (let at = 0; at + hopLength <= hops.length; ) {
    const length = readUint16(hops, at);
    if (length < hopLength) break;
    links.push(readInt32(hops, at + 4));
    at += (length + 3) & ~3;
  }
  return links;
}

// A property that no DAN file carries. Without it, the guest would send other packets by the route, or none.
function unsupported(body: Uint8Array, { link, hops, via, encapsulation, nextHopObject }: Partial<Told>) {
  if (hops !== undefined) return 'several next hops';
  if (via === true) return 'a next hop of the other IP version';
  if (encapsulation === true) return 'an encapsulation';
  // rtm_src_len and rtm_tos of struct rtmsg
  if (readUint8(body, 2) !== 0) return 'a source prefix';
  if (readUint8(body, 3) !== 0) return 'a TOS';
  // net.ipv4.nexthop_compat_mode of ip-sysctl
  if (nextHopObject === true && link === undefined) return 'a next hop object that the kernel does not show';
  return undefined;
}
