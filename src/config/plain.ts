import { profileNames } from '../dan/profile.ts';
import { macvtapModes } from '../kinds/macvtap-mode.ts';
import { parseInterfaceAddress, parseNetwork } from '../model/cidr.ts';
import { parseInterfaceName } from '../model/interface-name.ts';
import { parseIp } from '../model/ip.ts';
import { parseMac } from '../model/mac.ts';
import { parseMtu } from '../model/mtu.ts';
import { parseOvsDatabase } from '../model/ovs.ts';
import type { Parsed } from '../model/parsed.ts';
import { parseQueuePairs, parseQueueSize } from '../model/queues.ts';
import { parseSocketDirectory, parseSocketPath } from '../model/socket-path.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import type { NetworkDocument } from './schema.ts';
import {
  absolutePath,
  defaults,
  parseNeighborAddress,
  parsePluginType,
  parseTrunk,
  ranges,
  routeScopes,
  words,
} from './values.ts';

/** What a reader returns of a value that it does not take. */
const refused = Symbol('refused');

/** Reads one value: what it means, or {@link refused}. */
type Reader = (value: unknown) => unknown;

const parsed =
  <T>(parse: (value: unknown) => Parsed<T>): Reader =>
  (value) => {
    const outcome = parse(value);
    return outcome.ok ? outcome.value : refused;
  };

const taken =
  (isTaken: (value: unknown) => boolean): Reader =>
  (value) =>
    isTaken(value) ? value : refused;

const oneOf = (values: readonly unknown[]): Reader => taken((value) => values.includes(value));

const whole = ([least, most]: readonly [number, number]): Reader =>
  taken((value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most);

const path = taken((value) => typeof value === 'string' && absolutePath.test(value));

const list =
  (element: Reader): Reader =>
  (value) => {
    if (!Array.isArray(value)) return refused;
    const made = value.map(element);
    return made.includes(refused) ? refused : made;
  };

// JavaScript does not set a key of this name like another.
const object = taken((value) => isObject(value) && !Object.hasOwn(value, '__proto__'));

const objectOrNull: Reader = (value) => (value === null ? null : object(value));

/** Reads an object of which every key is known, and those are there that have to be. */
const keyed =
  (readers: Readonly<Record<string, Reader>>, required: readonly string[] = []): Reader =>
  (value) => {
    if (!isObject(value)) return refused;
    const made: Record<string, unknown> = {};
    for (const [key, one] of Object.entries(value)) {
      const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
      const read = reader === undefined || one === undefined ? refused : reader(one);
      if (read === refused) return refused;
      made[key] = read;
    }
    return required.every((key) => Object.hasOwn(made, key)) ? made : refused;
  };

const flag = taken((value) => typeof value === 'boolean');

const anything: Reader = (value) => value;

const ipam = taken(
  (value) =>
    object(value) !== refused &&
    isObject(value) &&
    (!Object.hasOwn(value, 'type') || parsePluginType(value['type']).ok),
);

const route = keyed(
  {
    dst: parsed(parseNetwork),
    gw: parsed(parseIp),
    mtu: parsed(parseMtu),
    scope: oneOf(routeScopes),
    source: parsed(parseIp),
    priority: taken(Number.isSafeInteger),
  },
  ['dst'],
);

const neighbor = keyed(
  {
    address: parsed(parseNeighborAddress),
    mac: parsed(parseMac),
    state: whole(ranges.neighborBits),
    flags: whole(ranges.neighborBits),
  },
  ['address', 'mac'],
);

const bridge = parsed(parseInterfaceName);

const network = keyed({
  device: oneOf(words.device),
  runtime: oneOf(profileNames),
  danConf: path,
  kataConfig: path,
  mtu: parsed(parseMtu),
  mac: parsed(parseMac),
  queues: parsed(parseQueuePairs),
  queueSize: parsed(parseQueueSize),
  bridge: (value) => (value === null ? null : bridge(value)),
  master: parsed(parseInterfaceName),
  mode: oneOf(macvtapModes),
  vlan: whole(ranges.vlan),
  trunk: parsed(parseTrunk),
  ovs: keyed({ db: parsed(parseOvsDatabase) }, ['db']),
  socketPath: parsed(parseSocketPath),
  socketDir: parsed(parseSocketDirectory),
  owner: whole(ranges.user),
  group: whole(ranges.user),
  addresses: list(parsed(parseInterfaceAddress)),
  routes: list(route),
  neighbors: list(neighbor),
  defaultRoute: flag,
  commandTimeout: whole(ranges.commandTimeout),
  logFile: path,
  logLevel: oneOf(words.logLevel),
  cniVersion: anything,
  cniVersions: anything,
  name: anything,
  type: anything,
  capabilities: anything,
  disableCheck: anything,
  disableGC: anything,
  prevResult: anything,
  args: objectOrNull,
  runtimeConfig: objectOrNull,
  ipam,
  dns: object,
});

/**
 * Reads a configuration without the schema, which takes a seventh of an ADD's time to load. What it takes, the schema takes
 * too, and makes the same of it. Anything else is undefined: the schema decides, and says what is wrong.
 */
export function readPlain(known: JsonObject): NetworkDocument | undefined {
  const read = network(known);
  return read === refused ? undefined : ({ ...defaults, ...(read as object) } as unknown as NetworkDocument);
}
