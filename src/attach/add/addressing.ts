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
import { parseMtu } from '../../model/mtu.ts';
import type { Parsed } from '../../model/parsed.ts';
import { linkScope, type Neighbor, type Route, routeFault, type RouteRequest } from '../../model/route.ts';
import type { CniError } from '../../protocol/error.ts';
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

/** Is given what is refused: an ADD throws it, and so gets to the first alone; `dan validate` gathers it. */
export type Refuse = (fault: CniError) => void;

/** Throws what is refused. */
export const refuseAtOnce: Refuse = (fault) => {
  throw fault;
};

/**
 * The guest's routes: gateways filled in from the addresses, marked on-link where the gateway is in no subnet.
 * Refuses with `route-without-gateway`.
 */
export function planRoutes(
  { addresses, routes, defaultRoute }: RoutePlan,
  refuse: Refuse = refuseAtOnce,
): readonly Route[] {
  const gateways = firstGateways(addresses);
  const wanted = routes.filter(({ dst }) => defaultRoute || !isDefault(dst));
  return wanted.map((route) => {
    const gw = route.scope === linkScope ? undefined : (route.gw ?? gateways.get(route.dst.family));
    if (gw === undefined && route.scope !== linkScope) refuse(withoutGateway(route));
    if (gw === undefined) return { ...route, onlink: false };
    const onLink = isLinkLocal(gw) || addresses.some(({ address }) => contains(address, gw));
    return { ...route, gw, onlink: !onLink };
  });
}

// As containernetworking's plugins have it: of several gateways of a family, the first counts.
function firstGateways(addresses: readonly GuestAddress[]): ReadonlyMap<Family, Ip> {
  const gateways = new Map<Family, Ip>();
  for (const { address, gateway } of addresses) {
    if (gateway !== undefined && !gateways.has(address.family)) gateways.set(address.family, gateway);
  }
  return gateways;
}

function withoutGateway({ dst }: RouteRequest): CniError {
  return danError(
    'route-without-gateway',
    `the route to ${cidrText(dst)} has no gateway, and no IPv${dst.family} address brings one: give it a "gw", or ` +
      `"scope": ${linkScope} if the destination is on the link itself`,
  );
}

function ipamFailed(type: string, what: string): Error {
  return danError('ipam-plugin-failed', `the IPAM plugin ${type} ${what}: correct the "ipam" section of the network`);
}
