import { elementsIn, isObject, type JsonObject, numberIn, stringIn } from '../../json/object.ts';
import type { TokenBucket } from '../../model/bandwidth.ts';
import { type Counters, type Link, type LinkCounters, linkDataKeys } from '../../model/link.ts';
import type { Ingress, IngressFilter, KernelNeighbor, KernelRoute, PodView } from '../../model/pod-view.ts';
import { parseIp } from '../../model/ip.ts';
import { type FunctionRow, linkStates, vlanProtocols } from '../../model/virtual-function.ts';
import type { PortVlan } from '../../model/vlan.ts';
import { addressMarks, traitsOf, tuningMarks, unsupportedMark } from './marks.ts';
import type { Answers } from './tools.ts';

// What `ip`, `tc` and `bridge` print with `-j`. Pure.

/** Reads the answers of `ip -j -d link show` or `ip -j -d addr show`. */
export function toLinks(answers: readonly JsonObject[]): readonly Link[] {
  return answers.filter(isNamed).map(toLink);
}

/** Reads one link of such an answer. */
export function toLink(link: JsonObject): Link {
  const info = objectIn(link['linkinfo']);
  const { hairpin } = objectIn(info['info_slave_data']);
  const data: JsonObject = { ...objectIn(info['info_data']), hairpin };
  return {
    index: numberIn(link['ifindex']),
    name: String(link['ifname']),
    altnames: elementsIn(link['altnames']).map(String),
    alias: stringIn(link['ifalias']),
    mac: stringIn(link['address']),
    mtu: numberIn(link['mtu']),
    up: elementsIn(link['flags']).includes('UP'),
    carrier: elementsIn(link['flags']).includes('LOWER_UP'),
    queueLength: numberIn(link['txqlen']),
    master: stringIn(link['master']),
    kind: stringIn(info['info_kind']),
    data: Object.fromEntries(linkDataKeys.filter((key) => data[key] !== undefined).map((key) => [key, data[key]])),
    addresses: objectsIn(link['addr_info']).map((address) => ({
      cidr: `${canonical(address['local'])}/${String(address['prefixlen'])}`,
      scope: String(address['scope']),
      ...(address['dynamic'] === true ? { dynamic: true } : {}),
      ...addressMarks(address),
    })),
  };
}

/** Reads the answers of `ip -j -s link show`. */
export function toCounters(answers: readonly JsonObject[]): ReadonlyMap<string, LinkCounters> {
  return new Map(
    answers.filter(isNamed).map((link) => {
      const stats = objectIn(link['stats64']);
      return [String(link['ifname']), { received: oneWay(stats['rx']), sent: oneWay(stats['tx']) }];
    }),
  );
}

function oneWay(value: unknown): Counters {
  const number = (key: string): number => numberIn(objectIn(value)[key]);
  return { packets: number('packets'), bytes: number('bytes'), errors: number('errors'), dropped: number('dropped') };
}

/**
 * Reads the answers of `ip -j -d` about links with their addresses, routes and neighbors. The link `taken` also gets
 * its traits and the given parameters, which are read separately.
 */
export function toPodView(
  [links = [], routes = [], neighbors = []]: Answers,
  taken?: string,
  parameters: readonly string[] = [],
): PodView {
  return {
    links: links.filter(isNamed).map((link) => ({
      ...toLink(link),
      ...(link['ifname'] === taken ? { traits: traitsOf(link), parameters } : {}),
    })),
    routes: routes.map(toRoute).filter(({ table, protocol }) => table !== 'local' || protocol !== 'kernel'),
    neighbors: neighbors.map(toNeighbor),
  };
}

function toRoute(route: JsonObject): KernelRoute {
  const destination = canonical(route['dst']);
  const metric = objectsIn(route['metrics']).find(({ mtu }) => mtu !== undefined);
  const links = [route['dev'], ...objectsIn(route['nexthops']).map(({ dev }) => dev)];
  return {
    destination,
    // The text `default` does not show the family, but `ip -d` prints a preference for every IPv6 route.
    family: destination.includes(':') || route['pref'] !== undefined ? 6 : 4,
    links: links.filter((name) => typeof name === 'string'),
    gateway: route['gateway'] === undefined ? undefined : canonical(route['gateway']),
    protocol: stringIn(route['protocol']) ?? '',
    type: stringIn(route['type']) ?? 'unicast',
    table: stringIn(route['table']) ?? 'main',
    scope: stringIn(route['scope']) ?? 'global',
    metric: numberIn(route['metric']),
    source: route['prefsrc'] === undefined ? undefined : canonical(route['prefsrc']),
    onlink: elementsIn(route['flags']).includes('onlink'),
    mtu: metric === undefined ? undefined : numberIn(metric['mtu']),
    unsupported: unsupported(route) ?? unsupportedMark(route),
    ...(route['expires'] === undefined ? {} : { expires: true }),
    ...tuningMarks(route),
  };
}

function unsupported(route: JsonObject): string | undefined {
  if (route['nexthops'] !== undefined) return 'several next hops';
  if (route['via'] !== undefined) return 'a next hop of the other IP version';
  return route['encap'] === undefined ? undefined : 'an encapsulation';
}

function toNeighbor(neighbor: JsonObject): KernelNeighbor {
  return { address: canonical(neighbor['dst']), link: String(neighbor['dev']), mac: String(neighbor['lladdr']) };
}

/** Reads the answers of `tc -j` about queueing disciplines and filters of a link. */
export function toIngress(answers: readonly JsonObject[]): Ingress {
  const disciplines = answers.filter(({ options, handle }) => options !== undefined || handle !== undefined);
  return {
    disciplines: disciplines.map(({ kind }) => String(kind)).filter((kind) => kind === 'ingress' || kind === 'clsact'),
    filters: answers.filter(({ options, pref }) => isObject(options) && pref !== undefined).flatMap(toFilter),
  };
}

/** Reads the answer of `tc -j` about a link's root queueing discipline. */
export function toTokenBucket(answers: readonly JsonObject[]): Pick<TokenBucket, 'burst' | 'rate'> | undefined {
  const options = objectIn(answers.find(({ kind, root }) => kind === 'tbf' && root === true)?.['options']);
  const { rate, burst } = options;
  return typeof rate === 'number' && typeof burst === 'number' ? { rate, burst } : undefined;
}

function toFilter({ kind, pref, options }: JsonObject): readonly IngressFilter[] {
  const { match, actions, bpf_name: name } = objectIn(options);
  // `tc` also prints the hash tables of u32. Only entries that match something count.
  if (kind === 'u32' && match === undefined) return [];
  const redirect = objectsIn(actions).find((action) => action['kind'] === 'mirred');
  return [
    {
      kind: String(kind),
      name: stringIn(name),
      preference: numberIn(pref),
      redirectsTo: stringIn(redirect?.['to_dev']),
      cookie: stringIn(redirect?.['cookie']),
      ...(redirect?.['mirred_action'] === 'mirror' ? { mirrors: true } : {}),
    },
  ];
}

/** Reads the answer of `bridge -j vlan show`. */
export function toVlans(answer: readonly JsonObject[]): readonly PortVlan[] {
  return answer.flatMap(({ vlans }) =>
    objectsIn(vlans).map(({ vlan, vlanEnd, flags }) => {
      const [first, set] = [numberIn(vlan), elementsIn(flags)];
      const untagged = set.includes('PVID') && set.includes('Egress Untagged');
      return { first, last: vlanEnd === undefined ? first : numberIn(vlanEnd), untagged };
    }),
  );
}

/** Reads a link's virtual functions from the answer of `ip -j -d link show`. */
export function toFunctions(answer: readonly JsonObject[]): ReadonlyMap<number, FunctionRow> {
  const rows = answer.flatMap(({ vfinfo_list: list }) => objectsIn(list));
  return new Map(
    rows.flatMap(({ vf, address, vlan_list: vlans, rate, spoofchk, trust, link_state }) => {
      if (typeof address !== 'string') return [];
      const [{ vlan, qos, protocol } = {}] = objectsIn(vlans);
      const { min_tx, max_tx } = objectIn(rate);
      const word = (value: unknown): FunctionRow['trust'] =>
        typeof value === 'boolean' ? (value ? 'on' : 'off') : undefined;
      const row: FunctionRow = {
        mac: address,
        vlan: numberIn(vlan),
        vlanQoS: numberIn(qos),
        vlanProto: vlanProtocols.find((name) => name === String(protocol).toLowerCase()) ?? '802.1q',
        spoofchk: word(spoofchk),
        trust: word(trust),
        linkState: linkStates.find((state) => state === link_state),
        minTxRate: numberIn(min_tx),
        maxTxRate: numberIn(max_tx),
      };
      return [[numberIn(vf), row] as const];
    }),
  );
}

// `ip` writes the end of an IPv4-compatible address in dotted decimal (inet_ntop(3)), and a prefix after a network.
function canonical(value: unknown): string {
  const [address = '', ...prefix] = String(value).split('/');
  const ip = parseIp(address);
  return [ip.ok ? ip.value.text : address, ...prefix].join('/');
}

// `ip` prints an empty object for a link that disappeared meanwhile.
function isNamed(link: JsonObject): boolean {
  return typeof link['ifname'] === 'string';
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return elementsIn(value).filter(isObject);
}
