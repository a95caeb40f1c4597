import { elementsIn, isObject, type JsonObject } from '../json/object.ts';
import { type Check, faultyKey, like, listOf, type Shape, text } from '../json/shape.ts';
import { shortened } from './error.ts';
import { type CniVersion, isAtLeast } from './version.ts';

/** An interface of a CNI result, in the shape of spec 1.1.0. */
export interface ResultInterface {
  readonly name: string;
  readonly mac?: string;
  /** Bytes. */
  readonly mtu?: number;
  /** CNI_NETNS for an interface in the sandbox; left out for one on the host. */
  readonly sandbox?: string;
  /** Path of a vhost-user socket. */
  readonly socketPath?: string;
  readonly pciID?: string;
}

/** An address of a CNI result; `interface` is an index into the result's interfaces. */
export interface ResultAddress {
  readonly address: string;
  readonly gateway?: string;
  readonly interface?: number;
}

/** A route of a CNI result. All members but `dst` and `gw` exist only since 1.1.0. */
export interface ResultRoute {
  readonly dst: string;
  readonly gw?: string;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
}

/** DNS settings of a CNI result, passed through to the runtime. */
export interface ResultDns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

/** The result of an ADD, of an IPAM plugin, or a `prevResult`. */
export interface Result {
  readonly interfaces: readonly ResultInterface[];
  readonly ips: readonly ResultAddress[];
  readonly routes: readonly ResultRoute[];
  readonly dns: ResultDns;
}

// A member that is null counts as left out.
const given =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);
const texts = (...keys: readonly string[]): Shape => Object.fromEntries(keys.map((key) => [key, given(text)]));
const integers = (...keys: readonly string[]): Shape =>
  Object.fromEntries(keys.map((key) => [key, given(Number.isInteger)]));
const all = (shape: Shape): Check => given(listOf(like(shape)));

/** The types of a result's parts: spec 1.1.0, section "ADD Success". */
const resultShape: Shape = {
  interfaces: all({ ...texts('name', 'mac', 'sandbox', 'socketPath', 'pciID'), ...integers('mtu') }),
  ips: all({ ...texts('address', 'gateway'), ...integers('interface') }),
  routes: all({ ...texts('dst', 'gw'), ...integers('mtu', 'advmss', 'priority', 'table', 'scope') }),
  dns: given(
    like({
      ...texts('domain'),
      nameservers: given(listOf(text)),
      search: given(listOf(text)),
      options: given(listOf(text)),
    }),
  ),
};

/** A clause that says why a value (neither undefined nor null) is no CNI result; undefined if it is one. */
export function resultFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'must be an object';
  const key = faultyKey(value, resultShape);
  if (key === undefined) return undefined;
  const found = shortened(JSON.stringify(value[key]), mostShown);
  return `must be a CNI result, but its "${key}" is ${found}`;
}

/** The most characters of a faulty value that a message quotes. */
const mostShown = 300;

/**
 * Reads a result of any version from 0.3.0 on, as IPAM plugins and runtimes give it. Missing or null parts become
 * empty. A member that is null or an empty string counts as left out, and so does the index of an interface that does
 * not exist. An entry without its name, address or destination is dropped. Other values are not checked; their users
 * parse them.
 */
export function readResult(value: unknown): Result {
  const document = isObject(value) ? value : {};
  const { dns } = document;
  const listed = elementsIn(document['interfaces']);
  const interfaces = listed.filter((one): one is JsonObject => isNamed(one, 'name'));
  const places = new Map<unknown, number>(interfaces.map((one, at) => [one, at]));
  const placeOf = (index: unknown): number => (typeof index === 'number' ? (places.get(listed[index]) ?? -1) : -1);
  return {
    interfaces: interfaces.map(givenOf) as unknown as readonly ResultInterface[],
    ips: objects(document['ips'], 'address').map(({ interface: index, ...ip }) => {
      const place = placeOf(index);
      return place < 0 ? ip : { ...ip, interface: place };
    }) as unknown as readonly ResultAddress[],
    routes: objects(document['routes'], 'dst') as unknown as readonly ResultRoute[],
    dns: isObject(dns) ? givenOf(dns) : {},
  };
}

/** The addresses whose `interface` refers to an interface that the result does not have. */
export function strayAddresses(value: unknown): readonly string[] {
  const document = isObject(value) ? value : {};
  const known = readResult(value).ips;
  return objects(document['ips'], 'address').flatMap(({ interface: index, address }, at) =>
    index === undefined || known[at]?.interface !== undefined ? [] : [String(address)],
  );
}

/**
 * The result as a JSON value in the shape of the given version: fields of later versions are left out, and 0.x gets
 * `ips[].version`.
 */
export function toVersion(result: Result, cniVersion: CniVersion): object {
  const full = isAtLeast(cniVersion, '1.1.0');
  const numbered = !isAtLeast(cniVersion, '1.0.0');
  return {
    cniVersion,
    interfaces: full
      ? result.interfaces
      : result.interfaces.map(({ mtu: _m, socketPath: _s, pciID: _p, ...old }) => old),
    ips: result.ips.map((ip) => (numbered ? { version: ip.address.includes(':') ? '6' : '4', ...ip } : ip)),
    routes: full ? result.routes : result.routes.map(({ dst, gw }) => (gw === undefined ? { dst } : { dst, gw })),
    dns: result.dns,
  };
}

function objects(value: unknown, key: string): readonly JsonObject[] {
  return elementsIn(value)
    .filter((one) => isNamed(one, key))
    .map(givenOf);
}

function isNamed(value: unknown, key: string): value is JsonObject {
  const text = isObject(value) ? value[key] : undefined;
  return typeof text === 'string' && text !== '';
}

// Go writes a member without a value as null or as an empty string if the plugin's type has no "omitempty".
function givenOf(object: JsonObject): JsonObject {
  const members = Object.entries(object);
  const given = members.filter(([, value]) => value !== null && value !== '');
  return given.length === members.length ? object : Object.fromEntries(given);
}
