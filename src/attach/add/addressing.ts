import {
  cidrText,
  contains,
  type InterfaceAddress,
  isDefault,
  parseInterfaceAddress,
  parseNetwork,
} from '../../model/cidr.ts';
import { danError } from '../../model/error.ts';
import { type Family, type Ip, isLinkLocal, parseIp } from '../../model/ip.ts';
import { minimumMtuForIpv6, type Mtu, parseMtu } from '../../model/mtu.ts';
import type { Neighbor } from '../../model/neighbor.ts';
import type { Parsed } from '../../model/parsed.ts';
import { linkScope, type Route, routeFault, type RouteRequest } from '../../model/route.ts';
import { protocolError } from '../../protocol/error.ts';
import { isObject } from '../../json/object.ts';
import { readResult, type Result, type ResultAddress, type ResultRoute } from '../../protocol/result.ts';

/** An address of the guest with the gateway that its IPAM plugin names for its family. */
export interface GuestAddress {
  readonly address: InterfaceAddress;
  readonly gateway?: Ip;
}

/** The addresses and routes that somebody asks for, before they are joined. */
export interface AddressRequest {
  readonly addresses: readonly GuestAddress[];
  readonly routes: readonly RouteRequest[];
}

/** Reads what an IPAM plugin answered. Throws `ipam-plugin-failed` for what no guest could be given. */
export function fromIpam(type: string, answer: unknown): AddressRequest {
  const result = readResult(answer);
  refuseUnsaid(type, answer, result);
  const sound = <T>(what: string, text: unknown, parsed: Parsed<T>): T => {
    if (parsed.ok) return parsed.value;
    throw ipamFailed(type, `gave the ${what} ${JSON.stringify(text)}, which ${parsed.why}`);
  };
  const readAddress = ({ address: text, gateway: router }: ResultAddress): GuestAddress => {
    const address = sound('address', text, parseInterfaceAddress(text));
    const gateway = router === undefined ? undefined : sound('gateway', router, parseIp(router));
    if (gateway !== undefined && gateway.family !== address.family) {
      throw ipamFailed(type, `gave the address ${text} the gateway ${gateway.text}, which is of the other IP version`);
    }
    return { address, ...(gateway === undefined ? {} : { gateway }) };
  };
  const readRoute = ({ dst, gw, mtu, scope, priority, table, advmss }: ResultRoute): RouteRequest => {
    if ((advmss ?? 0) !== 0 || ![0, 254].includes(table ?? 0) || ![0, linkScope].includes(scope ?? 0)) {
      throw ipamFailed(type, `gave the route to ${dst} an "advmss", "table" or "scope" that no DAN file can carry`);
    }
    const route = {
      dst: sound('destination', dst, parseNetwork(dst)),
      ...(gw === undefined ? {} : { gw: sound('gateway', gw, parseIp(gw)) }),
      ...((mtu ?? 0) === 0 ? {} : { mtu: sound('MTU of a route', mtu, parseMtu(mtu)) }),
      ...(scope === linkScope ? ({ scope: linkScope } as const) : {}),
    };
    const fault = routeFault(route, priority);
    if (fault !== undefined) throw ipamFailed(type, `gave a route that cannot be: ${fault}`);
    return route;
  };
  return { addresses: result.ips.map(readAddress), routes: result.routes.map(readRoute) };
}

// An entry without address or destination is left out when a result is read: the pod would get less than was given.
function refuseUnsaid(type: string, answer: unknown, result: Result): void {
  if (!isObject(answer)) return;
  for (const [key, what] of Object.entries({ ips: 'an address', routes: 'a destination' })) {
    const given: readonly unknown[] = Array.isArray(answer[key]) ? answer[key] : [];
    if (given.length > result[key as 'ips' | 'routes'].length) {
      throw ipamFailed(type, `gave "${key}" ${JSON.stringify(given)}, of which one lacks ${what}`);
    }
  }
}

/** What decides about the guest's routes besides the routes themselves. */
export interface RoutePlan {
  readonly addresses: readonly GuestAddress[];
  readonly routes: readonly RouteRequest[];
  /** false: this network's default routes are left out. */
  readonly defaultRoute: boolean;
}

/**
 * The guest's routes: gateways filled in from the addresses, marked on-link where the gateway is in no subnet.
 * Throws `route-without-gateway`, `second-default-route`, `duplicate-route`.
 */
export function planRoutes({ addresses, routes, defaultRoute }: RoutePlan): readonly Route[] {
  const gateways = firstGateways(addresses);
  const wanted = routes.filter(({ dst }) => defaultRoute || !isDefault(dst));
  refuseRepeated(wanted.map(({ dst }) => cidrText(dst)));
  return wanted.map((route) => {
    const gw = route.scope === linkScope ? undefined : (route.gw ?? gatewayFor(route, gateways));
    if (gw === undefined) return { ...route, onlink: false };
    if (addresses.some(({ address }) => address.text === gw.text)) throw ownGateway(route, gw);
    const onLink = isLinkLocal(gw) || addresses.some(({ address }) => contains(address, gw));
    return { ...route, gw, onlink: !onLink };
  });
}

/** Refuses IPv6 on a link that cannot carry it (RFC 8200, section 5): the guest's kernel would drop the addresses. */
export function refuseIpv6BelowMinimum(mtu: Mtu, families: readonly Family[]): void {
  if (mtu >= minimumMtuForIpv6 || !families.includes(6)) return;
  throw danError(
    'mtu-too-small-for-ipv6',
    `the MTU is ${mtu}, and IPv6 needs ${minimumMtuForIpv6}: raise "mtu", or leave IPv6 addresses, routes and neighbors out`,
  );
}

/**
 * Refuses an address or a neighbor that is there twice: the guest agent fails over the second address, and lets the
 * second neighbor silently replace the first.
 */
export function refuseRepeats(addresses: readonly InterfaceAddress[], neighbors: readonly Neighbor[]): void {
  const lists = { address: addresses.map(({ text }) => text), neighbor: neighbors.map(({ ip }) => ip.text) };
  for (const [what, texts] of Object.entries(lists)) {
    const repeated = texts.find((text, at) => texts.indexOf(text) !== at);
    if (repeated === undefined) continue;
    throw protocolError('invalid-configuration', `the ${what} ${repeated} is given twice: leave one out`);
  }
}

/** The IP versions that an attachment uses. */
export function familiesOf(
  addresses: readonly InterfaceAddress[],
  routes: readonly RouteRequest[],
  neighbors: readonly Neighbor[],
): Family[] {
  return [...addresses, ...routes.map(({ dst }) => dst), ...neighbors.map(({ ip }) => ip)].map(({ family }) => family);
}

// As containernetworking's plugins have it: of several gateways of a family, the first counts.
function firstGateways(addresses: readonly GuestAddress[]): ReadonlyMap<Family, Ip> {
  const gateways = new Map<Family, Ip>();
  for (const { address, gateway } of addresses) {
    if (gateway !== undefined && !gateways.has(address.family)) gateways.set(address.family, gateway);
  }
  return gateways;
}

function ownGateway({ dst }: RouteRequest, gw: Ip): Error {
  return protocolError(
    'invalid-configuration',
    `the route to ${cidrText(dst)} has the gateway ${gw.text}, which is the guest's own address: name the router's`,
  );
}

function gatewayFor({ dst }: RouteRequest, gateways: ReadonlyMap<Family, Ip>): Ip {
  const gateway = gateways.get(dst.family);
  if (gateway !== undefined) return gateway;
  throw danError(
    'route-without-gateway',
    `the route to ${cidrText(dst)} has no gateway, and no IPv${dst.family} address brings one: give it a "gw", or ` +
      `"scope": ${linkScope} if the destination is on the link itself`,
  );
}

// The guest agent adds routes with replace: of two to one destination, the last would silently stay alone.
function refuseRepeated(destinations: readonly string[]): void {
  const repeated = destinations.find((destination, at) => destinations.indexOf(destination) !== at);
  if (repeated !== undefined) throw repeatedRoute(repeated, 'this network');
}

/** The refusal of a second route to one destination in a sandbox's file. */
export function repeatedRoute(destination: string, owner: string): Error {
  if (destination.endsWith('/0')) {
    return danError(
      'second-default-route',
      `${owner} has a default route ${destination} already, and a guest gets one: say "defaultRoute": false in the ` +
        'network whose default route is not wanted',
    );
  }
  return danError(
    'duplicate-route',
    `${owner} has a route to ${destination} already, and a guest gets one: leave one out`,
  );
}

function ipamFailed(type: string, what: string): Error {
  return danError('ipam-plugin-failed', `the IPAM plugin ${type} ${what}: correct the "ipam" section of the network`);
}
