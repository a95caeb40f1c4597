import { cidrText, type InterfaceAddress, isDefault } from '../../model/cidr.ts';
import { danError } from '../../model/error.ts';
import { firstOf } from '../../model/first-of.ts';
import { type Family, type Ip, isLinkLocal } from '../../model/ip.ts';
import { networkKey, Networks } from '../../model/networks.ts';
import { linkScope, type Neighbor, type Route, type RouteRequest } from '../../model/route.ts';
import type { CniError } from '../../protocol/error.ts';
import type { ResultDns } from '../../protocol/result.ts';

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

// Most routes have the same gateway.
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

/** A route with the gateway that it has in the end. */
export function resolved(route: RouteRequest, gateways: ReadonlyMap<Family, Ip>): RouteRequest {
  const gw = route.scope === linkScope ? undefined : (route.gw ?? gateways.get(route.dst.family));
  return gw === undefined ? route : { ...route, gw };
}

/** Routes of which those that say the same are one; `meaning` is what one says in the end. */
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

/** The gateways of addresses by family. As containernetworking's plugins have it, of several the first counts. */
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

// The guest agent adds routes with replace: of two to one place in the guest's table, the last would silently stay alone.
function placeOf({ dst, source }: RouteRequest): string {
  return dst.family === 6 ? `${cidrText(dst)} from ${source?.text ?? 'anywhere'}` : cidrText(dst);
}

// The refusal of several routes of one network to one destination, which are not the same.
function ambiguousRoute(routes: readonly RouteRequest[]): CniError {
  const [first] = routes;
  const error = first !== undefined && isDefault(first.dst) ? 'second-default-route' : 'duplicate-route';
  const texts = firstOf(routes, 'routes', routeText, ' and ');
  return danError(
    error,
    `this network gives the routes ${texts}, and a guest gets one to a destination: leave one out`,
  );
}
