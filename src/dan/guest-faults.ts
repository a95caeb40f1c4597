import { cidrText } from '../model/cidr.ts';
import { broadcastOf } from '../model/ip.ts';
import { minimumMtu, minimumMtuForIpv6 } from '../model/mtu.ts';
import type { GuestFault, GuestInterface, GuestRoute } from '../model/guest.ts';
import { routeFaults } from './guest-routes.ts';

/**
 * What the guest's agent and kernel refuse or lose of a sandbox's interfaces, in the order of its file. The agent sets
 * all addresses, then all neighbors, then the routes without a gateway, then those with one, each with NLM_F_REPLACE
 * (Kata's src/agent/src/netlink.rs).
 */
export function guestFaults(guest: readonly GuestInterface[]): readonly GuestFault[] {
  const [only] = guest;
  // Most sandboxes have one interface, in which nothing can clash.
  if (only === undefined || (guest.length === 1 && isPlain(only))) return guest.flatMap(mtuFaults);
  const takenBy = new Taken();
  return [
    ...guest.flatMap((on) => takenFaults(on, takenBy)),
    ...broadcastFaults(guest),
    ...guest.flatMap((on) => [...mtuFaults(on), ...neighborFaults(on)]),
    ...routeFaults(guest),
  ];
}

// It has at most one address, and no routes or neighbors.
function isPlain({ addresses, routes, neighbors }: GuestInterface): boolean {
  return addresses.length < 2 && routes.length === 0 && neighbors.length === 0;
}

/** Values that must be unique in a guest. */
type Single = 'address' | 'mac' | 'name' | 'neighbor' | 'route';

/** The first and the last interface with each value. */
class Taken {
  readonly #owners: Readonly<Record<Single, Map<string, { first: GuestInterface; last: GuestInterface }>>> = {
    ...{ address: new Map(), mac: new Map(), name: new Map(), neighbor: new Map(), route: new Map() },
  };

  /** The interface that has the value already; `on` itself takes precedence. From now on, `on` has it, too. */
  by(on: GuestInterface, single: Single, what: string): GuestInterface | undefined {
    const owners = this.#owners[single];
    const owner = owners.get(what);
    if (owner === undefined) {
      owners.set(what, { first: on, last: on });
      return undefined;
    }
    const before = owner.last === on ? on : owner.first;
    owner.last = on;
    return before;
  }
}

function takenFaults(on: GuestInterface, takenBy: Taken): readonly GuestFault[] {
  const faults: GuestFault[] = [];
  const add = (
    other: GuestInterface | undefined,
    what: string,
    facts: (other: GuestInterface) => Pick<GuestFault, 'isLost' | 'of' | 'route'>,
  ): void => {
    if (other !== undefined) faults.push({ on, other, what, ...facts(other) });
  };
  add(takenBy.by(on, 'name', on.name), on.name, () => ({ of: 'name-taken' }));
  const mac = on.mac?.toLowerCase();
  if (mac !== undefined) add(takenBy.by(on, 'mac', mac), mac, () => ({ of: 'mac-taken' }));
  for (const { text } of on.addresses) {
    add(takenBy.by(on, 'address', text), text, (other) => ({
      of: other === on ? 'address-repeated' : 'address-taken',
    }));
  }
  // The agent's requests replace these, and only the last one stays.
  for (const route of on.routes) {
    const what = nameOfRoute(route);
    add(takenBy.by(on, 'route', what), what, () => ({
      ...{ of: route.dst.prefix === 0 ? 'default-route-taken' : 'route-taken', route, isLost: true },
    }));
  }
  const own = new Set<string>();
  for (const { ip } of on.neighbors) {
    if (own.has(ip)) add(on, ip, () => ({ of: 'neighbor-repeated', isLost: true }));
    own.add(ip);
  }
  return faults;
}

// If an earlier broadcast address equals a later address, the kernel finds the broadcast first. It then makes no route
// to the later address's subnet, since the route's source would not be local (fib_valid_prefsrc of
// net/ipv4/fib_semantics.c). An interface's own addresses come before its broadcasts.
function broadcastFaults(guest: readonly GuestInterface[]): readonly GuestFault[] {
  const broadcasts = new Map<string, GuestInterface>();
  return guest.flatMap((on) => {
    const faults = on.addresses.flatMap(({ text }): readonly GuestFault[] => {
      const other = broadcasts.get(text);
      return other === undefined ? [] : [{ of: 'address-broadcast', on, other, what: text, isLost: true }];
    });
    for (const address of on.addresses) {
      const broadcast = broadcastOf(address);
      if (broadcast !== undefined && !broadcasts.has(broadcast)) broadcasts.set(broadcast, on);
    }
    return faults;
  });
}

// IPv6 keeps routes for different senders apart.
function nameOfRoute({ dst, from }: GuestRoute): string {
  return dst.family === 6 && from !== undefined ? `${cidrText(dst)} from ${cidrText(from)}` : cidrText(dst);
}

// The agent sets the addresses before the MTU, and the kernel then silently removes IPv6 from the link (addrconf_notify
// of net/ipv6/addrconf.c). Routes and neighbors follow, and fail.
function mtuFaults(on: GuestInterface): readonly GuestFault[] {
  const { mtu, addresses, routes, neighbors } = on;
  const fault = { on, other: on, what: String(mtu) };
  if (mtu < minimumMtu) return [{ of: 'mtu-small', ...fault }];
  if (mtu >= minimumMtuForIpv6) return [];
  const isRefused = routes.some(({ dst }) => dst.family === 6) || neighbors.some(({ ip }) => ip.includes(':'));
  if (isRefused) return [{ of: 'mtu-small-for-ipv6', ...fault }];
  return addresses.some(({ family }) => family === 6) ? [{ of: 'mtu-small-for-ipv6', ...fault, isLost: true }] : [];
}

/** The neighbor flags that the kernel keeps: NTF_EXT_LEARNED and NTF_ROUTER of linux/neighbour.h. */
const keptFlags = 0x10 | 0x80;

function neighborFaults(on: GuestInterface): readonly GuestFault[] {
  return on.neighbors.flatMap(({ ip, mac, flags }): readonly GuestFault[] => [
    ...(mac === '' ? [{ of: 'neighbor-incomplete' as const, on, other: on, what: ip }] : []),
    ...((flags & ~keptFlags) === 0
      ? []
      : [{ of: 'neighbor-flags' as const, on, other: on, what: `${ip} with flags ${flags}`, isLost: true as const }]),
  ]);
}
