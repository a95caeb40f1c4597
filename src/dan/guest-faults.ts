import { cidrText } from '../model/cidr.ts';
import { minimumMtu, minimumMtuForIpv6 } from '../model/mtu.ts';
import type { GuestFault, GuestInterface, GuestRoute } from '../model/guest.ts';
import { routeFaults } from './guest-routes.ts';

/**
 * What of a sandbox's interfaces, in the order of its file, the agent and the kernel of its guest refuse or lose. The agent
 * sets all addresses, then all neighbors, then the routes without a gateway, then those with one, each with NLM_F_REPLACE
 * (Kata's src/agent/src/netlink.rs).
 */
export function guestFaults(guest: readonly GuestInterface[]): readonly GuestFault[] {
  const [only] = guest;
  // Most sandboxes have one interface, of which nothing can clash.
  if (only === undefined || (guest.length === 1 && isPlain(only))) return guest.flatMap(mtuFaults);
  return [
    ...guest.flatMap((on, at) => takenFaults(on, guest.slice(0, at))),
    ...guest.flatMap((on) => [...mtuFaults(on), ...neighborFaults(on)]),
    ...routeFaults(guest),
  ];
}

// It has no two things of a kind, and nothing but an address.
function isPlain({ addresses, routes, neighbors }: GuestInterface): boolean {
  return addresses.length < 2 && routes.length === 0 && neighbors.length === 0;
}

function takenFaults(on: GuestInterface, before: readonly GuestInterface[]): readonly GuestFault[] {
  const taken = <T>(
    itemsOf: (one: GuestInterface) => readonly T[],
    nameOf: (item: T) => string,
    factsOf: (item: T, other: GuestInterface) => Pick<GuestFault, 'isLost' | 'of' | 'route'>,
    others = before,
  ): readonly GuestFault[] => {
    const namesOf = (one: GuestInterface): readonly string[] => itemsOf(one).map(nameOf);
    return itemsOf(on).flatMap((item, at): readonly GuestFault[] => {
      const what = nameOf(item);
      const other = namesOf(on).indexOf(what) < at ? on : others.find((one) => namesOf(one).includes(what));
      return other === undefined ? [] : [{ on, other, what, ...factsOf(item, other) }];
    });
  };
  return [
    ...taken(
      ({ name }) => [name],
      String,
      () => ({ of: 'name-taken' }),
    ),
    ...taken(
      ({ mac }) => (mac === undefined ? [] : [mac]),
      (mac) => mac.toLowerCase(),
      () => ({ of: 'mac-taken' }),
    ),
    ...taken(
      ({ addresses }) => addresses,
      ({ text }) => text,
      (_, other) => ({
        of: other === on ? 'address-repeated' : 'address-taken',
      }),
    ),
    // The agent's requests replace these, and the guest is left with the last.
    ...taken(
      ({ routes }) => routes,
      nameOfRoute,
      (route) => ({
        ...{ of: route.dst.prefix === 0 ? 'default-route-taken' : 'route-taken', route, isLost: true },
      }),
    ),
    ...taken(
      ({ neighbors }) => neighbors,
      ({ ip }) => ip,
      () => ({ of: 'neighbor-repeated', isLost: true }),
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
