import { cidrText, hasHostBits, type Network, networkOf } from '../model/cidr.ts';
import { bitsOf, broadcastOf, type Ip, isLinkLocal } from '../model/ip.ts';
import { type NetworkKey, networkKey, Networks } from '../model/networks.ts';
import { linkScope } from '../model/route.ts';
import type { GuestFault, GuestInterface, GuestRoute } from '../model/guest.ts';

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
  const all = guest.flatMap((on) => on.routes.map((route) => ({ on, route })));
  if (all.length === 0) return [];
  const [direct, others] = [[], []] as [typeof all, typeof all];
  for (const one of all) (one.route.gw === undefined ? direct : others).push(one);
  const { around, add } = lookAround(guest);
  for (const { on, route } of direct) add({ dst: route.dst, on, isNear: (route.scope ?? 0) >= linkScope });
  const faults: GuestFault[] = [];
  for (const { on, route } of [...direct, ...others]) {
    const { dst, gw } = route;
    for (const rule of rules[dst.family]) {
      const wrong = rule(on, route, around);
      if (wrong !== undefined) faults.push({ on, other: on, route, ...wrong });
    }
    if (gw !== undefined) add({ dst, on, gw, isNear: false });
  }
  return faults;
}

/** What is wrong with a route. The other interface is the route's own unless it is given. */
type Wrong = Pick<GuestFault, 'isLost' | 'of' | 'what'> & { readonly other?: GuestInterface };

/** The rules for routes of each family. IPv6 keeps a second route to a subnet, clears host bits and accepts any scope. */
const rules = {
  4: [wrongSubnet, wrongSource, wrongHostBits, wrongScope, wrongGateway],
  6: [wrongSource, wrongGateway],
} as const;

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

// A host address has no subnet.
function wrongSubnet(on: GuestInterface, { dst, gw, scope = 0 }: GuestRoute, { subnets }: Around): Wrong | undefined {
  if (dst.prefix === bitsOf(4)) return undefined;
  const what = cidrText(dst);
  const taken = subnets.get(what);
  const isSame = taken?.on === on && gw === undefined && scope >= linkScope;
  return taken === undefined || isSame ? undefined : { of: 'subnet-taken', other: taken.on, what, isLost: true };
}

// fib_valid_prefsrc of net/ipv4/fib_semantics.c and ip6_route_info_create of net/ipv6/route.c. The agent does not wait
// for duplicate address detection.
function wrongSource(on: GuestInterface, { source }: GuestRoute, { of }: Around): Wrong | undefined {
  if (source === undefined) return undefined;
  if (source.family === 6) return { of: 'source-tentative', what: source.text };
  return of(on).addresses.has(source.text) ? undefined : { of: 'source-foreign', what: source.text };
}

// fib_table_insert of net/ipv4/fib_trie.c.
function wrongHostBits(_: GuestInterface, { dst, gw }: GuestRoute): Wrong | undefined {
  return hasHostBits(dst) ? { of: 'host-bits', what: gw?.text ?? cidrText(dst) } : undefined;
}

// fib_create_info of net/ipv4/fib_semantics.c.
function wrongScope(_: GuestInterface, { gw, scope = 0 }: GuestRoute): Wrong | undefined {
  return gw === undefined || scope < linkScope ? undefined : { of: 'gateway-with-scope', what: gw.text };
}

// fib_check_nh of net/ipv4/fib_semantics.c; ip6_validate_gw, ip6_route_check_nh and ip6_route_check_nh_onlink of
// net/ipv6/route.c.
function wrongGateway(on: GuestInterface, { gw, onlink }: GuestRoute, around: Around): Wrong | undefined {
  if (gw === undefined) return undefined;
  const what = gw.text;
  const owner = around.owners.get(what);
  if (owner !== undefined) return { of: 'gateway-own', other: owner, what };
  const spread = around.broadcasts.get(what);
  if (spread !== undefined) return { of: 'gateway-broadcast', other: spread, what };
  if (isLinkLocal(gw)) return undefined;
  if (onlink) {
    const way = gw.family === 6 ? around.all.find(gw) : undefined;
    const isHere = way === undefined || way.dst.prefix === 0 || way.on === on;
    return isHere ? undefined : { of: 'gateway-elsewhere', other: way.on, what };
  }
  const way = around.of(on).ways.find(gw);
  if (way === undefined) return { of: 'gateway-unreachable', what };
  return gw.family === 4 || way.gw === undefined ? undefined : { of: 'gateway-behind', what };
}
