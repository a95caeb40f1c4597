import { cidrText, contains, networkOf } from '../model/cidr.ts';
import { isLinkLocal } from '../model/ip.ts';
import { type Cidr, parseKataCidr } from './addresses.ts';
import type { GuestRoute, TakenDevice } from './verdict.ts';

const minimumMtu = 68;
const RT_SCOPE_LINK = 253;
const RTNH_F_ONLINK = 4;

/**
 * What the guest's kernel refuses, with EINVAL, of the things its agent could make sense of; any of it fails the
 * sandbox. IPv6 clears host bits and takes any scope, so both rules are of IPv4 alone. Sources in Linux:
 * net/core/dev.c, net/ipv4/fib_trie.c, net/ipv4/fib_semantics.c, net/core/neighbour.c.
 */
export function guestKernelRefusals({ mtu, guest }: TakenDevice): readonly string[] {
  return [
    ...(mtu < minimumMtu ? [`MTU ${mtu}: the smallest is ${minimumMtu}`] : []),
    ...guest.routes.flatMap(routeRefusals),
    ...guest.neighbors.flatMap(({ ip, lladdr }) =>
      lladdr === '' ? [`neighbor ${ip}: it has no hardware address`] : [],
    ),
  ];
}

function routeRefusals({ dst, gw, scope }: GuestRoute): string[] {
  if (dst.family === 6) return [];
  const route = `route ${cidrText(dst)}`;
  return [
    ...(networkOf(dst).text === dst.text ? [] : [`${route}: bits are set behind the prefix`]),
    ...(gw !== undefined && scope >= RT_SCOPE_LINK ? [`${route}: a route of scope ${scope} can have no gateway`] : []),
  ];
}

/**
 * What the guest's kernel refuses of routes for want of something else in the guest: a gateway that nothing leads to, a
 * preferred source that the guest does not have. Either fails the sandbox. Sources in Linux: fib_check_nh and
 * fib_valid_prefsrc of net/ipv4/fib_semantics.c, ip6_route_check_nh and ip6_route_info_create of net/ipv6/route.c.
 */
export function guestRoutingRefusals({ addresses: own, guest: { routes } }: TakenDevice): readonly string[] {
  const addresses = own.flatMap((text) => parseKataCidr(text) ?? []);
  // The agent adds those without a gateway first, so their order in the file does not matter.
  const onLink = routes.filter(({ gw, scope }) => gw === undefined && scope >= RT_SCOPE_LINK);
  const reachable = [...addresses, ...onLink.map(({ dst }) => dst)];
  return routes.flatMap((route) => [
    ...(isReachable(route, reachable)
      ? []
      : [`route ${cidrText(route.dst)}: nothing leads to the gateway ${route.gw?.text ?? ''}`]),
    ...sourceRefusals(route, addresses),
  ]);
}

function isReachable({ gw, flags }: GuestRoute, networks: readonly Cidr[]): boolean {
  if (gw === undefined || (flags & RTNH_F_ONLINK) !== 0 || isLinkLocal(gw)) return true;
  return networks.some((network) => contains(network, gw));
}

function sourceRefusals({ dst, source }: GuestRoute, addresses: readonly Cidr[]): readonly string[] {
  if (source === undefined) return [];
  const what = `route ${cidrText(dst)}: the preferred source ${source.text}`;
  // The agent does not wait for duplicate address detection.
  if (dst.family === 6) return [`${what} is still tentative`];
  return addresses.some(({ text }) => text === source.text) ? [] : [`${what} is none of the guest's addresses`];
}
