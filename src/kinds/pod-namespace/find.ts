import { danError } from '../../model/error.ts';
import type { Link, LinkAddress } from '../../model/link.ts';
import type { KernelRoute, PodPolicy, PodView } from '../../model/pod-view.ts';
import { type FoundRow, rows } from './rows.ts';

/** Something in the pod's namespace that the guest would not get in the same form. */
export interface Finding {
  readonly row: FoundRow;
  /** A clause that says what was seen. Its subject may be the link. */
  readonly seen: string;
}

const dropping = ['blackhole', 'unreachable', 'prohibit', 'throw'];

/** Queue lengths that the kernel or a plugin gives a link by default. */
const usualQueues = [0, 1000];

/** What a guest that takes over a link would lose or get in another form. Pure. */
export function findingsOf(link: Link, pod: PodView, policy: PodPolicy): readonly Finding[] {
  return [
    ...ofAddresses(link, pod.routes),
    ...ofRoutes(link, pod.routes),
    ...ofPolicy(link, pod.routes, policy),
    ...ofLink(link),
  ];
}

/** Whether the kernel made an address from a router's prefix: then the guest hears the router itself. */
export function isOfRouter({ cidr, dynamic, ofRouter }: LinkAddress, routes: readonly KernelRoute[]): boolean {
  if (ofRouter === true) return true;
  return (
    dynamic === true && cidr.includes(':') && cidr.endsWith('/64') && routes.some(({ protocol }) => protocol === 'ra')
  );
}

/** The routes that a guest gets from a link: those of the main table, except for those that it hears about itself. */
export function ownRoutes(link: Link, routes: readonly KernelRoute[]): readonly KernelRoute[] {
  return routes.filter(
    (route) =>
      isOver(link, route) &&
      route.table === 'main' &&
      route.type === 'unicast' &&
      !['ra', 'redirect'].includes(route.protocol),
  );
}

// Whether the guest's kernel makes the route itself, or hears about it.
function isOfKernel({ protocol }: KernelRoute): boolean {
  return ['kernel', 'ra', 'redirect'].includes(protocol);
}

function ofAddresses({ addresses }: Link, routes: readonly KernelRoute[]): readonly Finding[] {
  const those = (row: FoundRow, what: string, wanted: (address: LinkAddress) => boolean): readonly Finding[] => {
    const found = addresses.filter((address) => !isOfRouter(address, routes) && wanted(address));
    return found.length === 0 ? [] : [{ row, seen: `${what} ${found.map(({ cidr }) => cidr).join(', ')}` }];
  };
  return [
    ...those('address-duplicate', 'somebody else has its address', ({ dadFailed }) => dadFailed === true),
    ...those('address-expires', 'it has a lifetime for its address', ({ dynamic }) => dynamic === true),
    ...those(
      'address-deprecated',
      'it has deprecated its address',
      ({ deprecated, dynamic }) => deprecated === true && dynamic !== true,
    ),
  ];
}

function ofRoutes(link: Link, routes: readonly KernelRoute[]): readonly Finding[] {
  const own = ownRoutes(link, routes);
  const made = own.filter((route) => !isOfKernel(route));
  const worse = worseAmong(own);
  const here = made.filter((route) => !worse(route));
  // A route without a reported link may belong to any link.
  const untold = routes.filter((route) => route.links.length === 0 && route.table === 'main' && !isOfKernel(route));
  const tuned = here.flatMap(({ destination, tuning = [] }): readonly Finding[] =>
    tuning.length === 0 ? [] : [{ row: 'route-tuning', seen: `its route to ${destination} has ${tuning.join(', ')}` }],
  );
  const several = link.addresses.filter(({ cidr, scope }) => cidr.includes(':') && scope !== 'link').length > 1;
  return [
    ...[...here, ...untold].flatMap(({ destination, unsupported }): readonly Finding[] =>
      unsupported === undefined ? [] : [{ row: 'route-form', seen: `its route to ${destination} has ${unsupported}` }],
    ),
    ...tuned,
    ...routesFound(
      'route-expires',
      'it has a lifetime for its route',
      here.filter(({ expires }) => expires === true),
    ),
    ...routesFound('route-worse', 'it has another, better route', made.filter(worse)),
    ...routesFound(
      'route-source',
      'it has a source for its route',
      several ? here.filter(({ family, source }) => family === 6 && source !== undefined) : [],
    ),
  ];
}

function routesFound(row: FoundRow, what: string, found: readonly KernelRoute[]): readonly Finding[] {
  return found.length === 0 ? [] : [{ row, seen: `${what} to ${destinationsOf(found)}` }];
}

/**
 * Returns whether a route is worse than another one to the same destination: that one has a smaller metric, or the same
 * metric and comes first, since the kernel uses the first. All routes belong to one link, in the main table.
 */
export function worseAmong(routes: readonly KernelRoute[]): (route: KernelRoute) => boolean {
  const best = new Map<string, KernelRoute>();
  const keyOf = ({ family, destination }: KernelRoute): string => `${family} ${destination}`;
  for (const route of routes) {
    const before = best.get(keyOf(route));
    if (before === undefined || route.metric < before.metric) best.set(keyOf(route), route);
  }
  return (route) => best.get(keyOf(route)) !== route;
}

function ofPolicy(
  link: Link,
  routes: readonly KernelRoute[],
  { rules, proxied, nftables, iptables }: PodPolicy,
): readonly Finding[] {
  const led = new Set(rules.map(({ table, family }) => `${family} ${String(table)}`));
  const isReached = ({ table, family }: KernelRoute): boolean => table === 'main' || led.has(`${family} ${table}`);
  const made = routes.filter((route) => !isOfKernel(route));
  const drops = made.filter((route) => dropping.includes(route.type) && isReached(route));
  const types = made.filter(({ type }) => type !== 'unicast' && !dropping.includes(type));
  const others = made.filter(
    (route) => route.type === 'unicast' && route.table !== 'main' && isOver(link, route) && isReached(route),
  );
  const tables = [...Map.groupBy(others, ({ table }) => table)];
  return [
    ...tables.map(([table, ofTable]): Finding => {
      const there = destinationsOf(ofTable);
      return { row: 'table-by-rule', seen: `its routes to ${there} are in table ${table}, to which a rule leads` };
    }),
    ...drops.map(
      ({ type, destination }): Finding => ({
        row: 'route-drops',
        seen: `the namespace has a route of the type ${type} to ${destination}`,
      }),
    ),
    ...types.map(
      ({ type, destination }): Finding => ({
        row: 'route-type',
        seen: `the namespace has a route of the type ${type} to ${destination}`,
      }),
    ),
    ...rules
      .filter(({ action }) => dropping.includes(action))
      .map(
        ({ action, priority }): Finding => ({
          row: 'rule-drops',
          seen: `the namespace has the rule ${priority} (${action})`,
        }),
      ),
    ...listed('proxy', 'it answers for', proxied),
    ...listed('nftables', 'the namespace has rules of nftables, in', nftables),
    ...listed('iptables', 'the namespace has tables of iptables:', iptables),
  ];
}

function ofLink({ master, traits = [], parameters = [], queueLength }: Link): readonly Finding[] {
  const set = { promiscuous: 'promisc', 'all-multicast': 'allmulticast' } as const;
  const flags = (['promiscuous', 'all-multicast'] as const).filter((trait) => traits.includes(trait));
  return [
    ...(master === undefined ? [] : [{ row: 'link-is-port', seen: `it is a port of ${master}` } as const]),
    ...listed(
      'link-promiscuous',
      'it has the setting',
      flags.map((trait) => set[trait]),
    ),
    ...(traits.includes('no-multicast') ? [{ row: 'link-no-multicast', seen: 'it has multicast off' } as const] : []),
    ...(traits.includes('xdp') ? [{ row: 'xdp', seen: 'it has an XDP program' } as const] : []),
    ...(usualQueues.includes(queueLength)
      ? []
      : [{ row: 'link-queue', seen: `it has the txqueuelen ${queueLength}` } as const]),
    ...listed('link-parameters', 'somebody set', parameters),
  ];
}

function listed(row: FoundRow, what: string, found: readonly string[]): readonly Finding[] {
  return found.length === 0 ? [] : [{ row, seen: `${what} ${found.join(', ')}` }];
}

function isOver({ name }: Link, { links }: KernelRoute): boolean {
  return links.includes(name);
}

function destinationsOf(routes: readonly KernelRoute[]): string {
  return [...new Set(routes.map(({ destination }) => destination))].join(', ');
}

/** A finding in words, with its cure. */
export function findingText({ row, seen }: Finding): string {
  return `${seen}: ${rows[row].why}; ${rows[row].next}`;
}

/** Whether ADD fails because of it. */
export function isRefused({ row }: Finding): boolean {
  return rows[row].verdict === 'refused';
}

/** Refuses a link with findings for which no guest can take it over. Throws `pod-link-unusable`, with all of them. */
export function refuseFindings(link: string, findings: readonly Finding[]): void {
  const refused = findings.filter(isRefused);
  if (refused.length === 0) return;
  throw danError('pod-link-unusable', refusalText(link, refused));
}

/** The message that says why a link of the pod is refused. */
export function refusalText(link: string, refused: readonly Finding[]): string {
  return `${link} in the pod's namespace cannot be attached: ${refused.map(findingText).join('. Also, ')}`;
}

/** What the operator should know about a link that is attached. */
export function warningsOf(link: string, findings: readonly Finding[]): readonly string[] {
  return findings
    .filter((finding) => !isRefused(finding))
    .map((finding) => `${link} in the pod's namespace: ${findingText(finding)}`);
}
