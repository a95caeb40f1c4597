import { system } from '#system';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { LinkState, SavedRoutes } from '../../model/link-state.ts';
import type { PodView } from '../../model/pod-view.ts';
import { exists, readText } from '../files.ts';
import { type LinkTable, tablesOf } from '../link-tables.ts';
import type { Site } from '../site.ts';
import { wait } from '../wait.ts';
import { writeSysctl } from '../sysctl.ts';
import { addressBytes } from './address-text.ts';
import { deleteAddress, getAddresses, isTentative, makeAddress, toAddressAnswer } from './addresses.ts';
import type { Message } from './message.ts';
import { makeNeighbor } from './neighbors.ts';
import { inPlaces } from './places.ts';
import { errors } from './refusal.ts';
import { deleteRoute, getRoutes, inOrder, makeRoute, placeOfRoute } from './routes.ts';
import { marks, pack, unpack } from './saved.ts';
import type { Netlink } from './socket.ts';

/** AF_INET and AF_INET6 of sys/socket.h. */
const familyNumbers = { 4: 2, 6: 10 } as const;

/** Milliseconds that an address may be tentative. */
const patience = 1000;

/** Writes down the addresses, routes and permanent neighbors of a link in the pod. Throws `command-failed`. */
export async function saveLinkState(link: InterfaceName, pod: PodView, site: Site): Promise<LinkState> {
  return await inPlaces(site, `tell all of ${link} in the pod's namespace`, (places) => {
    const socket = places.socket('pod');
    const index = places.indexOf('pod', link);
    return {
      addresses4: pack(marks.addresses, addressesOf(socket, index, 4)),
      // The kernel puts a new address before those that it has.
      addresses6: pack(marks.addresses, addressesOf(socket, index, 6).toReversed()),
      routes: tablesOf(link, pod).map((table) => ({
        ...table,
        saved: pack(marks.routes, routesOf(socket, index, table)),
      })),
      neighbors: pod.neighbors.filter((neighbor) => neighbor.link === link),
      acceptDad: places.within('pod', () => readAcceptDad(link)),
    };
  });
}

/** Gives a link in the pod back what was written down. Throws `command-failed`. */
export async function restoreLinkState(link: InterfaceName, state: LinkState, site: Site): Promise<void> {
  await inPlaces(site, `give ${link} in the pod's namespace back what it had`, async (places) => {
    const socket = places.socket('pod');
    const index = places.indexOf('pod', link);
    const setAcceptDad = (value: string): void => {
      if (state.acceptDad === '') return;
      places.within('pod', () => {
        writeSysctl(acceptDadPath(link), value);
      });
    };
    setAcceptDad('0');
    restoreAddresses(socket, index, [...unpack(state.addresses4), ...unpack(state.addresses6)]);
    await noneTentative(socket, index);
    for (const routes of state.routes) restoreRoutes(socket, index, routes);
    for (const { address, mac } of state.neighbors) socket.ask(makeNeighbor(index, addressBytes(address), mac));
    setAcceptDad(state.acceptDad);
  });
}

// Where only some are there, as when dan was killed among them, these go first: their order tells which is used as source.
function restoreAddresses(socket: Netlink, link: number, addresses: readonly Message[]): void {
  const saved = new Set(addresses.map(cidrOf));
  const there = ([4, 6] as const).flatMap((family) => addressesOf(socket, link, family));
  const left = there.filter((address) => saved.has(cidrOf(address)));
  if (left.length === saved.size) return;
  for (const address of left) socket.ask(deleteAddress(address), errors.noAddress);
  for (const address of addresses) socket.ask(makeAddress(address), errors.exists);
}

function cidrOf(address: Message): string | undefined {
  return toAddressAnswer(address)?.address.cidr;
}

// Those that the kernel has made meanwhile go first.
function restoreRoutes(socket: Netlink, link: number, { family, table, saved }: SavedRoutes): void {
  const routes = unpack(saved);
  for (const route of routesOf(socket, link, { family, table }, routes)) {
    socket.ask(deleteRoute(route), errors.noRoute);
  }
  for (const route of inOrder(routes)) socket.ask(makeRoute(route), errors.exists);
}

function addressesOf(socket: Netlink, link: number, family: 4 | 6): readonly Message[] {
  return socket
    .askForAll(getAddresses(familyNumbers[family]))
    .filter((message) => toAddressAnswer(message)?.link === link);
}

// Those of a table that has a name on this node only are told by what was saved of it.
function routesOf(
  socket: Netlink,
  link: number,
  { family, table }: LinkTable,
  saved: readonly Message[] = [],
): readonly Message[] {
  const [first] = saved.map(placeOfRoute);
  return socket.askForAll(getRoutes(familyNumbers[family])).filter((message) => {
    const place = placeOfRoute(message);
    return place.link === link && (place.name === table || place.table === first?.table);
  });
}

async function noneTentative(socket: Netlink, link: number): Promise<void> {
  const end = system.now() + patience;
  while (addressesOf(socket, link, 6).some(isTentative) && system.now() < end) await wait(2);
}

function acceptDadPath(link: InterfaceName): string {
  return `/proc/sys/net/ipv6/conf/${link}/accept_dad`;
}

function readAcceptDad(link: InterfaceName): string {
  const path = acceptDadPath(link);
  return exists(path) ? readText(path).trim() : '';
}
