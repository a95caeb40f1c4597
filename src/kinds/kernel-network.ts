import { cidrText, type InterfaceAddress, networkOf, parseInterfaceAddress, parseNetwork } from '../model/cidr.ts';
import { bitsOf, parseIp } from '../model/ip.ts';
import type { Link } from '../model/link.ts';
import { parseMac } from '../model/mac.ts';
import { parseMtu } from '../model/mtu.ts';
import type { Parsed } from '../model/parsed.ts';
import type { KernelRoute, PodView } from '../model/pod-view.ts';
import { linkScope, type Neighbor, type RouteRequest } from '../model/route.ts';
import { podLinkUnusable } from './master.ts';
import { isOfRouter, ownRoutes, worseAmong } from './pod-namespace/find.ts';

/** What a guest takes over from a link of the pod. */
export interface KernelNetwork {
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly RouteRequest[];
  readonly neighbors: readonly Neighbor[];
}

/**
 * Reads the addresses, routes and permanent neighbors of a link as the guest will have them. IPv6 link-local addresses
 * and the kernel's own routes are left out, since the guest's kernel makes its own. So is what a router advertised,
 * since the guest hears the router itself. An address without its connected route (the plugin `ptp` removes it) becomes
 * a host address: otherwise, the guest's kernel would make that route again, and in IPv6 it would take precedence over
 * the gateway's. Metrics cannot be carried: of several routes to one destination, only the best stays. Anything else
 * that cannot be carried is a finding of `pod-namespace/`.
 */
export function kernelNetwork(link: Link, pod: PodView): KernelNetwork {
  const routes = ownRoutes(link, pod.routes);
  const isWorse = worseAmong(routes);
  const connected = new Set(
    routes.filter((route) => route.protocol === 'kernel' && !isWorse(route)).map(({ destination }) => destination),
  );
  const addresses = link.addresses
    .filter((address) => !isOfRouter(address, pod.routes))
    .filter(({ scope, cidr }) => !(scope === 'link' && cidr.includes(':')) && !(scope === 'host' && isLoopback(cidr)))
    .map(({ cidr }) => valid(link, cidr, parseInterfaceAddress(cidr)));
  const networks = new Set<string>(addresses.flatMap((address) => [cidrText(networkOf(address)), address.text]));
  const texts = new Set<string>(addresses.map(({ text }) => text));
  const families = new Set(addresses.map(({ family }) => family));
  // The kernel makes the route to the peer of an address, too, but the guest's kernel would not make it. A route that
  // expires belongs to a router's prefix.
  const toPeer = ({ destination, family, source, expires = false }: KernelRoute): boolean =>
    !expires &&
    !networks.has(destination) &&
    !destination.startsWith('fe80:') &&
    families.has(family) &&
    (source === undefined || texts.has(source));
  const made = routes.filter((route) => (route.protocol === 'kernel' ? toPeer(route) : !isWorse(route)));
  return {
    addresses: addresses.map((address) => addressOf(address, connected)),
    routes: made.map((route) => toRequest(link, route)),
    neighbors: pod.neighbors
      .filter((neighbor) => neighbor.link === link.name)
      .map(({ address, mac }) => ({
        ip: valid(link, address, parseIp(address)),
        mac: valid(link, mac, parseMac(mac)),
      })),
  };
}

// Every guest has its own loopback addresses.
function isLoopback(cidr: string): boolean {
  return cidr.startsWith('127.') || cidr === '::1/128';
}

function addressOf(address: InterfaceAddress, connected: ReadonlySet<string>): InterfaceAddress {
  const hasRoute = connected.has(cidrText(networkOf(address)));
  return hasRoute ? address : { ...address, prefix: bitsOf(address.family) };
}

function toRequest(link: Link, { destination, family, gateway, source, mtu }: KernelRoute): RouteRequest {
  const text = destinationText(destination, family);
  const dst = valid(link, text, parseNetwork(text));
  const gw = gateway === undefined ? undefined : valid(link, gateway, parseIp(gateway));
  return {
    dst,
    ...(gw === undefined ? {} : { gw }),
    ...(gw === undefined ? { scope: linkScope } : {}),
    // The guest's kernel refuses an IPv6 source until duplicate address detection is over, and the guest agent does not
    // wait. Without a source, the kernel chooses one itself.
    ...(source === undefined || family === 6 ? {} : { source: valid(link, source, parseIp(source)) }),
    ...(mtu === undefined ? {} : { mtu: valid(link, mtu, parseMtu(mtu)) }),
  };
}

// `ip` omits the prefix of a single host, and writes "default" for all addresses.
function destinationText(destination: string, family: 4 | 6): string {
  if (destination === 'default') return family === 4 ? '0.0.0.0/0' : '::/0';
  return destination.includes('/') ? destination : `${destination}/${bitsOf(family)}`;
}

function valid<T>(link: Link, text: string | number, parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw podLinkUnusable(link.name, `it has ${text}, which ${parsed.why}`);
}
