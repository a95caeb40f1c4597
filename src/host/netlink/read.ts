import { type InterfaceName, parseInterfaceName } from '../../model/interface-name.ts';
import type { Link } from '../../model/link.ts';
import type { LinkCounters } from '../../model/link-counters.ts';
import type { Where } from '../../model/operation.ts';
import type { Ingress, PodView } from '../../model/pod-view.ts';
import type { PortVlan } from '../../model/vlan.ts';
import type { Site } from '../site.ts';
import { isIpv6On } from '../sysctl.ts';
import { getAddresses } from './addresses.ts';
import { toIngressDiscipline } from './ingress.ts';
import { getCounters, getLink, getLinkAt, getLinks, type LinkAnswer, toCounters } from './links.ts';
import { getNeighbors } from './neighbors.ts';
import { inPlaces } from './places.ts';
import { getPorts, mtuOfPort } from './ports.ts';
import { errors } from './refusal.ts';
import { getRoutes } from './routes.ts';
import type { Netlink } from './socket.ts';
import { getDisciplines, getFilters, getIngress } from './traffic-control.ts';
import { linkAnswers, namesOf, toIngress, toLink, toPodView } from './view.ts';
import { getVlans, toVlans } from './vlans.ts';

/** Reads links by name or altname. One that does not exist is left out. */
export async function readLinks(names: readonly string[], where: Where, site: Site): Promise<readonly Link[]> {
  if (names.length === 0) return [];
  return await reading(where, site, `the links ${names.join(', ')}`, (socket) =>
    withMasters(
      socket,
      names.flatMap((name) => linkNamed(socket, name)),
    ),
  );
}

/** Reads the MTUs of the ports of a bridge on the host. */
export async function readPortMtus({ name, index }: Link, site: Site): Promise<readonly number[]> {
  return await reading('host', site, `the ports of bridge ${name}`, (socket) =>
    socket
      .askForAll(getPorts())
      .map((port) => mtuOfPort(port, index))
      .filter((mtu) => mtu !== undefined),
  );
}

/** Reads all links of a namespace. */
export async function readAllLinks(where: Where, site: Site): Promise<readonly Link[]> {
  return await reading(where, site, 'all links', (socket) =>
    withMasters(socket, linkAnswers(socket.askForAll(getLinks()))),
  );
}

/** Reads the counters of links by name. What does not exist is left out. */
export async function readCounters(
  names: readonly string[],
  where: Where,
  site: Site,
): Promise<ReadonlyMap<string, LinkCounters>> {
  return await reading(where, site, `the counters of ${names.join(', ')}`, (socket) => {
    const messages = names.flatMap((name) => socket.ask(getCounters(name), errors.noDevice));
    return new Map(messages.map(toCounters).filter((counters) => counters !== undefined));
  });
}

/** Reads links, addresses, routes of both families and permanent neighbors of the pod's namespace. */
export async function readPod(site: Site): Promise<PodView> {
  return await reading('pod', site, 'links, addresses, routes and neighbors', (socket) =>
    toPodView({
      links: socket.askForAll(getLinks()),
      addresses: socket.askForAll(getAddresses()),
      routes: socket.askForAll(getRoutes()),
      neighbors: socket.askForAll(getNeighbors()),
    }),
  );
}

/** Reads what stands at a link's ingress. A link that does not exist has nothing there. */
export async function readIngress(link: string, where: Where, site: Site): Promise<Ingress> {
  return await reading(where, site, `the ingress of ${link}`, (socket) => {
    const [found] = linkNamed(socket, link);
    if (found === undefined) return { disciplines: [], filters: [] };
    const { index } = found.link;
    const disciplines = socket.ask(getIngress(index), errors.missing, errors.noDevice);
    const filters = disciplines.some((one) => toIngressDiscipline(one) !== undefined)
      ? socket.askForAll(getFilters(index))
      : [];
    return toIngress(disciplines, filters, (target) => nameAt(socket, target));
  });
}

/** The links of the pod that have a queueing discipline "ingress", and names that dan would give. */
export async function linksWithIngress(site: Site): Promise<readonly InterfaceName[]> {
  return await reading('pod', site, 'the queueing disciplines', (socket) => {
    const there = socket.askForAll(getDisciplines()).map(toIngressDiscipline);
    const links = there.flatMap((one) =>
      one?.kind === 'ingress' ? [parseInterfaceName(nameAt(socket, one.link))] : [],
    );
    return links.flatMap((name) => (name.ok ? [name.value] : []));
  });
}

/** Reads the VLANs of a bridge's port on the host. */
export async function readVlans(port: InterfaceName, site: Site): Promise<readonly PortVlan[]> {
  return await reading('host', site, `the VLANs of ${port}`, (socket) => {
    const [found] = linkNamed(socket, port);
    if (found === undefined) return [];
    return socket.askForAll(getVlans()).flatMap((message) => toVlans(message, found.link.index));
  });
}

/** Whether a link speaks IPv6; one that does not exist does not. */
export async function hasIpv6(name: InterfaceName, where: Where, site: Site): Promise<boolean> {
  return await inPlaces(site, `tell whether ${name} speaks IPv6`, (places) =>
    places.within(where, () => isIpv6On(name)),
  );
}

function reading<T>(where: Where, site: Site, what: string, work: (socket: Netlink) => T): Promise<T> {
  const place = where === 'pod' ? "the pod's namespace" : "the host's";
  return inPlaces(site, `tell of ${what} in ${place}`, (places) => work(places.socket(where)));
}

function linkNamed(socket: Netlink, name: string): readonly LinkAnswer[] {
  return linkAnswers(socket.ask(getLink(name), errors.noDevice));
}

// A master that was not asked for has a name all the same.
function withMasters(socket: Netlink, answers: readonly LinkAnswer[]): readonly Link[] {
  const known = new Set(answers.map(({ link }) => link.index));
  const others = new Set(answers.map(({ master }) => master).filter((one) => one !== undefined && !known.has(one)));
  const masters = [...others].flatMap((index) => linkAt(socket, index ?? 0));
  const nameOf = namesOf([...answers, ...masters]);
  return answers.map((answer) => toLink(answer, nameOf));
}

function linkAt(socket: Netlink, index: number): readonly LinkAnswer[] {
  return linkAnswers(socket.ask(getLinkAt(index), errors.noDevice));
}

function nameAt(socket: Netlink, index: number): string {
  return namesOf(index === 0 ? [] : linkAt(socket, index))(index);
}
