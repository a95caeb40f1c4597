import * as z from 'zod/mini';
import { profileFault, profileNames } from '../dan/profile.ts';
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
import {
  absolutePath as absolutePathForm,
  defaults,
  parseNeighborAddress,
  parsePluginType,
  parseTrunk,
  ranges,
  routeScopes,
  words,
} from './values.ts';

/** A value with a parser of its own: the parser's refusal becomes the message. */
function value<T>(parse: (input: unknown) => Parsed<T>) {
  return z.pipe(
    z.unknown(),
    z.transform((input, context): T => {
      const parsed = parse(input);
      if (parsed.ok) return parsed.value;
      context.issues.push({ code: 'custom', message: parsed.why, input });
      return z.NEVER;
    }),
  );
}

const whole = ([least, most]: readonly [number, number], what: string) => {
  const message = `must be ${what}, ${least} to ${most}`;
  return z.int({ error: message }).check(z.gte(least, { error: message }), z.lte(most, { error: message }));
};

const absolutePath = z
  .string({ error: 'must be a string' })
  .check(z.regex(absolutePathForm, { error: 'must be an absolute path without ".."' }));

const oneOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  z.enum(names, { error: `must be one of ${names.join(', ')}` });

const flag = z.boolean({ error: 'must be true or false' });
const idOfUser = whole(ranges.user, 'a numeric id');

const route = z.strictObject(
  {
    dst: value(parseNetwork),
    gw: z.optional(value(parseIp)),
    mtu: z.optional(value(parseMtu)),
    scope: z.optional(z.literal(routeScopes, { error: 'must be 0 (anywhere) or 253 (on the link)' })),
    source: z.optional(value(parseIp)),
    priority: z.optional(z.int({ error: 'must be a whole number' })),
  },
  { error: 'must be an object' },
);

const neighbor = z.strictObject(
  {
    address: value(parseNeighborAddress),
    mac: value(parseMac),
    state: z.optional(whole(ranges.neighborBits, "rtnetlink's neighbor state")),
    flags: z.optional(whole(ranges.neighborBits, "rtnetlink's neighbor flags")),
  },
  { error: 'must be an object' },
);

const ovs = z.strictObject({ db: value(parseOvsDatabase) }, { error: 'must be an object' });

const list = <T extends z.core.$ZodType>(element: T) => z.array(element, { error: 'must be a list' });

/** The keys of a network configuration that are dan's own. A test holds `docs/configuration.md` against them. */
export const ownKeys = {
  device: z._default(oneOf(words.device), defaults.device),
  runtime: z._default(z.enum(profileNames, { error: ({ input }) => profileFault(input) }), defaults.runtime),
  danConf: z.optional(absolutePath),
  kataConfig: z.optional(absolutePath),
  mtu: z.optional(value(parseMtu)),
  mac: z.optional(value(parseMac)),
  queues: z.optional(value(parseQueuePairs)),
  queueSize: z.optional(value(parseQueueSize)),
  bridge: z.optional(z.nullable(value(parseInterfaceName))),
  master: z.optional(value(parseInterfaceName)),
  mode: z.optional(oneOf(macvtapModes)),
  vlan: z.optional(whole(ranges.vlan, 'a VLAN id')),
  trunk: z.optional(value(parseTrunk)),
  ovs: z.optional(ovs),
  socketPath: z.optional(value(parseSocketPath)),
  socketDir: z.optional(value(parseSocketDirectory)),
  owner: z.optional(idOfUser),
  group: z.optional(idOfUser),
  addresses: z._default(list(value(parseInterfaceAddress)), [...defaults.addresses]),
  routes: z._default(list(route), [...defaults.routes]),
  neighbors: z._default(list(neighbor), [...defaults.neighbors]),
  defaultRoute: z._default(flag, defaults.defaultRoute),
  commandTimeout: z._default(whole(ranges.commandTimeout, 'a number of seconds'), defaults.commandTimeout),
  logFile: z.optional(absolutePath),
  logLevel: z._default(oneOf(words.logLevel), defaults.logLevel),
};

const anyObject = z.record(z.string(), z.unknown(), { error: 'must be an object' });

const anything = z.optional(z.unknown());

/** Keys of the CNI spec, and those that libcni and runtimes add. */
const specKeys = {
  cniVersion: anything,
  cniVersions: anything,
  name: anything,
  type: anything,
  capabilities: anything,
  disableCheck: anything,
  disableGC: anything,
  prevResult: anything,
  args: z.optional(z.nullable(anyObject)),
  runtimeConfig: z.optional(z.nullable(anyObject)),
  ipam: z.optional(z.looseObject({ type: z.optional(value(parsePluginType)) }, { error: 'must be an object' })),
  dns: z.optional(anyObject),
};

/** A network configuration: keys that nobody knows are refused, so that a typo is never a setting without effect. */
export const networkSchema = z.strictObject({ ...ownKeys, ...specKeys });

/** The keys that are known in a place of a configuration, given by its path. */
export function knownKeys([first]: readonly PropertyKey[]): readonly string[] {
  if (first === 'routes') return Object.keys(route.shape);
  if (first === 'ovs') return Object.keys(ovs.shape);
  return first === 'neighbors' ? Object.keys(neighbor.shape) : Object.keys(networkSchema.shape);
}

/** What {@link networkSchema} makes of a configuration. */
export type NetworkDocument = z.infer<typeof networkSchema>;
