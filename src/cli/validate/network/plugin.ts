import { planNetwork } from '../../../attach/add/allocate.ts';
import { settle } from '../../../attach/settings.ts';
import { missingKeys } from '../../../config/device.ts';
import { describeIssues } from '../../../config/issues.ts';
import type { NetworkConfig } from '../../../config/interpret.ts';
import { withoutForeign } from '../../../config/foreign-keys.ts';
import { readNetwork } from '../../../config/network.ts';
import { knownKeys, networkSchema } from '../../../config/schema.ts';
import { mtuFaults } from '../../../dan/limits.ts';
import { type Profile, profiles } from '../../../dan/profile.ts';
import { exists } from '../../../host/files.ts';
import { kindOf } from '../../../kinds/kinds.ts';
import { danError } from '../../../model/error.ts';
import { deriveNames } from '../../../model/identity.ts';
import type { InterfaceName } from '../../../model/interface-name.ts';
import { ethernetMtu } from '../../../model/mtu.ts';
import type { SandboxId } from '../../../model/sandbox-id.ts';
import type { JsonObject } from '../../../json/object.ts';
import { type Remark, remarksAt } from '../remark.ts';
import { allFaults } from './all-faults.ts';

/** An attachment as there could be one: what is looked at here holds for every other. */
const example = { sandbox: 'example' as SandboxId, ifname: 'eth0' as InterfaceName };

/**
 * Everything that an ADD would refuse of a plugin object of dan, without a look at the node. `document` is what the
 * runtime hands to the plugin: with name and version of the list, and `prevResult` where a plugin is before it.
 */
export function danRemarks(document: JsonObject, where: string): readonly Remark[] {
  const known = withoutForeign(document);
  const parsed = networkSchema.safeParse(known, { reportInput: false });
  const issues = parsed.error?.issues ?? [];
  const remark = remarksAt(where);
  const sound = withoutFaulty(known, issues);
  const missing = issues.length > 0 ? missingKeys(known) : [];
  const lost = kataConfigNotHere(sound);
  return [
    ...issues.map((issue) => refusal(where, describeIssues([issue], known, knownKeys), 'invalid-configuration')),
    ...missing.map(({ fault }) => refusal(where, fault, 'invalid-configuration')),
    ...(lost === undefined ? [] : [remark('note', kataNote(lost))]),
    ...(sound === undefined ? [] : rulesBetweenKeys(sound, where, lost !== undefined)),
  ];
}

function refusal(where: string, text: string, error: string): Remark {
  return { severity: 'error', where, text: text.replace(/^in the network configuration, /, ''), error };
}

// What is left when the keys that are faulty in themselves are taken away. Without its device or reader, all that follows
// would be a guess.
function withoutFaulty(document: JsonObject, issues: readonly Issue[]): JsonObject | undefined {
  const faulty = issues.flatMap(({ path, keys = [] }) => (path.length === 0 ? keys : [String(path[0])]));
  if (faulty.includes('device') || faulty.includes('runtime')) return undefined;
  const rest = Object.fromEntries(Object.entries(document).filter(([key]) => !faulty.includes(key)));
  // The absence of a key is told already.
  const missing = issues.length > 0 ? missingKeys(rest) : [];
  return { ...rest, ...Object.fromEntries(missing.map(({ key, example: value }) => [key, value])) };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}

function kataConfigNotHere(document: JsonObject | undefined): string | undefined {
  const path = document?.['kataConfig'];
  return typeof path === 'string' && !exists(path) ? path : undefined;
}

function kataNote(path: string): string {
  return `"kataConfig" ${path} is not on this machine: what it says of dan_conf, network_queues and the hypervisor was not looked at`;
}

function rulesBetweenKeys(document: JsonObject, where: string, withoutKata: boolean): readonly Remark[] {
  const faults = allFaults(document, (one) => {
    const config = readNetwork(one, { args: new Map(), ifname: example.ifname });
    const profile = withoutKata ? settledWithout(config) : settle(config).profile;
    refuseWhatNoNodeChanges(config, profile, String(document['name']));
  });
  const remarks = faults.map(({ message, name }) => refusal(where, message, name));
  // A message that names several keys comes again with those that are left.
  return remarks.filter(({ text }, at) => !remarks.slice(0, at).some((earlier) => earlier.text.includes(text)));
}

// How many queues the Kata runtime uses is then not known, and only a reader without queue_num depends on it.
function settledWithout({ kataConfig: _unread, ...config }: NetworkConfig): Profile {
  const profile = profiles[config.runtime];
  if (profile.queueNum) settle({ ...config, kataConfig: undefined });
  return profile;
}

// An IPAM plugin, or the link in the pod, brings addresses and gateways that are not known here.
function refuseWhatNoNodeChanges(config: NetworkConfig, profile: Profile, network: string): void {
  const { device, ipamType } = config;
  const kind = kindOf(device);
  if (kind.addresses !== 'own') return;
  const { mtu = ethernetMtu } = kind.wants(device);
  const [tooLarge] = mtuFaults(profile, kind.attachedAs, mtu);
  if (tooLarge !== undefined) throw danError('not-carried-by-profile', tooLarge);
  if (ipamType !== undefined) return;
  const identity = { network, ...example };
  const addresses = config.addresses.map((address) => ({ address }));
  const given = { addresses, routes: [], neighbors: [], dns: {} };
  planNetwork({ config, identity, profile }, { mtu, guestMac: deriveNames(identity).guestMac }, undefined, given);
}
