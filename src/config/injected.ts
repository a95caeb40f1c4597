import { type JsonObject, isObject } from '../json/object.ts';
import { defaultKind, kindIfNamed } from '../kinds/kinds.ts';
import type { TakenKeys } from '../kinds/taken-keys.ts';
import type { PodSetting } from './pod-settings.ts';

// What clients put into a request in addition to what an operator writes, and what dan does about it. The warnings of
// ADD, the notes of `dan validate` and the table of docs/configuration.md come from this table. src/config/keys.ts
// reads the keys of the configuration itself; here they are only listed for the table.

/** The part of a request that has what a client puts in. */
type InjectedPlace = 'CNI_ARGS' | 'annotation' | 'args.cni' | 'configuration' | 'runtimeConfig';

/**
 * What dan does about it. `done`: dan does what is asked, or passes it to the IPAM plugin. `allowed`: dan does so if
 * the network lets its pods ask (`podMaySet`), and otherwise logs that it does not. `ignored`: dan has no use for it.
 * `warned`: dan cannot do what is asked, and logs that. `refused`: ADD fails.
 *
 * A pod that asks without permission is not refused: Multus puts the MAC and the addresses of its annotation into
 * CNI_ARGS as well as into the `runtimeConfig` that a capability allows, and libcni silently drops what no capability
 * allows. So the pod starts with what its network gives it, and the log says what it did not get.
 */
type Outcome = 'allowed' | 'done' | 'ignored' | 'refused' | 'warned';

/** Something that a client puts in. Texts are Markdown. */
export interface Injected {
  readonly at: InjectedPlace;
  readonly name: string;
  /** The clients that put it in. */
  readonly by: string;
  readonly outcome: Outcome;
  readonly rule: string;
  /** What to do instead, or why dan does not do it. It follows the warning. */
  readonly instead?: string;
  /** The setting that `podMaySet` must have for it. */
  readonly setting?: PodSetting;
}

const portmap = 'put the plugin `portmap` behind dan in the list, and declare the capability there';
const askIpam = 'use an `ipam` plugin, or the capability `ips`';

/** Everything that clients are known to put in. */
export const injected: readonly Injected[] = [
  entry('configuration', 'deviceID', 'Multus, from a device plugin', 'done', 'the virtual function of `vfio`'),
  entry('configuration', 'pciBusID', 'Multus, from a device plugin', 'ignored', 'the same value as `deviceID`'),
  entry('configuration', 'mtu', 'flannel', 'done', "the guest's MTU; flannel puts it in where the delegate has none"),
  entry(
    'configuration',
    'ipMasq',
    'flannel',
    'refused',
    '`false` is taken; `true` is refused: dan makes no rules of NAT',
  ),
  entry(
    'configuration',
    'isGateway',
    'flannel, for `bridge`',
    'refused',
    '`false` is taken; `true` is refused: dan gives a bridge no address',
  ),
  entry('configuration', 'isDefaultGateway', 'lists for `bridge`', 'refused', '`false` is taken; `true` is refused'),
  entry('configuration', 'hairpinMode', 'lists for `bridge`', 'done', 'on a Linux bridge; see [Hairpin](#hairpin)'),
  entry('configuration', 'ipam.ranges', 'flannel', 'done', 'for the IPAM plugin'),
  entry('configuration', 'ipam.routes', 'flannel', 'done', 'for the IPAM plugin, whose answer dan reads'),
  entry('runtimeConfig', 'mac', 'Multus, podman', 'done', 'for a device with a MAC of its own'),
  entry('runtimeConfig', 'ips', 'Multus, podman', 'done', 'fixed addresses; with `ipam`, the plugin reads them itself'),
  entry('runtimeConfig', 'dns', 'containerd', 'done', "the result's DNS settings"),
  entry('runtimeConfig', 'vhostUserSocket', 'a network operator', 'done', 'the path of the socket'),
  entry('runtimeConfig', 'ipRanges', 'containerd', 'done', 'for the IPAM plugin, which reads it itself'),
  entry('runtimeConfig', 'portMappings', 'containerd, CRI-O, Multus', 'warned', '', portmap),
  entry(
    'runtimeConfig',
    'bandwidth',
    'containerd, CRI-O, Multus',
    'done',
    "limits of the pod's rates, where the network has no `bandwidth`; where the device cannot keep them, ADD fails; see [the guide](guides/bandwidth.md)",
  ),
  entry('runtimeConfig', 'infinibandGUID', 'Multus', 'warned', '', "the guest's device is one of Ethernet"),
  entry('runtimeConfig', 'aliases', 'podman', 'warned', '', 'put a plugin that answers names behind dan in the list'),
  entry('runtimeConfig', 'deviceID', 'Multus, from a device plugin', 'done', 'the same, which counts first'),
  entry(
    'runtimeConfig',
    'CNIDeviceInfoFile',
    'Multus',
    'ignored',
    'dan writes no such file, and Multus does without it',
  ),
  entry('runtimeConfig', 'cgroupPath', 'containerd', 'ignored', "nothing of a guest's device depends on it"),
  entry(
    'runtimeConfig',
    'io.kubernetes.cri.pod-annotations',
    'containerd',
    'ignored',
    'no setting of dan is an annotation of a pod',
  ),
  ofPod('mac', 'args.cni', 'mac', 'Multus, `cni-args`', 'for a device with a MAC of its own'),
  ofPod('ips', 'args.cni', 'ips', 'Multus, `cni-args`', 'fixed addresses; with `ipam`, the plugin reads them itself'),
  ofPod(
    'vhostUserSocket',
    'args.cni',
    'vhostUserSocket',
    'Multus, `cni-args`',
    'the name of the socket in `socketDir`; a `socketPath` of the network counts before it',
  ),
  ofPod('mac', 'CNI_ARGS', 'MAC', 'Multus, podman, older clients', 'for a device with a MAC of its own'),
  ofPod(
    'ips',
    'CNI_ARGS',
    'IP',
    'Multus, podman, older clients',
    'for the IPAM plugin; without `ipam`, ADD warns',
    askIpam,
  ),
  ofPod('ips', 'CNI_ARGS', 'GATEWAY', 'older clients', 'for the IPAM plugin; without `ipam`, ADD warns', askIpam),
  entry('CNI_ARGS', 'IgnoreUnknown', 'all', 'ignored', 'dan never fails over an argument that it does not know'),
  entry(
    'CNI_ARGS',
    'K8S_POD_NAMESPACE',
    'Kubernetes',
    'done',
    'marks the port of an Open vSwitch, and names the pod in metrics',
  ),
  entry('CNI_ARGS', 'K8S_POD_NAME', 'Kubernetes', 'done', 'the same'),
  entry('CNI_ARGS', 'K8S_POD_UID', 'Kubernetes', 'done', 'marks the port of an Open vSwitch'),
  entry('CNI_ARGS', 'K8S_POD_INFRA_CONTAINER_ID', 'Kubernetes', 'ignored', 'CNI_CONTAINERID is the sandbox'),
  entry('annotation', 'interface', 'Multus', 'done', 'CNI_IFNAME: the name in the guest'),
  entry('annotation', 'name, namespace', 'Multus', 'ignored', 'the network has the `name` in its configuration'),
  entry(
    'annotation',
    'default-route',
    'Multus',
    'warned',
    'no plugin sees it: CHECK names the routes that Multus moved; see [the guide](guides/multus.md#the-default-route)',
  ),
];

function entry(
  at: InjectedPlace,
  name: string,
  by: string,
  outcome: Outcome,
  rule: string,
  instead?: string,
): Injected {
  return { at, name, by, outcome, rule, ...(instead === undefined ? {} : { instead }) };
}

function ofPod(
  setting: PodSetting,
  at: InjectedPlace,
  name: string,
  by: string,
  rule: string,
  instead?: string,
): Injected {
  return { ...entry(at, name, by, 'allowed', rule, instead), setting };
}

/** A request that dan does not fulfil. */
export interface Unheeded {
  readonly at: InjectedPlace;
  readonly name: string;
  /** In Markdown; undefined if dan does not know the key. */
  readonly instead: string | undefined;
}

/** The parts of a request that are searched. */
export interface Requested {
  readonly runtimeConfig: JsonObject;
  /** `args.cni`. */
  readonly asked: JsonObject;
  /** CNI_ARGS. */
  readonly args: ReadonlyMap<string, string>;
  /** What the network lets its pods set. */
  readonly allowed: readonly PodSetting[];
  /** Whether an IPAM plugin or the plugin before dan gives the addresses. */
  readonly hasIpam: boolean;
  /** Which keys the kind of device takes. */
  readonly keys: TakenKeys;
}

/** What a request asks for that dan does not do. Keys of `runtimeConfig` match regardless of case, as in go-cni. */
export function unheededIn({ runtimeConfig, asked, args, allowed, hasIpam, keys }: Requested): readonly Unheeded[] {
  // Limits that a device cannot apply are refused, not warned about.
  const isRefusedThen = (key: string): boolean => key.toLowerCase() === 'bandwidth';
  const byRuntime = Object.keys(runtimeConfig).filter((key) => asksFor(runtimeConfig[key]) && !isRefusedThen(key));
  // What the runtime may pass takes precedence over what the pod asks for, which often is the same.
  const counts = byRuntime.map((key) => key.toLowerCase());
  const isRefused = ({ setting }: Injected): boolean =>
    setting !== undefined &&
    !allowed.includes(setting) &&
    !counts.includes(setting.toLowerCase()) &&
    keys[keyOf[setting]] === 'taken';
  const byPod = Object.keys(asked).filter((key) => asksFor(asked[key]));
  const byArgs = ofArgs.filter(({ name }) => (args.get(name) ?? '') !== '');
  return [
    ...unheededKeys('runtimeConfig', byRuntime, keys),
    ...unheededKeys('args.cni', byPod, keys),
    ...[...byPod.flatMap((key) => byPlace.get(`args.cni ${key.toLowerCase()}`) ?? []), ...byArgs]
      .filter(isRefused)
      .map(notAllowed),
    ...byArgs
      .filter((one) => !hasIpam && one.instead !== undefined && allowed.includes(one.setting ?? 'ips'))
      .map(toUnheeded),
  ];
}

function notAllowed({ at, name, setting = 'mac' }: Injected): Unheeded {
  const place = setting === 'vhostUserSocket' ? ', without a `socketPath`' : '';
  return {
    at,
    name,
    instead: `the network does not let its pods set it: put \`${setting}\` into its \`podMaySet\`${place}`,
  };
}

/** The declared capabilities that dan, or its kind of device, does not have. The plugin object may be faulty. */
export function unheededCapabilities({ capabilities, device = defaultKind }: JsonObject): readonly Unheeded[] {
  const declared = isObject(capabilities) ? capabilities : {};
  return unheededKeys(
    'runtimeConfig',
    Object.keys(declared).filter((key) => declared[key] === true),
    kindIfNamed(device)?.keys,
  );
}

/** The warning about what dan does not do. */
export function unheededText({ at, name, instead }: Unheeded): string {
  const what = `"${name}" of ${at} is not done by dan`;
  return instead === undefined ? `${what}, which does not know it` : `${what}: ${instead.replaceAll('`', '"')}`;
}

const ofArgs = injected.filter(({ at, setting }) => at === 'CNI_ARGS' && setting !== undefined);
const byPlace = new Map(injected.map((one) => [`${one.at} ${one.name.toLowerCase()}`, one]));

/** The configuration key with the same meaning. A kind of device that does not take the key does not do this either. */
const keyOf = { mac: 'mac', ips: 'addresses', vhostUserSocket: 'socketPath', bandwidth: 'bandwidth' } as const;

function unheededKeys(at: InjectedPlace, names: readonly string[], keys?: TakenKeys): readonly Unheeded[] {
  return names.flatMap((name) => {
    const known = byPlace.get(`${at} ${name.toLowerCase()}`);
    if (known === undefined) return [{ at, name, instead: undefined }];
    if (known.outcome === 'warned') return [toUnheeded(known)];
    const taken = known.name in keyOf ? keys?.[keyOf[known.name as keyof typeof keyOf]] : undefined;
    return typeof taken === 'object' ? [{ at, name: known.name, instead: taken.meaningless }] : [];
  });
}

function toUnheeded({ at, name, instead }: Injected): Unheeded {
  return { at, name, instead };
}

// Clients pass empty values if nobody asked for anything.
function asksFor(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
