import { cidrText, contains, type InterfaceAddress, type Network, networkOf } from '../model/cidr.ts';
import { bitsOf, broadcastOf, type Ip, isLinkLocal } from '../model/ip.ts';
import { minimumMtu, minimumMtuForIpv6 } from '../model/mtu.ts';
import { linkScope, type RouteRequest } from '../model/route.ts';

/** A route as the guest's kernel gets it. */
export interface GuestRoute extends Pick<RouteRequest, 'dst' | 'gw' | 'source'> {
  readonly onlink: boolean;
  /** rtnetlink's scope; 0 where it is left out. */
  readonly scope?: number | undefined;
  /** Its place in the file, where it was read from one. */
  readonly where?: string;
  /** Senders that the route is for. */
  readonly from?: Network | undefined;
}

/** A neighbor as the guest's kernel gets it. */
export interface GuestNeighbor {
  readonly ip: string;
  /** Empty where it has none. */
  readonly mac: string;
  readonly flags: number;
}

/** An interface of a sandbox, as its guest gets it. */
export interface GuestInterface {
  /** What a message calls it, like `the interface "eth0" of network "kata-net"`. */
  readonly called: string;
  readonly name: string;
  readonly mac?: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly GuestRoute[];
  readonly neighbors: readonly GuestNeighbor[];
}

/** Something that a guest does not get as the file of its sandbox has it. */
export interface GuestFault {
  readonly of: GuestFaultKind;
  /** The interface that it shows at. */
  readonly on: GuestInterface;
  /** The interface that is the reason; the same where the reason is its own. */
  readonly other: GuestInterface;
  /** What is wrong: a name, a MAC, an address, a destination, a number. */
  readonly what: string;
  readonly route?: GuestRoute;
  /** The guest goes on without it; otherwise the sandbox fails. */
  readonly isLost?: true;
}

/** What can be wrong with what a guest gets. */
export type GuestFaultKind =
  // Two of what a guest has one of.
  | 'address-taken'
  | 'mac-taken'
  | 'name-taken'
  | 'neighbor-taken'
  | 'route-taken'
  // The route takes the place of the one that the kernel makes for a subnet.
  | 'subnet-taken'
  // Where a gateway is: an address of the guest, a subnet's broadcast address, behind another interface or gateway, nowhere.
  | 'gateway-own'
  | 'gateway-broadcast'
  | 'gateway-elsewhere'
  | 'gateway-behind'
  | 'gateway-unreachable'
  | 'gateway-with-scope'
  | 'host-bits'
  | 'source-foreign'
  | 'source-tentative'
  | 'mtu-small'
  | 'mtu-small-for-ipv6'
  | 'neighbor-flags'
  | 'neighbor-incomplete';

/**
 * What of a sandbox's interfaces, in the order of its file, the agent and the kernel of its guest refuse or lose. The agent
 * sets all addresses, then all neighbors, then the routes without a gateway, then those with one, each with NLM_F_REPLACE
 * (Kata's src/agent/src/netlink.rs).
 */
export function guestFaults(guest: readonly GuestInterface[]): readonly GuestFault[] {
  return [
    ...guest.flatMap((on, at) => takenFaults(on, guest.slice(0, at))),
    ...guest.flatMap((on) => [...mtuFaults(on), ...neighborFaults(on)]),
    ...routeFaults(guest),
  ];
}

function takenFaults(on: GuestInterface, before: readonly GuestInterface[]): readonly GuestFault[] {
  const taken = <T>(
    of: GuestFaultKind,
    itemsOf: (one: GuestInterface) => readonly T[],
    nameOf: (item: T) => string,
    facts: (item: T) => Partial<GuestFault> = () => ({}),
    others = before,
  ): readonly GuestFault[] => {
    const namesOf = (one: GuestInterface): readonly string[] => itemsOf(one).map(nameOf);
    return itemsOf(on).flatMap((item, at): readonly GuestFault[] => {
      const what = nameOf(item);
      const other = namesOf(on).indexOf(what) < at ? on : others.find((one) => namesOf(one).includes(what));
      return other === undefined ? [] : [{ of, on, other, what, ...facts(item) }];
    });
  };
  const lost = { isLost: true } as const;
  return [
    ...taken('name-taken', ({ name }) => [name], String),
    ...taken(
      'mac-taken',
      ({ mac }) => (mac === undefined ? [] : [mac]),
      (mac) => mac.toLowerCase(),
    ),
    ...taken(
      'address-taken',
      ({ addresses }) => addresses,
      ({ text }) => text,
    ),
    // The agent's requests replace these, and the guest is left with the last.
    ...taken(
      'route-taken',
      ({ routes }) => routes,
      nameOfRoute,
      (route) => ({ ...lost, route }),
    ),
    ...taken(
      'neighbor-taken',
      ({ neighbors }) => neighbors,
      ({ ip }) => ip,
      () => lost,
      [],
    ),
  ];
}

// IPv6 keeps the routes of different senders apart.
function nameOfRoute({ dst, from }: GuestRoute): string {
  return dst.family === 6 && from !== undefined ? `${cidrText(dst)} from ${cidrText(from)}` : cidrText(dst);
}

// The agent sets the addresses before the MTU, and the kernel then takes IPv6 away from the link in silence
// (addrconf_notify of net/ipv6/addrconf.c). Routes and neighbors come after that, and fail.
function mtuFaults(on: GuestInterface): readonly GuestFault[] {
  const { mtu, addresses, routes, neighbors } = on;
  const fault = { on, other: on, what: String(mtu) };
  if (mtu < minimumMtu) return [{ of: 'mtu-small', ...fault }];
  if (mtu >= minimumMtuForIpv6) return [];
  const isRefused = routes.some(({ dst }) => dst.family === 6) || neighbors.some(({ ip }) => ip.includes(':'));
  if (isRefused) return [{ of: 'mtu-small-for-ipv6', ...fault }];
  return addresses.some(({ family }) => family === 6) ? [{ of: 'mtu-small-for-ipv6', ...fault, isLost: true }] : [];
}

/** The flags of a neighbor that the kernel keeps: NTF_EXT_LEARNED and NTF_ROUTER of linux/neighbour.h. */
const keptFlags = 0x10 | 0x80;

function neighborFaults(on: GuestInterface): readonly GuestFault[] {
  return on.neighbors.flatMap(({ ip, mac, flags }): readonly GuestFault[] => [
    ...(mac === '' ? [{ of: 'neighbor-incomplete' as const, on, other: on, what: ip }] : []),
    ...((flags & ~keptFlags) === 0
      ? []
      : [{ of: 'neighbor-flags' as const, on, other: on, what: `${ip} with flags ${flags}`, isLost: true as const }]),
  ]);
}

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

function routeFaults(guest: readonly GuestInterface[]): readonly GuestFault[] {
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
export function wayTo<W extends Pick<Way, 'dst' | 'isSubnet'>>(ip: Ip, ways: readonly W[]): W | undefined {
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
