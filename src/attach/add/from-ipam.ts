import { mostElements } from '../../model/most-elements.ts';
import { cidrText, type InterfaceAddress, parseInterfaceAddress, parseNetwork } from '../../model/cidr.ts';
import { danError } from '../../model/error.ts';
import { type Ip, isUnspecified, notUnicast, parseIp } from '../../model/ip.ts';
import { parseMtu } from '../../model/mtu.ts';
import type { Parsed } from '../../model/parsed.ts';
import { linkScope, routeFault, type RouteRequest } from '../../model/route.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { readResult, type Result, type ResultAddress, type ResultRoute } from '../../protocol/result.ts';
import { firstGateways, type GivenNetwork, type GuestAddress, onceEach, resolved } from './addressing.ts';

/** The network that an IPAM plugin gives. */
export interface IpamNetwork extends GivenNetwork {
  /** Sentences that say where the answer deviates from the spec, and how dan read it. */
  readonly warnings: readonly string[];
}

/**
 * Reads the answer of an IPAM plugin. A deviation with only one possible meaning is accepted with a warning. Throws
 * `ipam-plugin-failed` if the answer has another form, has no address (as the plugins of containernetworking do), has a
 * value that no guest can use, or is ambiguous.
 */
export function fromIpam(type: string, answer: JsonObject): IpamNetwork {
  refuseForm(type, answer);
  const result = readResult(answer);
  refuseIncomplete(type, answer, result);
  const warnings: string[] = [];
  const warn = (what: string): void => {
    warnings.push(`the IPAM plugin ${type} ${what}`);
  };
  const valid = <T>(what: string, text: unknown, parsed: Parsed<T>): T => {
    if (parsed.ok) return parsed.value;
    throw ipamFailed(type, `gave the ${what} ${JSON.stringify(text)}, which ${parsed.why}`);
  };
  const readGateway = (text: string | undefined): Ip | undefined =>
    text === undefined ? undefined : valid('gateway', text, parseIp(text));
  const readRouter = ({ address, gateway: text }: ResultAddress, { family }: InterfaceAddress): Ip | undefined => {
    const gateway = readGateway(text);
    if (gateway === undefined) return undefined;
    const what = `gave the address ${address} the gateway ${gateway.text}`;
    if (isUnspecified(gateway)) {
      warn(`${what}, which is taken for none`);
      return undefined;
    }
    if (gateway.family !== family) throw ipamFailed(type, `${what}, which is of the other IP version`);
    const wrong = notUnicast(gateway);
    if (wrong !== undefined) throw ipamFailed(type, `${what}, which ${wrong}`);
    return gateway;
  };
  const readAddress = (one: ResultAddress): GuestAddress => {
    const address = valid('address', one.address, parseInterfaceAddress(one.address));
    return { address, gateway: readRouter(one, address) };
  };
  const readRoute = ({ dst, gw, mtu, scope, priority, table, advmss }: ResultRoute): RouteRequest => {
    if ((advmss ?? 0) !== 0 || ![0, 254].includes(table ?? 0) || ![0, linkScope].includes(scope ?? 0)) {
      throw ipamFailed(type, `gave the route to ${dst} an "advmss", "table" or "scope" that no DAN file can carry`);
    }
    const route: RouteRequest = {
      dst: valid('destination', dst, parseNetwork(dst)),
      gw: readGateway(gw),
      mtu: (mtu ?? 0) === 0 ? undefined : valid('MTU of a route', mtu, parseMtu(mtu)),
      scope: scope === linkScope ? linkScope : undefined,
    };
    if (route.gw !== undefined && isUnspecified(route.gw)) throw ipamFailed(type, unspecifiedGateway(route.gw, dst));
    const fault = routeFault(route, priority);
    if (fault !== undefined) throw ipamFailed(type, `gave an impossible route: ${fault}`);
    return route;
  };
  const addresses = withoutRepeated(type, result.ips.map(readAddress), warn);
  const given = result.routes.map(readRoute);
  const gateways = firstGateways(addresses);
  const routes = onceEach(given, (route) => resolved(route, gateways));
  if (routes.length < given.length) warn('gave a route twice, which is taken once');
  if (result.ips.length === 0) throw ipamFailed(type, 'gave no address, and an interface with "ipam" needs one');
  return { addresses, routes, neighbors: [], dns: result.dns, warnings };
}

// An address that is given twice counts once. It is ambiguous if the two have different prefixes or gateways.
function withoutRepeated(
  type: string,
  addresses: readonly GuestAddress[],
  warn: (what: string) => void,
): readonly GuestAddress[] {
  const first = new Map<string, GuestAddress>();
  for (const one of addresses) {
    const { text } = one.address;
    const other = first.get(text);
    if (other === undefined) {
      first.set(text, one);
      continue;
    }
    const [now, before] = [one, other].map(addressText);
    if (now !== before)
      throw ipamFailed(type, `gave the address ${text} twice, as ${before ?? ''} and as ${now ?? ''}`);
    warn(`gave the address ${text} twice, which is taken once`);
  }
  return [...first.values()];
}

function addressText({ address, gateway }: GuestAddress): string {
  return gateway === undefined ? cidrText(address) : `${cidrText(address)} with the gateway ${gateway.text}`;
}

// Linux takes an unspecified gateway as no gateway. In CNI, a route without one uses the gateway of the address.
function unspecifiedGateway({ text }: Ip, dst: string): string {
  return (
    `gave the route to ${dst} the gateway ${text}, which may mean that the destination is on the link itself ` +
    `("scope": ${linkScope}), or that the gateway is that of the address (no "gw"): let it say which`
  );
}

/** The lists in a result and in its DNS settings. null counts as absent. */
const lists = ['ips', 'routes'] as const;
const dnsLists = ['nameservers', 'search', 'options'] as const;

// dan asks in a version whose result has a list of addresses. The plugin must answer in the same version (spec 1.1.0,
// section "Plugin delegation").
function refuseForm(type: string, answer: JsonObject): void {
  const old = ['ip4', 'ip6'].find((key) => (answer[key] ?? null) !== null);
  if (old !== undefined) {
    throw ipamFailed(type, `gave "${old}", the form of CNI 0.2.0, and was asked in a later one: it is too old`);
  }
  const other = (key: string, value: unknown, form: string): Error =>
    ipamFailed(type, `gave "${key}" ${JSON.stringify(value)}, which must be ${form}`);
  for (const key of lists) {
    const value = answer[key] ?? [];
    if (!Array.isArray(value)) throw other(key, value, 'a list');
    if (value.length > mostElements) {
      throw ipamFailed(type, `gave "${key}" of ${value.length} elements, and dan takes ${mostElements}`);
    }
  }
  const dns = answer['dns'] ?? {};
  if (!isObject(dns)) throw other('dns', dns, 'an object');
  for (const key of dnsLists) {
    const value = dns[key] ?? [];
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
      throw other(`dns.${key}`, value, 'a list of texts');
    }
  }
  const { domain } = dns;
  if (typeof (domain ?? '') !== 'string') throw other('dns.domain', domain, 'a text');
}

// `readResult` drops entries without an address or a destination, so the pod would get less than the plugin gave.
function refuseIncomplete(type: string, answer: JsonObject, result: Result): void {
  for (const [key, what] of [['ips', 'an address'] as const, ['routes', 'a destination'] as const]) {
    const given: readonly unknown[] = Array.isArray(answer[key]) ? answer[key] : [];
    if (given.length > result[key].length) {
      throw ipamFailed(type, `gave "${key}" ${JSON.stringify(given)}, in which an entry lacks ${what}`);
    }
  }
}

function ipamFailed(type: string, what: string): Error {
  return danError('ipam-plugin-failed', `the IPAM plugin ${type} ${what}: correct the "ipam" section of the network`);
}
