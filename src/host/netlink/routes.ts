import { hex, readInt32, readUint16, readUint32, readUint8, writeUint32, writeUint8 } from '#bytes';
import type { KernelRoute } from '../../model/pod-view.ts';
import { addressText } from './address-text.ts';
import { ask, askForAll, attributes, creates, find, make, type Message, type Request, uint32At } from './message.ts';
import { tuningMarks, unsupportedMark } from './marks.ts';
import { protocolText, scopeText, tableText, typeText } from './names.ts';

/** RTM_…ROUTE of linux/rtnetlink.h. */
const routeMessages = { make: 24, delete: 25, get: 26 } as const;

/** RTA_… of linux/rtnetlink.h. */
const routeAttributes = {
  destination: 1,
  link: 4,
  gateway: 5,
  priority: 6,
  source: 7,
  metrics: 8,
  nextHops: 9,
  cacheInfo: 12,
  table: 15,
  via: 18,
  encapsulation: 22,
} as const;

/** Bytes of struct rtmsg. */
const headerLength = 12;

/** Bytes of struct rtnexthop. */
const hopLength = 8;

/** RTAX_MTU of linux/rtnetlink.h. */
const mtuMetric = 2;

/** RTNH_F_ONLINK of linux/rtnetlink.h. */
const isOnlink = 0x4;

/** RTM_F_CLONED of linux/rtnetlink.h: what the kernel remembers of a destination, and no route. */
const isCloned = 0x200;

/** AF_INET and AF_INET6 of sys/socket.h. */
const families: Readonly<Record<number, 4 | 6>> = { 2: 4, 10: 6 };

/** Asks for the routes of all tables, of one family or of all. */
export function getRoutes(family = 0): Request {
  const body = new Uint8Array(headerLength);
  writeUint8(body, family, 0);
  return askForAll(routeMessages.get, body);
}

/** Takes a route away, as it was told. */
export function deleteRoute({ body }: Message): Request {
  return ask(routeMessages.delete, body);
}

/** Makes a route, as it was told. What its flags say of the link's state then is none of a request's business. */
export function makeRoute({ body }: Message): Request {
  const route = Uint8Array.from(body);
  writeUint32(route, readUint32(route, 8) & isOnlink, 8);
  return make(routeMessages.make, creates, route);
}

/** Where a route is: its link, if it is one, and its table. */
export interface RoutePlace {
  readonly link: number | undefined;
  readonly table: number;
  readonly name: string;
}

/** Tells where a route is. */
export function placeOfRoute({ body }: Message): RoutePlace {
  const table = uint32At(find(body, routeAttributes.table, headerLength)) ?? readUint8(body, 4);
  const link = uint32At(find(body, routeAttributes.link, headerLength));
  return { link, table, name: tableText(table) };
}

/** Routes in an order in which they can be made: what is reached directly, then what gateways lead to. */
export function inOrder(routes: readonly Message[]): readonly Message[] {
  const isDirect = ({ body }: Message): boolean =>
    [routeAttributes.gateway, routeAttributes.via, routeAttributes.nextHops].every(
      (type) => find(body, type, headerLength) === undefined,
    );
  return [...routes.filter(isDirect), ...routes.filter((route) => !isDirect(route))];
}

/** What tells a route from all others, without what the kernel remembers of its use and of its link's state. */
export function routeKey({ body }: Message): string {
  const told = attributes(body, headerLength).filter(({ type }) => type !== routeAttributes.cacheInfo);
  const texts = told.map(({ type, value }) => `${type}:${hex(value)}`).sort();
  return [hex(body.subarray(0, 8)), readUint32(body, 8) & isOnlink, ...texts].join(' ');
}

/** Reads a route of IPv4 or IPv6, with the links it leads over by their numbers; undefined: the message is about something else. */
export function toRoute({ type, body }: Message, nameOf: (index: number) => string): KernelRoute | undefined {
  const family = families[readUint8(body, 0)];
  if (type !== routeMessages.make || family === undefined) return undefined;
  const flags = readUint32(body, 8);
  if ((flags & isCloned) !== 0) return undefined;
  const told = new Map(attributes(body, headerLength).map(({ type: attribute, value }) => [attribute, value]));
  const address = (attribute: number): string | undefined => {
    const value = told.get(attribute);
    return value === undefined ? undefined : addressText(value);
  };
  const metrics = told.get(routeAttributes.metrics);
  const hops = hopsOf(told.get(routeAttributes.nextHops));
  const link = told.get(routeAttributes.link);
  return {
    destination: destinationText(readUint8(body, 1), address(routeAttributes.destination), family),
    family,
    links: [...(link === undefined ? [] : [readInt32(link, 0)]), ...hops].map(nameOf),
    gateway: address(routeAttributes.gateway),
    protocol: protocolText(readUint8(body, 5)),
    type: typeText(readUint8(body, 7)),
    table: tableText(uint32At(told.get(routeAttributes.table)) ?? readUint8(body, 4)),
    scope: scopeText(readUint8(body, 6)),
    metric: uint32At(told.get(routeAttributes.priority)) ?? 0,
    source: address(routeAttributes.source),
    onlink: (flags & isOnlink) !== 0,
    mtu: metrics === undefined ? undefined : uint32At(find(metrics, mtuMetric)),
    unsupported: unsupported(told) ?? unsupportedMark(body, told),
    // rta_expires of struct rta_cacheinfo
    ...((uint32At(told.get(routeAttributes.cacheInfo), 8) ?? 0) === 0 ? {} : { expires: true }),
    ...tuningMarks(told),
  };
}

// As `ip` writes it: without the prefix where it is one host.
function destinationText(prefix: number, address: string | undefined, family: 4 | 6): string {
  if (address === undefined) return prefix === 0 ? 'default' : `0/${prefix}`;
  return prefix === (family === 4 ? 32 : 128) ? address : `${address}/${prefix}`;
}

// struct rtnexthop of linux/rtnetlink.h, with its attributes behind it.
function hopsOf(hops: Uint8Array | undefined): number[] {
  const links: number[] = [];
  for (let at = 0; hops !== undefined && at + hopLength <= hops.length; ) {
    const length = readUint16(hops, at);
    if (length < hopLength) break;
    links.push(readInt32(hops, at + 4));
    at += (length + 3) & ~3;
  }
  return links;
}

function unsupported(told: ReadonlyMap<number, Uint8Array>): string | undefined {
  if (told.has(routeAttributes.nextHops)) return 'several next hops';
  if (told.has(routeAttributes.via)) return 'a next hop of the other IP version';
  return told.has(routeAttributes.encapsulation) ? 'an encapsulation' : undefined;
}
