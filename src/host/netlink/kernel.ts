import { parseInterfaceName } from '../../model/interface-name.ts';
import type { Link } from '../../model/link.ts';
import type { Where } from '../../model/operation.ts';
import { functionLine } from '../function-text.ts';
import type { Kernel } from '../kernel.ts';
import type { Site } from '../site.ts';
import { isIpv6On } from '../sysctl.ts';
import { errno } from '../system/errno.ts';
import { getAddresses, getNeighbors } from './addresses.ts';
import { apply } from './apply.ts';
import { deviceNodes } from './device-node.ts';
import { getFunctions, setFunction, toFunctions } from './functions.ts';
import { restoreLinkState, saveLinkState } from './link-state.ts';
import * as links from './links.ts';
import { inPlaces } from './places.ts';
import { readPolicy } from './policy.ts';
import { Refusal } from './refusal.ts';
import { deleteLink } from './request.ts';
import { getRoutes } from './routes.ts';
import type { Netlink } from './socket.ts';
import {
  getDisciplines,
  getFilters,
  getIngress,
  getRoot,
  toIngress,
  toIngressDiscipline,
  toTokenBucket,
} from './traffic-control.ts';
import { namesOf, toLink, toPodView } from './view.ts';
import { openQueues } from './tun.ts';
import { getVlans, toVlans } from './vlans.ts';

/** Speaks rtnetlink directly, and starts no process. */
export const kernel: Kernel = {
  runsPrograms: false,
  apply,
  saveLinkState,
  restoreLinkState,
  ...deviceNodes,

  readLinks: async (names, where, site) => {
    if (names.length === 0) return [];
    return await reading(where, site, `the links ${names.join(', ')}`, (socket) =>
      withMasters(socket, linksNamed(socket, ...names)),
    );
  },
  readPortMtus: ({ name, index }, site) =>
    reading('host', site, `the ports of bridge ${name}`, (socket) =>
      socket
        .askForAll(links.getPorts())
        .map((port) => links.mtuOfPort(port, index))
        .filter((mtu) => mtu !== undefined),
    ),
  readAllLinks: (where, site) =>
    reading(where, site, 'all links', (socket) =>
      withMasters(socket, links.linkAnswers(socket.askForAll(links.getLinks()))),
    ),
  readCounters: (names, where, site) =>
    reading(where, site, `the counters of ${names.join(', ')}`, (socket) => {
      const messages = names.flatMap((name) => socket.ask(links.getCounters(name), errno.ENODEV));
      return new Map(messages.map(links.toCounters).filter((counters) => counters !== undefined));
    }),
  deleteLinks: (names, where, site) =>
    inPlaces(site, `delete ${names.join(', ')}`, (places) => {
      const socket = places.socket(where);
      // The caller must find out what still exists.
      return names.map((name) => isDone(() => socket.ask(deleteLink(name)))).every((done) => done);
    }),
  readPod: (site, taken) =>
    reading('pod', site, 'links, addresses, routes and neighbors', (socket) =>
      toPodView(
        {
          links: socket.askForAll(links.getLinks()),
          addresses: socket.askForAll(getAddresses()),
          routes: socket.askForAll(getRoutes()),
          neighbors: socket.askForAll(getNeighbors()),
        },
        taken,
      ),
    ),
  readPolicy,
  readIngress: (link, where, site) =>
    reading(where, site, `the ingress of ${link}`, (socket) => {
      const index = socket.indexOf(link);
      if (index === undefined) return { disciplines: [], filters: [] };
      const disciplines = socket.ask(getIngress(index), errno.ENOENT, errno.ENODEV);
      const filters = disciplines.some((one) => toIngressDiscipline(one) !== undefined)
        ? socket.askForAll(getFilters(index))
        : [];
      return toIngress(disciplines, filters, (target) => nameAt(socket, target));
    }),
  readTokenBucket: (link, where, site) =>
    reading(where, site, `the queueing discipline of ${link}`, (socket) => {
      const index = socket.indexOf(link);
      if (index === undefined) return undefined;
      // The kernel does not report a link's default queueing discipline.
      const there = socket.ask(getRoot(index), errno.EINVAL, errno.ENOENT, errno.ENODEV);
      return there.map(toTokenBucket).find((one) => one !== undefined);
    }),
  linksWithIngress: (site) =>
    reading('pod', site, 'the queueing disciplines', (socket) => {
      const there = socket.askForAll(getDisciplines()).map(toIngressDiscipline);
      const names = there.flatMap((one) =>
        one?.kind === 'ingress' ? [parseInterfaceName(nameAt(socket, one.link))] : [],
      );
      return names.flatMap((name) => (name.ok ? [name.value] : []));
    }),
  readVlans: (port, site) =>
    reading('host', site, `the VLANs of ${port}`, (socket) => {
      const index = socket.indexOf(port);
      return index === undefined ? [] : socket.askForAll(getVlans()).flatMap((message) => toVlans(message, index));
    }),
  openTap: (name, queuePairs, site) =>
    inPlaces(site, `open the tap ${name}`, (places) => places.within('host', () => openQueues(name, queuePairs))),
  readFunctions: (link, site) =>
    reading('host', site, `the virtual functions of ${link}`, (socket) => {
      const [answer] = socket.ask(getFunctions(link), errno.ENODEV);
      return answer === undefined ? new Map() : toFunctions(answer);
    }),
  setFunction: (link, number, change, site) =>
    inPlaces(site, `do "ip ${functionLine(link, number, change)}"`, (places) => {
      places.socket('host').ask(setFunction(places.indexOf('host', link), number, change));
    }),
  hasIpv6: (name, where, site) =>
    inPlaces(site, `tell whether ${name} speaks IPv6`, (places) => places.within(where, () => isIpv6On(name))),
};

function reading<T>(where: Where, site: Site, what: string, work: (socket: Netlink) => T): Promise<T> {
  const place = where === 'pod' ? "the pod's namespace" : "the host's";
  return inPlaces(site, `list ${what} in ${place}`, (places) => work(places.socket(where)));
}

function linksNamed(socket: Netlink, ...names: readonly string[]): readonly links.LinkAnswer[] {
  return links.linkAnswers(names.flatMap((name) => socket.ask(links.getLink(name), errno.ENODEV)));
}

// Masters that are not among the answers are looked up by index, for their names.
function withMasters(socket: Netlink, answers: readonly links.LinkAnswer[]): readonly Link[] {
  const known = new Set(answers.map(({ link }) => link.index));
  const others = new Set(answers.map(({ master }) => master).filter((one) => one !== undefined && !known.has(one)));
  const masters = [...others].flatMap((index) => linkAt(socket, index ?? 0));
  const nameOf = namesOf([...answers, ...masters]);
  return answers.map((answer) => toLink(answer, nameOf));
}

function linkAt(socket: Netlink, index: number): readonly links.LinkAnswer[] {
  return links.linkAnswers(socket.ask(links.getLinkAt(index), errno.ENODEV));
}

function nameAt(socket: Netlink, index: number): string {
  return namesOf(index === 0 ? [] : linkAt(socket, index))(index);
}

function isDone(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
