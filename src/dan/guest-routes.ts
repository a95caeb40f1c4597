import { cidrText, contains, type Network, networkOf } from '../model/cidr.ts';
import { bitsOf, broadcastOf, type Ip, isLinkLocal } from '../model/ip.ts';
import { linkScope } from '../model/route.ts';
import type { GuestFault, GuestFaultKind, GuestInterface, GuestRoute } from '../model/guest.ts';

/** A way that the guest's kernel has when the agent asks for a route. */
interface Way {
  readonly dst: Network;
  readonly on: GuestInterface;
  readonly gw?: Ip | undefined;
  /** Its destination is on the link: a subnet, or a route of scope link or host. */
  readonly isNear: boolean;
  /** The kernel's own, which in IPv6 come before others to the same destination. */
  readonly isSubnet?: true;
}

/** What of the routes of a sandbox's interfaces the kernel of its guest refuses, or what of its own the agent replaces. */
export function routeFaults(guest: readonly GuestInterface[]): readonly GuestFault[] {
  const routes = guest.flatMap((on) => on.routes.map((route) => ({ on, route })));
  const subnets = guest.flatMap((on) =>
    on.addresses.map((address): Way => ({ dst: networkOf(address), on, isNear: true, isSubnet: true })),
  );
  const direct = routes.filter(({ route }) => route.gw === undefined);
  const ways = [
    ...subnets,
    ...direct.map(({ on, route: { dst, scope = 0 } }) => ({ dst, on, isNear: scope >= linkScope })),
  ];
  return [...direct, ...routes.filter(({ route }) => route.gw !== undefined)].flatMap(({ on, route }) => {
    const { dst, gw } = route;
    const found = [...subnetFaults(on, route, subnets), ...sourceFaults(on, route), ...formFaults(on, route)];
    const faults = gw === undefined ? found : [...found, ...gatewayFaults(on, route, gw, { guest, ways })];
    if (gw !== undefined) ways.push({ dst, on, gw, isNear: false });
    return faults;
  });
}

// Sources in Linux: fib_create_info and fib_table_insert of net/ipv4. IPv6 clears host bits and takes any scope.
function formFaults(on: GuestInterface, route: GuestRoute): readonly GuestFault[] {
  const { dst, gw, scope = 0 } = route;
  if (dst.family === 6) return [];
  const fault = { on, other: on, what: gw?.text ?? cidrText(dst), route };
  return [
    ...(networkOf(dst).text === dst.text ? [] : [{ of: 'host-bits' as const, ...fault }]),
    ...(gw !== undefined && scope >= linkScope ? [{ of: 'gateway-with-scope' as const, ...fault }] : []),
  ];
}

// IPv6 keeps both, and its own comes first. An address that is one host has no subnet.
function subnetFaults(on: GuestInterface, route: GuestRoute, subnets: readonly Way[]): readonly GuestFault[] {
  const { dst, gw, scope = 0 } = route;
  if (dst.family === 6 || dst.prefix === bitsOf(4)) return [];
  const taken = subnets.find((one) => one.dst.family === 4 && cidrText(one.dst) === cidrText(dst));
  const isSame = taken?.on === on && gw === undefined && scope >= linkScope;
  if (taken === undefined || isSame) return [];
  return [{ of: 'subnet-taken', on, other: taken.on, what: cidrText(dst), route, isLost: true }];
}

// fib_valid_prefsrc of net/ipv4/fib_semantics.c; ip6_route_info_create of net/ipv6/route.c: the agent does not wait for
// duplicate address detection.
function sourceFaults(on: GuestInterface, route: GuestRoute): readonly GuestFault[] {
  const { source } = route;
  if (source === undefined) return [];
  const fault = { on, other: on, what: source.text, route };
  if (source.family === 6) return [{ of: 'source-tentative', ...fault }];
  return on.addresses.some(({ text }) => text === source.text) ? [] : [{ of: 'source-foreign', ...fault }];
}

// fib_check_nh of net/ipv4/fib_semantics.c; ip6_validate_gw, ip6_route_check_nh and ip6_route_check_nh_onlink of
// net/ipv6/route.c.
function gatewayFaults(
  on: GuestInterface,
  route: GuestRoute,
  gw: Ip,
  { guest, ways }: { readonly guest: readonly GuestInterface[]; readonly ways: readonly Way[] },
): readonly GuestFault[] {
  const fault = (of: GuestFaultKind, other = on): readonly GuestFault[] => [{ of, on, other, what: gw.text, route }];
  const owner = guest.find(({ addresses }) => addresses.some(({ text }) => text === gw.text));
  if (owner !== undefined) return fault('gateway-own', owner);
  const spread = guest.find(({ addresses }) => addresses.some((address) => broadcastOf(address) === gw.text));
  if (spread !== undefined) return fault('gateway-broadcast', spread);
  if (isLinkLocal(gw)) return [];
  if (route.onlink) {
    const way = gw.family === 6 ? wayTo(gw, ways) : undefined;
    return way === undefined || way.dst.prefix === 0 || way.on === on ? [] : fault('gateway-elsewhere', way.on);
  }
  const own = ways.filter((way) => way.on === on);
  if (gw.family === 4) {
    return own.some(({ dst, isNear }) => isNear && contains(dst, gw)) ? [] : fault('gateway-unreachable');
  }
  const way = wayTo(gw, own);
  if (way === undefined) return fault('gateway-unreachable');
  return way.gw === undefined ? [] : fault('gateway-behind');
}

/** The way that the kernel takes to an address: the longest prefix, its own before others, the first of equals. */
function wayTo<W extends Pick<Way, 'dst' | 'isSubnet'>>(ip: Ip, ways: readonly W[]): W | undefined {
  let best: W | undefined;
  for (const way of ways) {
    if (!contains(way.dst, ip)) continue;
    const isBetter =
      best === undefined ||
      way.dst.prefix > best.dst.prefix ||
      (way.dst.prefix === best.dst.prefix && way.isSubnet === true && best.isSubnet !== true);
    if (isBetter) best = way;
  }
  return best;
}
