import { cidrText, type InterfaceAddress, networkOf, parseInterfaceAddress, parseNetwork } from '../model/cidr.ts';
import { bitsOf, parseIp } from '../model/ip.ts';
import type { Link } from '../model/link.ts';
import { parseMac } from '../model/mac.ts';
import { parseMtu } from '../model/mtu.ts';
import type { Parsed } from '../model/parsed.ts';
import type { KernelRoute, PodView } from '../model/pod-view.ts';
import { linkScope, type Neighbor, type RouteRequest } from '../model/route.ts';
import { podLinkUnusable } from './master.ts';

/** What a guest takes over from a link of the pod. */
export interface KernelNetwork {
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly RouteRequest[];
  readonly neighbors: readonly Neighbor[];
}

/**
 * Reads addresses, routes and permanent neighbors of a link as the guest is to have them. Link-local addresses and the
 * kernel's own routes are left out: the guest's kernel makes its own. So is what a router advertised: the guest hears
 * it itself. An address without its connected route (the plugin `ptp` removes it) goes out as one host, since the
 * guest's kernel would make that route again, and in IPv6 it would beat the gateway's.
 * Metrics cannot be carried: of several routes to one destination the best stays.
 */
export function kernelNetwork(link: Link, pod: PodView): KernelNetwork {
  const routes = pod.routes.filter(
    (route) =>
      route.links.includes(link.name) && route.table === 'main' && route.type === 'unicast' && route.expires !== true,
  );
  const connected = routes.filter(({ protocol }) => protocol === 'kernel').map(({ destination }) => destination);
  const addresses = link.addresses
    .filter(({ dynamic = false }) => !dynamic)
    .filter(({ scope, cidr }) => ['global', 'site'].includes(scope) || (scope === 'link' && !cidr.includes(':')))
    .map(({ cidr }) => valid(link, cidr, parseInterfaceAddress(cidr)));
  const networks = addresses.flatMap((address) => [cidrText(networkOf(address)), address.text]);
  // A route to the peer of an address is the kernel's too, but the guest's kernel would not make it.
  const toPeer = ({ destination, family, source }: KernelRoute): boolean =>
    !networks.includes(destination) &&
    !destination.startsWith('fe80:') &&
    addresses.some((address) => address.family === family && (source === undefined || address.text === source));
  const made = routes.filter((route) =>
    route.protocol === 'kernel' ? toPeer(route) : !['ra', 'redirect'].includes(route.protocol),
  );
  return {
    addresses: addresses.map((address) => addressOf(address, connected)),
    routes: bestOfEach(made).map((route) => toRequest(link, route)),
    neighbors: pod.neighbors
      .filter((neighbor) => neighbor.link === link.name)
      .map(({ address, mac }) => ({
        ip: valid(link, address, parseIp(address)),
        mac: valid(link, mac, parseMac(mac)),
      })),
  };
}

function addressOf(address: InterfaceAddress, connected: readonly string[]): InterfaceAddress {
  const hasRoute = connected.includes(cidrText(networkOf(address)));
  return hasRoute ? address : { ...address, prefix: bitsOf(address.family) };
}

function bestOfEach(routes: readonly KernelRoute[]): readonly KernelRoute[] {
  const best = new Map<string, KernelRoute>();
  for (const route of routes) {
    const key = `${route.family} ${route.destination}`;
    const other = best.get(key);
    if (other === undefined || route.metric < other.metric) best.set(key, route);
  }
  return [...best.values()];
}

function toRequest(link: Link, { destination, family, gateway, source, mtu, unsupported }: KernelRoute): RouteRequest {
  if (unsupported !== undefined) throw podLinkUnusable(link.name, `its route to ${destination} has ${unsupported}`);
  const text = destinationText(destination, family);
  const dst = valid(link, text, parseNetwork(text));
  const gw = gateway === undefined ? undefined : valid(link, gateway, parseIp(gateway));
  return {
    dst,
    ...(gw === undefined ? {} : { gw }),
    ...(gw === undefined ? { scope: linkScope } : {}),
    // The guest's kernel refuses an IPv6 source until duplicate address detection is over, and the guest agent does not
    // wait. Without one the kernel chooses by itself.
    ...(source === undefined || family === 6 ? {} : { source: valid(link, source, parseIp(source)) }),
    ...(mtu === undefined ? {} : { mtu: valid(link, mtu, parseMtu(mtu)) }),
  };
}

// `ip` leaves the prefix of a single host out, and writes everything as "default".
function destinationText(destination: string, family: 4 | 6): string {
  if (destination === 'default') return family === 4 ? '0.0.0.0/0' : '::/0';
  return destination.includes('/') ? destination : `${destination}/${bitsOf(family)}`;
}

function valid<T>(link: Link, text: string | number, parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw podLinkUnusable(link.name, `it has ${text}, which ${parsed.why}`);
}
