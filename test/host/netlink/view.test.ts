import { readInt32 } from '#bytes';
import { describe, expect, it } from 'vitest';
import * as iproute from '../../../src/host/iproute/answers.ts';
import { linkAnswers, mtuOfPort, toCounters } from '../../../src/host/netlink/links.ts';
import { decode, type Message } from '../../../src/host/netlink/message.ts';
import { toIngress, toIngressDiscipline } from '../../../src/host/netlink/traffic-control.ts';
import { namesOf, toLink, toPodView } from '../../../src/host/netlink/view.ts';
import type { JsonObject } from '../../../src/json/object.ts';
import type { PodView } from '../../../src/model/pod-view.ts';
import fixture from './fixtures/reads.json' with { type: 'json' };

interface Case {
  readonly what: string;
  readonly heard: readonly string[];
  readonly printed: readonly (readonly JsonObject[])[];
}

const cases = fixture.cases as unknown as readonly Case[];

/** What `ip` or `tc` received from the kernel for a request, and what it then printed. */
function read(what: string): { readonly heard: readonly Message[]; readonly printed: Case['printed'] } {
  const found = cases.find((one) => one.what === what);
  if (found === undefined) throw new Error(`no fixture of ${what}`);
  return { heard: found.heard.flatMap((hex) => decode(Buffer.from(hex, 'hex'))), printed: found.printed };
}

// `ip` first requests the names of all links.
const lastOf = (messages: readonly Message[]): readonly Message[] => {
  const last = Math.max(...messages.filter(({ type }) => type === 16).map(({ sequence }) => sequence));
  return messages.filter(({ type, sequence }) => type === 16 && sequence === last);
};

/** `ip -j` does not print whether a route's MTU is locked. */
function withoutLocks(view: PodView): PodView {
  const routes = view.routes.map(({ tuning, ...route }) => {
    const printed = tuning?.filter((word) => word !== 'mtu lock') ?? [];
    return printed.length === 0 ? route : { ...route, tuning: printed };
  });
  return { ...view, routes };
}

describe('what ip and tc hear is read as what they print', () => {
  it('links of the host', () => {
    const { heard, printed } = read('links of the host');
    const answers = linkAnswers(lastOf(heard));
    expect(answers.map((answer) => toLink(answer, namesOf(answers)))).toEqual(iproute.toLinks(printed.flat()));
  });

  it('the pod: links, addresses, routes, neighbors', () => {
    const links = read('links of the pod with addresses');
    const routes = read('routes of the pod');
    const neighbors = read('neighbors of the pod');
    const heard = { links: lastOf(links.heard), routes: routes.heard, neighbors: neighbors.heard };
    for (const { link } of linkAnswers(heard.links)) {
      const view = toPodView({ ...heard, addresses: links.heard }, link.name);
      const { parameters } = view.links.find(({ name }) => name === link.name) ?? {};
      const printed = [...links.printed, ...routes.printed, ...neighbors.printed];
      // `ip` does not print the parameters, which are files.
      expect(withoutLocks(view)).toEqual(iproute.toPodView(printed, link.name, parameters));
    }
  });

  it.each(['eth0', 'dummy0'])('the ingress of %s', (link) => {
    const { heard, printed } = read(`ingress of ${link}`);
    const names = namesOf(linkAnswers(read('links of the pod with addresses').heard));
    const index = linkAnswers(read('links of the pod with addresses').heard).find((one) => one.link.name === link);
    const ofLink = heard.filter(({ body }) => body.length > 8 && readInt32(body, 4) === index?.link.index);
    expect(toIngress(ofLink, ofLink, names)).toEqual(iproute.toIngress(printed.flat()));
  });

  it('the links of the pod with an ingress', () => {
    const { heard, printed } = read('queueing disciplines of the pod');
    const names = namesOf(linkAnswers(heard));
    const there = heard.map(toIngressDiscipline).filter((one) => one !== undefined);
    expect(there.map(({ link, kind }) => ({ dev: names(link), kind }))).toEqual(
      printed
        .flat()
        .filter(({ kind }) => kind === 'ingress' || kind === 'clsact')
        .map(({ dev, kind }) => ({ dev, kind })),
    );
  });

  it.each(['br1', 'br2'])('the MTUs of the ports of %s', (bridge) => {
    const { heard, printed } = read('ports of bridges');
    const index =
      linkAnswers(read('links of the host').heard).find(({ link }) => link.name === bridge)?.link.index ?? 0;
    const mtus = printed
      .flat()
      .filter(({ master }) => master === bridge)
      .map(({ mtu }) => mtu);
    expect(mtus).not.toEqual([]);
    expect(heard.map((message) => mtuOfPort(message, index)).filter((mtu) => mtu !== undefined)).toEqual(mtus);
  });

  it('the counters of the host', () => {
    const { heard, printed } = read('counters of the host');
    expect(
      new Map(
        lastOf(heard)
          .map(toCounters)
          .filter((one) => one !== undefined),
      ),
    ).toEqual(iproute.toCounters(printed.flat()));
  });
});

it('a redirect whose target is gone leads to what tc calls it, and a link that nothing tells of has a number', () => {
  expect(namesOf([])(0)).toBe('*');
  expect(namesOf([])(7)).toBe('if7');
});
