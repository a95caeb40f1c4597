import type { KernelNeighbor, KernelRoute, Ingress, IngressFilter, PodView } from '../../model/pod-view.ts';
import { type InterfaceName, parseInterfaceName } from '../../model/interface-name.ts';
import type { Where } from '../../model/operation.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { numberOf, textOf } from './json.ts';
import { isNamed, toLink } from './links.ts';
import { runForJson } from './read.ts';
import { commandIn, type Site } from '../site.ts';

/** Reads links, addresses, routes of both families and permanent neighbors of the pod's namespace, with one process. */
export async function readPod(site: Site): Promise<PodView> {
  // Only without a table would `ip` print IPv4 alone.
  const input = 'addr show\nroute show table all\nneigh show nud permanent\n';
  const [path, args, options] = commandIn('pod', site, 'ip', ['-j', '-d', '-batch', '-']);
  return toPodView(await runForJson(path, args, { ...options, input, timeoutSeconds: site.timeoutSeconds }));
}

/** Reads the answers about links with their addresses, routes and neighbors. */
export function toPodView(answers: readonly (readonly JsonObject[])[]): PodView {
  const [links = [], routes = [], neighbors = []] = answers;
  return {
    links: links.filter(isNamed).map(toLink),
    routes: routes.map(toRoute),
    neighbors: neighbors.map(toNeighbor),
  };
}

/** Reads what stands at a link's ingress, with one `tc` process. A link that does not exist has nothing there. */
export async function readIngress(link: string, where: Where, site: Site): Promise<Ingress> {
  const input = `qdisc show dev ${link}\nfilter show dev ${link} ingress\n`;
  const [path, args, options] = commandIn(where, site, 'tc', ['-j', '-force', '-batch', '-']);
  return toIngress((await runForJson(path, args, { ...options, input, timeoutSeconds: site.timeoutSeconds })).flat());
}

/** Reads the answers about queueing disciplines and filters of a link. */
export function toIngress(all: readonly JsonObject[]): Ingress {
  const kinds = all.filter((answer) => answer['options'] !== undefined || answer['handle'] !== undefined);
  return {
    disciplines: kinds.map(({ kind }) => String(kind)).filter((kind) => kind === 'ingress' || kind === 'clsact'),
    filters: all.filter((answer) => isObject(answer['options']) && answer['pref'] !== undefined).flatMap(toFilter),
  };
}

/** The links of the pod that have a queueing discipline at their ingress, and names that are safe on a batch line. */
export async function linksWithIngress(site: Site): Promise<readonly InterfaceName[]> {
  const [path, args, options] = commandIn('pod', site, 'tc', ['-j', 'qdisc', 'show']);
  const answers = await runForJson(path, args, { ...options, timeoutSeconds: site.timeoutSeconds });
  const names = answers.flat().flatMap(({ kind, dev }) => (kind === 'ingress' ? [parseInterfaceName(dev)] : []));
  return names.flatMap((name) => (name.ok ? [name.value] : []));
}

function toRoute(route: JsonObject): KernelRoute {
  const destination = String(route['dst']);
  const gateway = textOf(route['gateway']);
  const flags: readonly unknown[] = Array.isArray(route['flags']) ? route['flags'] : [];
  const metrics: readonly unknown[] = Array.isArray(route['metrics']) ? route['metrics'] : [];
  const nextHops = (Array.isArray(route['nexthops']) ? route['nexthops'] : []).filter(isObject);
  const mtu = metrics.filter(isObject).find((metric) => metric['mtu'] !== undefined);
  return {
    destination,
    // For a default route the text alone does not tell, but every IPv6 route that `ip -d` prints has a preference.
    family: destination.includes(':') || route['pref'] !== undefined ? 6 : 4,
    links: [route['dev'], ...nextHops.map((hop) => hop['dev'])].filter((name) => typeof name === 'string'),
    gateway,
    protocol: textOf(route['protocol']) ?? '',
    type: textOf(route['type']) ?? 'unicast',
    table: textOf(route['table']) ?? 'main',
    scope: textOf(route['scope']) ?? 'global',
    metric: numberOf(route['metric']),
    source: textOf(route['prefsrc']),
    onlink: flags.includes('onlink'),
    mtu: mtu === undefined ? undefined : numberOf(mtu['mtu']),
    unsupported: unsupported(route),
    ...(route['expires'] === undefined ? {} : { expires: true }),
  };
}

function unsupported(route: JsonObject): string | undefined {
  if (route['nexthops'] !== undefined) return 'several next hops';
  if (route['via'] !== undefined) return 'a next hop of the other IP version';
  return route['encap'] === undefined ? undefined : 'an encapsulation';
}

function toNeighbor(neighbor: JsonObject): KernelNeighbor {
  return { address: String(neighbor['dst']), link: String(neighbor['dev']), mac: String(neighbor['lladdr']) };
}

function toFilter(answer: JsonObject): IngressFilter[] {
  const options = isObject(answer['options']) ? answer['options'] : {};
  // u32 prints its hash tables too; only what matches counts.
  if (answer['kind'] === 'u32' && options['match'] === undefined) return [];
  const actions: readonly unknown[] = Array.isArray(options['actions']) ? options['actions'] : [];
  const redirect = actions.filter(isObject).find((action) => action['kind'] === 'mirred');
  return [
    {
      kind: String(answer['kind']),
      name: textOf(options['bpf_name']),
      preference: numberOf(answer['pref']),
      redirectsTo: textOf(redirect?.['to_dev']),
      cookie: textOf(redirect?.['cookie']),
    },
  ];
}
