import type { Link } from '../../model/link.ts';
import type { PodView } from '../../model/pod-view.ts';
import { toAddressAnswer, toNeighbor } from './addresses.ts';
import { type LinkAnswer, linkAnswers, toIndex } from './links.ts';
import { parametersOf, traitsOf } from './marks.ts';
import type { Message } from './message.ts';
import { isMadeForAddress, toRoute } from './routes.ts';

/** A link with the name of its master. */
export function toLink({ link, master }: LinkAnswer, nameOf: (index: number) => string): Link {
  return { ...link, master: master === undefined ? undefined : nameOf(master), addresses: [] };
}

/**
 * The names of links by index. An unknown link is named as `ip` names it, like `if5`. Index 0 stands for the missing
 * target of a redirect.
 */
export function namesOf(answers: readonly LinkAnswer[]): (index: number) => string {
  const names = new Map(answers.map(({ link }) => [link.index, link.name]));
  return (index) => (index === 0 ? '*' : (names.get(index) ?? `if${index}`));
}

/** The kernel's answers about a pod's namespace. */
type PodAnswers = Readonly<Record<'links' | 'addresses' | 'routes' | 'neighbors', readonly Message[]>>;

/** What a pod's namespace holds. The link `taken` also has its traits and parameters. */
export function toPodView({ links, addresses, routes, neighbors }: PodAnswers, taken?: string): PodView {
  const answers = linkAnswers(links);
  const nameOf = namesOf(answers);
  const told = addresses.map(toAddressAnswer).filter((answer) => answer !== undefined);
  return {
    links: answers.map((answer) => ({
      ...toLink(answer, nameOf),
      ...(answer.link.name === taken ? marksOf(answer.link, links) : {}),
      addresses: told.filter(({ link }) => link === answer.link.index).map(({ address }) => address),
    })),
    routes: routes.flatMap((route) => (isMadeForAddress(route) ? [] : (toRoute(route, nameOf) ?? []))),
    neighbors: neighbors.map((one) => toNeighbor(one, nameOf)).filter((one) => one !== undefined),
  };
}

/** The index of `lo` in every namespace. */
const loopback = 1;

function marksOf({ index, name }: LinkAnswer['link'], links: readonly Message[]): Pick<Link, 'parameters' | 'traits'> {
  const own = links.find((message) => toIndex(message) === index);
  const usual = links.find((message) => toIndex(message) === loopback);
  if (own === undefined || usual === undefined) return {};
  return { traits: traitsOf(own), parameters: parametersOf(name, own, usual) };
}
