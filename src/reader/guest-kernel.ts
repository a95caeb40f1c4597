import { contains, networkOf } from '../model/cidr.ts';
import { isLinkLocal } from '../model/ip.ts';
import type { GuestRoute } from './agent.ts';
import { type Cidr, parseIp, parseIpNetwork } from './ip.ts';
import type { TakenDevice } from './verdict.ts';

const minimumMtu = 68;
const RT_SCOPE_LINK = 253;
const RTNH_F_ONLINK = 4;

/**
 * What the guest's kernel refuses, with EINVAL, of the things its agent could make sense of; any of it fails the
 * sandbox. IPv6 clears host bits and takes any scope, so both rules are of IPv4 alone. Sources in Linux:
 * net/core/dev.c, net/ipv4/fib_trie.c, net/ipv4/fib_semantics.c, net/core/neighbour.c.
 */
export function guestKernelRefusals({ mtu, guest_agent: agent }: TakenDevice): readonly string[] {
  return [
    ...(mtu < minimumMtu ? [`MTU ${mtu}: the smallest is ${minimumMtu}`] : []),
    ...agent.routes.flatMap((answer) => ('ok' in answer ? routeRefusals(answer.ok) : [])),
    ...agent.neighbors.flatMap((answer) =>
      'ok' in answer && answer.ok.lladdr === '' ? [`neighbor ${answer.ok.ip}: it has no hardware address`] : [],
    ),
  ];
}

function routeRefusals({ dst, family, gw, scope }: GuestRoute): string[] {
  const [network] = networksOf(dst);
  if (family === 6 || network === undefined) return [];
  return [
    ...(networkOf(network).text === network.text ? [] : [`route ${dst}: bits are set behind the prefix`]),
    ...(gw !== null && scope >= RT_SCOPE_LINK ? [`route ${dst}: a route of scope ${scope} can have no gateway`] : []),
  ];
}

/**
 * What the guest's kernel refuses of routes for want of something else in the guest: a gateway that nothing leads to, a
 * preferred source that the guest does not have. Either fails the sandbox. Sources in Linux: fib_check_nh and
 * fib_valid_prefsrc of net/ipv4/fib_semantics.c, ip6_route_check_nh and ip6_route_info_create of net/ipv6/route.c.
 */
export function guestRoutingRefusals({ addresses: own, guest_agent: agent }: TakenDevice): readonly string[] {
  const addresses = own.flatMap(networksOf);
  const routes = agent.routes.flatMap((answer) => ('ok' in answer ? [answer.ok] : []));
  // The agent adds those without a gateway first, so their order in the file does not matter.
  const onLink = routes.filter(({ gw, scope }) => gw === null && scope >= RT_SCOPE_LINK);
  const reachable = [...addresses, ...onLink.map(({ dst }) => dst).flatMap(networksOf)];
  return routes.flatMap((route) => [
    ...(isReachable(route, reachable) ? [] : [`route ${route.dst}: nothing leads to the gateway ${route.gw ?? ''}`]),
    ...sourceRefusals(route, addresses),
  ]);
}

// The network in a text that the agent made, or none.
function networksOf(text: string): readonly Cidr[] {
  const network = parseIpNetwork(text, text.includes(':') ? 6 : 4);
  return network === undefined ? [] : [network];
}

function isReachable({ gw, flags }: GuestRoute, networks: readonly Cidr[]): boolean {
  const ip = gw === null ? undefined : parseIp(gw);
  if (ip === undefined || (flags & RTNH_F_ONLINK) !== 0 || isLinkLocal(ip)) return true;
  return networks.some((network) => contains(network, ip));
}

function sourceRefusals({ dst, family, src }: GuestRoute, addresses: readonly Cidr[]): readonly string[] {
  if (src?.attribute !== 'RTA_PREFSRC') return [];
  // The agent does not wait for duplicate address detection.
  if (family === 6) return [`route ${dst}: the preferred source ${src.value} is still tentative`];
  const isOwn = addresses.some(({ text }) => text === src.value);
  return isOwn ? [] : [`route ${dst}: the preferred source ${src.value} is none of the guest's addresses`];
}
