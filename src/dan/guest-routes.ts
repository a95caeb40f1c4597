import { cidrText, hasHostBits, type Network, networkOf } from '../model/cidr.ts';
import { bitsOf, broadcastOf, type Ip, isLinkLocal } from '../model/ip.ts';
import { type NetworkKey, networkKey, Networks } from '../model/networks.ts';
import { linkScope } from '../model/route.ts';
import type { GuestFault, GuestFaultKind, GuestInterface, GuestRoute } from '../model/guest.ts';

/** A route that the guest's kernel has when the agent requests another one. */
interface Way {
  /** Bits behind the prefix are ignored. */
  readonly dst: Network;
  readonly on: GuestInterface;
  readonly gw?: Ip | undefined;
  /** Its destination is on the link: a subnet, or a route with the scope link or host. */
  readonly isNear: boolean;
  /** One of the kernel's own routes. In IPv6, they precede others to the same destination. */
  readonly isSubnet?: true;
}

/** The parts of the guest against which a route is checked, by lookup key. */
interface Around {
  /** The subnets of IPv4 addresses. */
  readonly subnets: ReadonlyMap<string, Way>;
  /** The interface that has an address, and the one whose subnet has a broadcast address. */
  readonly owners: ReadonlyMap<string, GuestInterface>;
  readonly broadcasts: ReadonlyMap<string, GuestInterface>;
  /** The IPv6 routes of all interfaces. */
  readonly all: Networks<Way>;
  readonly of: (on: GuestInterface) => OfOne;
}

/** The state of one interface. */
interface OfOne {
  readonly addresses: ReadonlySet<string>;
  /** The routes by which the kernel may reach a gateway. For an IPv4 gateway, only those to destinations on the link. */
  readonly ways: Networks<Way>;
}

/** The routes of a sandbox's interfaces that the guest's kernel refuses, and kernel routes that the agent replaces. */
export function routeFaults(guest: readonly GuestInterface[]): readonly GuestFault[] {
  const routes = guest.flatMap((on) => on.routes.map((route) => ({ on, route })));
  if (routes.length === 0) return [];
  const direct = routes.filter(({ route }) => route.gw === undefined);
  const { around, add } = lookAround(guest);
  for (const { on, route } of direct) add({ dst: route.dst, on, isNear: (route.scope ?? 0) >= linkScope });
  return [...direct, ...routes.filter(({ route }) => route.gw !== undefined)].flatMap(({ on, route }) => {
    const { dst, gw } = route;
    const found = [...subnetFaults(on, route, around), ...sourceFaults(on, route, around), ...formFaults(on, route)];
    const faults = gw === undefined ? found : [...found, ...gatewayFaults(on, route, gw, around)];
    if (gw !== undefined) add({ dst, on, gw, isNear: false });
    return faults;
  });
}

function lookAround(guest: readonly GuestInterface[]): { readonly around: Around; readonly add: (way: Way) => void } {
  const each = new Map<GuestInterface, OfOne>();
  const of = (on: GuestInterface): OfOne => {
    const there = each.get(on);
    if (there !== undefined) return there;
    const addresses = new Set<string>(on.addresses.map(({ text }) => text));
    const made = { addresses, ways: new Networks<Way>() };
    each.set(on, made);
    return made;
  };
  const all = new Networks<Way>();
  const add = (way: Way): void => {
    const { family } = way.dst;
    if (family === 4 && !way.isNear) return;
    const key = networkKey(way.dst);
    put(of(way.on).ways, key, way);
    if (family === 6) put(all, key, way);
  };
  const subnets = new Map<string, Way>();
  const [owners, broadcasts] = [new Map<string, GuestInterface>(), new Map<string, GuestInterface>()];
  for (const on of guest) {
    for (const address of on.addresses) {
      const way = { dst: networkOf(address), on, isNear: true, isSubnet: true } as const;
      add(way);
      if (way.dst.family === 4) putFirst(subnets, cidrText(way.dst), way);
      putFirst(owners, address.text, on);
      const broadcast = broadcastOf(address);
      if (broadcast !== undefined) putFirst(broadcasts, broadcast, on);
    }
  }
  return { around: { subnets, owners, broadcasts, all, of }, add };
}

function putFirst<T>(map: Map<string, T>, key: string, value: T): void {
  if (!map.has(key)) map.set(key, value);
}

// Of two routes to one network, the kernel uses its own, or otherwise the first.
function put(networks: Networks<Way>, key: NetworkKey, way: Way): void {
  const before = networks.get(key);
  if (before === undefined || (way.isSubnet === true && before.isSubnet !== true)) networks.set(key, way);
}

// As in fib_create_info and fib_table_insert of net/ipv4 in Linux. IPv6 clears host bits and accepts any scope.
function formFaults(on: GuestInterface, route: GuestRoute): readonly GuestFault[] {
  const { dst, gw, scope = 0 } = route;
  if (dst.family === 6) return [];
  const fault = { on, other: on, what: gw?.text ?? cidrText(dst), route };
  return [
    ...(hasHostBits(dst) ? [{ of: 'host-bits' as const, ...fault }] : []),
    ...(gw !== undefined && scope >= linkScope ? [{ of: 'gateway-with-scope' as const, ...fault }] : []),
  ];
}

// IPv6 keeps both routes, its own first. A host address has no subnet.
function subnetFaults(on: GuestInterface, route: GuestRoute, { subnets }: Around): readonly GuestFault[] {
  const { dst, gw, scope = 0 } = route;
  if (dst.family === 6 || dst.prefix === bitsOf(4)) return [];
  const taken = subnets.get(cidrText(dst));
  const isSame = taken?.on === on && gw === undefined && scope >= linkScope;
  if (taken === undefined || isSame) return [];
  return [{ of: 'subnet-taken', on, other: taken.on, what: cidrText(dst), route, isLost: true }];
}

// fib_valid_prefsrc of net/ipv4/fib_semantics.c and ip6_route_info_create of net/ipv6/route.c. The agent does not wait
// for duplicate address detection.
function sourceFaults(on: GuestInterface, route: GuestRoute, { of }: Around): readonly GuestFault[] {
  const { source } = route;
  if (source === undefined) return [];
  const fault = { on, other: on, what: source.text, route };
  if (source.family === 6) return [{ of: 'source-tentative', ...fault }];
  return of(on).addresses.has(source.text) ? [] : [{ of: 'source-foreign', ...fault }];
}

// fib_check_nh of net/ipv4/fib_semantics.c; ip6_validate_gw, ip6_route_check_nh and ip6_route_check_nh_onlink of
// net/ipv6/route.c.
function gatewayFaults(on: GuestInterface, route: GuestRoute, gw: Ip, around: Around): readonly GuestFault[] {
  const fault = (of: GuestFaultKind, other = on): readonly GuestFault[] => [{ of, on, other, what: gw.text, route }];
  const owner = around.owners.get(gw.text);
  if (owner !== undefined) return fault('gateway-own', owner);
  const spread = around.broadcasts.get(gw.text);
  if (spread !== undefined) return fault('gateway-broadcast', spread);
  if (isLinkLocal(gw)) return [];
  if (route.onlink) {
    const way = gw.family === 6 ? around.all.find(gw) : undefined;
    return way === undefined || way.dst.prefix === 0 || way.on === on ? [] : fault('gateway-elsewhere', way.on);
  }
  const way = around.of(on).ways.find(gw);
  if (way === undefined) return fault('gateway-unreachable');
  return gw.family === 4 || way.gw === undefined ? [] : fault('gateway-behind');
}
