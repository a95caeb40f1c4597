import { base64, concat, fromBase64, words } from '#bytes';
import { system } from '#system';
import type { SavedRoutes } from '../../model/pod-view.ts';
import { exists, readText } from '../files.ts';
import type { Kernel } from '../kernel.ts';
import { type LinkTable, tablesOf } from '../link-tables.ts';
import { ipv6File, writeSysctl } from '../sysctl.ts';
import { wait } from '../command.ts';
import { errno } from '../system/errno.ts';
import { addressBytes } from './address-text.ts';
import { deleteAddress, getAddresses, isTentative, makeAddress, makeNeighbor, toAddressAnswer } from './addresses.ts';
import { decode, encode, type Message } from './message.ts';
import { flags, ipFamily } from './numbers.ts';
import { inPlaces } from './places.ts';
import { Refusal } from './refusal.ts';
import { deleteRoute, getRoutes, inOrder, makeRoute, placeOfRoute, routeKey, toRoute } from './routes.ts';
import type { Netlink } from './socket.ts';

/** The magic numbers at the start of what `ip addr save` and `ip route save` write. */
export const marks = { addresses: 0x4736_1222, routes: 0x4531_1224 } as const;

/** Milliseconds to wait for an address that is tentative. */
const longestTentative = 1000;

/** Saves the addresses, routes and permanent neighbors of a link in the pod. */
export const saveLinkState: Kernel['saveLinkState'] = (link, pod, site) =>
  inPlaces(site, `show all of ${link} in the pod's namespace`, (places) => {
    const socket = places.socket('pod');
    const index = places.indexOf('pod', link);
    const dad = ipv6File(link, 'accept_dad');
    return {
      addresses4: pack(marks.addresses, addressesOf(socket, index, 4)),
      // The kernel puts a new address before the existing ones.
      addresses6: pack(marks.addresses, addressesOf(socket, index, 6).toReversed()),
      routes: tablesOf(link, pod).map((table) => ({
        ...table,
        saved: pack(marks.routes, routesOf(socket, index, table)),
      })),
      neighbors: pod.neighbors.filter((neighbor) => neighbor.link === link),
      acceptDad: places.within('pod', () => (exists(dad) ? readText(dad).trim() : '')),
    };
  });

/** Restores what was saved to a link in the pod. */
export const restoreLinkState: Kernel['restoreLinkState'] = (link, state, site) =>
  inPlaces(site, `give ${link} in the pod's namespace back what it had`, async (places) => {
    const socket = places.socket('pod');
    const index = places.indexOf('pod', link);
    const setAcceptDad = (value: string): void => {
      if (state.acceptDad === '') return;
      places.within('pod', () => {
        writeSysctl(ipv6File(link, 'accept_dad'), value);
      });
    };
    setAcceptDad('0');
    restoreAddresses(socket, index, [...unpack(state.addresses4), ...unpack(state.addresses6)]);
    await noneTentative(socket, index);
    const refused = state.routes.flatMap((routes) => restoreRoutes(socket, index, routes));
    for (const { address, mac } of state.neighbors) socket.ask(makeNeighbor(index, addressBytes(address), mac));
    setAcceptDad(state.acceptDad);
    return refused;
  });

/** Encodes messages as `ip` saves them, in base64. */
export function pack(mark: number, messages: readonly Message[]): string {
  const parts = messages.map(({ type, body }) => encode({ type, flags: flags.part, body }, 0));
  return base64(concat([words(mark), ...parts]));
}

/** Decodes saved messages; none if nothing was saved. */
export function unpack(saved: string): readonly Message[] {
  return decode(fromBase64(saved).subarray(4));
}

// If only some exist, for example after dan was killed in between, they are deleted first, because the order of
// addresses decides which one is used as source.
function restoreAddresses(socket: Netlink, link: number, addresses: readonly Message[]): void {
  const saved = new Set(addresses.map(cidrOf));
  const there = ([4, 6] as const).flatMap((family) => addressesOf(socket, link, family));
  const left = there.filter((address) => saved.has(cidrOf(address)));
  if (left.length === saved.size) return;
  for (const address of left) socket.ask(deleteAddress(address), errno.EADDRNOTAVAIL);
  for (const address of addresses) socket.ask(makeAddress(address), errno.EEXIST);
}

function cidrOf(address: Message): string | undefined {
  return toAddressAnswer(address)?.address.cidr;
}

/** The kernel's errors for a route whose gateway or source it does not (or no longer) know. */
const unusable: ReadonlySet<number> = new Set([errno.EINVAL, errno.ENETUNREACH, errno.EHOSTUNREACH]);

// Routes that the kernel made meanwhile are deleted last, because a saved gateway may be reachable only by one that a
// plugin then removed. A saved route that conflicts with one of them is made afterwards.
function restoreRoutes(socket: Netlink, link: number, { family, table, saved }: SavedRoutes): readonly string[] {
  const routes = inOrder(unpack(saved));
  const made = routesOf(socket, link, { family, table }, routes);
  const [wanted, there] = [new Set(routes.map(routeKey)), new Set(made.map(routeKey))];
  const refused: string[] = [];
  const isHindered = (route: Message): boolean => {
    try {
      socket.ask(makeRoute(route));
      return false;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.errno === errno.EEXIST) return true;
      if (!unusable.has(error.errno)) throw error;
      refused.push(`the route ${routeText(route)} of table ${table}: ${error.message}`);
      return false;
    }
  };
  const hindered = routes.filter((route) => !there.has(routeKey(route))).filter(isHindered);
  for (const route of made) {
    if (!wanted.has(routeKey(route))) socket.ask(deleteRoute(route), errno.ESRCH);
  }
  hindered.forEach(isHindered);
  return refused;
}

function routeText(route: Message): string {
  const { destination = '', gateway } = toRoute(route, String) ?? {};
  return gateway === undefined ? `to ${destination}` : `to ${destination} via ${gateway}`;
}

function addressesOf(socket: Netlink, link: number, family: 4 | 6): readonly Message[] {
  return socket.askForAll(getAddresses(ipFamily[family])).filter((message) => toAddressAnswer(message)?.link === link);
}

// A table that has a name only on this node is identified by the saved routes.
function routesOf(
  socket: Netlink,
  link: number,
  { family, table }: LinkTable,
  saved: readonly Message[] = [],
): readonly Message[] {
  const [first] = saved.map(placeOfRoute);
  return socket.askForAll(getRoutes(ipFamily[family])).filter((message) => {
    const place = placeOfRoute(message);
    return place.link === link && (place.name === table || place.table === first?.table);
  });
}

async function noneTentative(socket: Netlink, link: number): Promise<void> {
  const end = system.now() + longestTentative;
  while (addressesOf(socket, link, 6).some(isTentative) && system.now() < end) await wait(2);
}
