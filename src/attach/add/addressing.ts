import { cidrText, type InterfaceAddress, isDefault } from '../../model/cidr.ts';
import { danError } from '../../model/error.ts';
import { firstOf } from '../../model/first-of.ts';
import { type Family, type Ip, isLinkLocal } from '../../model/ip.ts';
import { networkKey, Networks } from '../../model/networks.ts';
import { linkScope, type Neighbor, type Route, type RouteRequest } from '../../model/route.ts';
import type { CniError } from '../../protocol/error.ts';
import type { ResultDns } from '../../protocol/result.ts';

/** An address of the guest, with the gateway that its IPAM plugin gives for its family. */
export interface GuestAddress {
  readonly address: InterfaceAddress;
  readonly gateway?: Ip | undefined;
}

/** The network settings that an IPAM plugin, a link in the pod or a configuration gives the guest's interface. */
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

/** What determines the guest's routes. If `defaultRoute` is false, this network's default routes are left out. */
type RoutePlan = Pick<GivenNetwork, 'addresses' | 'routes'> & { readonly defaultRoute: boolean };

/** Receives each refusal. An ADD throws the first one; `dan validate` collects them all. */
export type Refuse = (fault: CniError) => void;

/** Throws the refusal. */
export const refuseAtOnce: Refuse = (fault) => {
  throw fault;
};

/**
 * The guest's routes: missing gateways come from the addresses, and a route is marked on-link if its gateway is in no
 * subnet. Refuses with `route-without-gateway`, `duplicate-route` and `second-default-route`.
 */
export function planRoutes(
  { addresses, routes, defaultRoute }: RoutePlan,
  refuse: Refuse = refuseAtOnce,
): readonly Route[] {
  const gateways = firstGateways(addresses);
  const asked = routes.filter(({ dst }) => defaultRoute || !isDefault(dst));
  const wanted: RouteRequest[] = [];
  for (const same of Map.groupBy(onceEach(asked.map((route) => resolved(route, gateways))), placeOf).values()) {
    if (same.length > 1) refuse(ambiguousRoute(same));
    wanted.push(...same.slice(0, 1));
  }
  const isInSubnet = subnetsOf(addresses);
  return wanted.map((route) => {
    const { gw } = route;
    if (gw === undefined && route.scope !== linkScope) refuse(withoutGateway(route));
    if (gw === undefined) return { ...route, onlink: false };
    return { ...route, onlink: !isLinkLocal(gw) && !isInSubnet(gw) };
  });
}

// Most routes have the same gateway, so the answers are cached.
function subnetsOf(addresses: readonly GuestAddress[]): (ip: Ip) => boolean {
  const subnets = new Networks<true>();
  for (const { address } of addresses) subnets.set(networkKey(address), true);
  const known = new Map<string, boolean>();
  return (ip) => {
    const isIn = known.get(ip.text) ?? subnets.find(ip) === true;
    known.set(ip.text, isIn);
    return isIn;
  };
}

/** A route with its effective gateway. */
export function resolved(route: RouteRequest, gateways: ReadonlyMap<Family, Ip>): RouteRequest {
  const gw = route.scope === linkScope ? undefined : (route.gw ?? gateways.get(route.dst.family));
  return gw === undefined ? route : { ...route, gw };
}

/** Removes routes that repeat an earlier one. Routes are compared in the effective form that `meaning` returns. */
export function onceEach(
  routes: readonly RouteRequest[],
  meaning: (route: RouteRequest) => RouteRequest = (route) => route,
): readonly RouteRequest[] {
  if (routes.length < 2) return routes;
  const seen = new Set<string>();
  return routes.filter((route) => {
    const text = routeText(meaning(route));
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
}

function routeText({ dst, gw, mtu, scope, source }: RouteRequest): string {
  return [
    cidrText(dst),
    gw === undefined ? 'on the link' : `via ${gw.text}`,
    ...(mtu === undefined ? [] : [`with the MTU ${mtu}`]),
    ...(source === undefined ? [] : [`from ${source.text}`]),
    ...((scope ?? 0) === 0 ? [] : [`with the scope ${scope}`]),
  ].join(' ');
}

/** The gateway of each family. If several addresses have one, the first counts, as in containernetworking's plugins. */
export function firstGateways(addresses: readonly GuestAddress[]): ReadonlyMap<Family, Ip> {
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

// The guest agent adds routes with replace. If two routes take the same place in the guest's table, the second silently
// replaces the first.
function placeOf({ dst, source }: RouteRequest): string {
  return dst.family === 6 ? `${cidrText(dst)} from ${source?.text ?? 'anywhere'}` : cidrText(dst);
}

// The refusal of several different routes of one network to one destination.
function ambiguousRoute(routes: readonly RouteRequest[]): CniError {
  const [first] = routes;
  const error = first !== undefined && isDefault(first.dst) ? 'second-default-route' : 'duplicate-route';
  const texts = firstOf(routes, 'routes', routeText, ' and ');
  return danError(
    error,
    `this network gives the routes ${texts}, and a guest gets one to a destination: leave one out`,
  );
}
