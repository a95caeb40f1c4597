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
import {
  readResult,
  type Result,
  type ResultAddress,
  type ResultDns,
  type ResultRoute,
} from '../../protocol/result.ts';

/** An address of the guest with the gateway that its IPAM plugin names for its family. */
export interface GuestAddress {
  readonly address: InterfaceAddress;
  readonly gateway?: Ip | undefined;
}

/** What an IPAM plugin, a link in the pod or a configuration gives the guest's interface. */
export interface GivenNetwork {
  readonly addresses: readonly GuestAddress[];
  readonly routes: readonly RouteRequest[];
  readonly neighbors: readonly Neighbor[];
  readonly dns: ResultDns;
}

/** What the guest's interface gets. */
export interface Allocation extends GivenNetwork {
  readonly routes: readonly Route[];
}

/** Reads the answer of an IPAM plugin. Throws `ipam-plugin-failed` for a value that no guest could have. */
export function fromIpam(type: string, answer: unknown): GivenNetwork {
  const result = readResult(answer);
  refuseIncomplete(type, answer, result);
  const valid = <T>(what: string, text: unknown, parsed: Parsed<T>): T => {
    if (parsed.ok) return parsed.value;
    throw ipamFailed(type, `gave the ${what} ${JSON.stringify(text)}, which ${parsed.why}`);
  };
  const readGateway = (text: string | undefined): Ip | undefined =>
    text === undefined ? undefined : valid('gateway', text, parseIp(text));
  const readAddress = ({ address: text, gateway: router }: ResultAddress): GuestAddress => {
    const address = valid('address', text, parseInterfaceAddress(text));
    const gateway = readGateway(router);
    if (gateway !== undefined && gateway.family !== address.family) {
      throw ipamFailed(type, `gave the address ${text} the gateway ${gateway.text}, which is of the other IP version`);
    }
    return { address, gateway };
  };
  const readRoute = ({ dst, gw, mtu, scope, priority, table, advmss }: ResultRoute): RouteRequest => {
    if ((advmss ?? 0) !== 0 || ![0, 254].includes(table ?? 0) || ![0, linkScope].includes(scope ?? 0)) {
      throw ipamFailed(type, `gave the route to ${dst} an "advmss", "table" or "scope" that no DAN file can carry`);
    }
    const route: RouteRequest = {
      dst: valid('destination', dst, parseNetwork(dst)),
      gw: readGateway(gw),
      mtu: (mtu ?? 0) === 0 ? undefined : valid('MTU of a route', mtu, parseMtu(mtu)),
      scope: scope === linkScope ? linkScope : undefined,
    };
    const fault = routeFault(route, priority);
    if (fault !== undefined) throw ipamFailed(type, `gave an impossible route: ${fault}`);
    return route;
  };
  const { ips, routes, dns } = result;
  return { addresses: ips.map(readAddress), routes: routes.map(readRoute), neighbors: [], dns };
}

// Reading a result drops entries without an address or a destination: the pod would get less than the plugin gave.
function refuseIncomplete(type: string, answer: unknown, result: Result): void {
  if (!isObject(answer)) return;
  for (const [key, what] of [['ips', 'an address'] as const, ['routes', 'a destination'] as const]) {
    const given: readonly unknown[] = Array.isArray(answer[key]) ? answer[key] : [];
    if (given.length > result[key].length) {
      throw ipamFailed(type, `gave "${key}" ${JSON.stringify(given)}, in which an entry lacks ${what}`);
    }
  }
}

/** What decides about the guest's routes. With `defaultRoute` false, this network's default routes are left out. */
type RoutePlan = Pick<GivenNetwork, 'addresses' | 'routes'> & { readonly defaultRoute: boolean };

/**
 * The guest's routes. One without a gateway gets that of its family's addresses; one whose gateway is in no subnet is
 * marked on-link. Throws `route-without-gateway`, `second-default-route`, `duplicate-route`.
 */
export function planRoutes({ addresses, routes, defaultRoute }: RoutePlan): readonly Route[] {
  const wanted = routes.filter(({ dst }) => defaultRoute || !isDefault(dst));
  const repeated = firstRepeated(wanted.map(({ dst }) => cidrText(dst)));
  if (repeated !== undefined) throw repeatedRoute(repeated, 'this network');
  return wanted.map((route) => {
    const gw = route.scope === linkScope ? undefined : (route.gw ?? gatewayFor(route, addresses));
    if (gw === undefined) return { ...route, onlink: false };
    if (addresses.some(({ address }) => address.text === gw.text)) {
      throw protocolError(
        'invalid-configuration',
        `the route to ${cidrText(route.dst)} has the gateway ${gw.text}, which is the guest's own address: name the ` +
          "router's",
      );
    }
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
 * Refuses an address or a neighbor that is given twice: the guest agent fails on the second address, and silently
 * replaces the first neighbor by the second.
 */
export function refuseRepeats(addresses: readonly InterfaceAddress[], neighbors: readonly Neighbor[]): void {
  const lists = { address: addresses.map(({ text }) => text), neighbor: neighbors.map(({ ip }) => ip.text) };
  for (const [what, texts] of Object.entries(lists)) {
    const repeated = firstRepeated(texts);
    if (repeated === undefined) continue;
    throw protocolError('invalid-configuration', `the ${what} ${repeated} is given twice: leave one out`);
  }
}

/** The refusal of a second route to one destination in a sandbox's file: the guest agent would replace the first. */
export function repeatedRoute(destination: string, owner: string): Error {
  if (destination.endsWith('/0')) {
    return danError(
      'second-default-route',
      `${owner} has a default route ${destination} already, and a guest gets one: set "defaultRoute": false in the ` +
        'network whose default route is not wanted',
    );
  }
  return danError(
    'duplicate-route',
    `${owner} has a route to ${destination} already, and a guest gets one: leave one out`,
  );
}

function firstRepeated<T>(all: readonly T[]): T | undefined {
  return all.find((one, at) => all.indexOf(one) !== at);
}

// As in containernetworking's plugins: of several gateways of a family, the first counts.
function gatewayFor({ dst }: RouteRequest, addresses: readonly GuestAddress[]): Ip {
  const gateway = addresses.find((one) => one.gateway?.family === dst.family)?.gateway;
  if (gateway !== undefined) return gateway;
  throw danError(
    'route-without-gateway',
    `the route to ${cidrText(dst)} has no gateway, and no IPv${dst.family} address brings one: give it a "gw", or ` +
      `"scope": ${linkScope} if the destination is on the link itself`,
  );
}

function ipamFailed(type: string, what: string): Error {
  return danError('ipam-plugin-failed', `the IPAM plugin ${type} ${what}: correct the "ipam" section of the network`);
}
