import type { Link } from '../../model/link.ts';
import type { Ingress, PodView } from '../../model/pod-view.ts';
import { toAddressAnswer } from './addresses.ts';
import { toFilter, toIngressDiscipline } from './ingress.ts';
import { type LinkAnswer, toLinkAnswer } from './links.ts';
import type { Message } from './message.ts';
import { toNeighbor } from './neighbors.ts';
import { toRoute } from './routes.ts';

/** What the kernel told of a pod's namespace. */
export interface PodAnswers {
  readonly links: readonly Message[];
  readonly addresses: readonly Message[];
  readonly routes: readonly Message[];
  readonly neighbors: readonly Message[];
}

/** The links that messages tell of. */
export function linkAnswers(messages: readonly Message[]): readonly LinkAnswer[] {
  return messages.map(toLinkAnswer).filter((answer) => answer !== undefined);
}

/** A link whose master has a name. */
export function toLink({ link, master }: LinkAnswer, nameOf: (index: number) => string): Link {
  return { ...link, master: master === undefined ? undefined : nameOf(master), addresses: [] };
}

/**
 * The names of links by their numbers. One that nothing was told of has the name that `ip` gives it; 0 is what a redirect
 * has whose target is gone.
 */
export function namesOf(answers: readonly LinkAnswer[]): (index: number) => string {
  const names = new Map(answers.map(({ link }) => [link.index, link.name]));
  return (index) => (index === 0 ? '*' : (names.get(index) ?? `if${index}`));
}

/** What a pod's namespace holds. */
export function toPodView({ links, addresses, routes, neighbors }: PodAnswers): PodView {
  const answers = linkAnswers(links);
  const nameOf = namesOf(answers);
  const told = addresses.map(toAddressAnswer).filter((answer) => answer !== undefined);
  return {
    links: answers.map((answer) => ({
      ...toLink(answer, nameOf),
      addresses: told.filter(({ link }) => link === answer.link.index).map(({ address }) => address),
    })),
    routes: routes.map((route) => toRoute(route, nameOf)).filter((route) => route !== undefined),
    neighbors: neighbors.map((one) => toNeighbor(one, nameOf)).filter((one) => one !== undefined),
  };
}

/** What stands at a link's ingress. */
export function toIngress(
  disciplines: readonly Message[],
  filters: readonly Message[],
  nameOf: (index: number) => string,
): Ingress {
  return {
    disciplines: disciplines
      .map(toIngressDiscipline)
      .filter((one) => one !== undefined)
      .map(({ kind }) => kind),
    filters: filters.map((filter) => toFilter(filter, nameOf)).filter((filter) => filter !== undefined),
  };
}
