import { kindIfNamed } from '../kinds/kinds.ts';
import { typeOf } from '../config/conf-list.ts';
import { isObject, type JsonObject } from '../json/object.ts';

/** What a plugin needs of the pod's interface, which is not there behind a device that is the guest's alone. */
export type Need =
  /** It changes the interface: ADD fails for every pod. */
  | { readonly is: 'interface'; readonly keys: readonly string[] }
  /** It limits the host's end of the pod's veth pair: ADD fails for the pods that ask for it, or for all. */
  | { readonly is: 'veth'; readonly every: boolean }
  /** It sets kernel parameters of the pod's namespace: the guest does not see them. */
  | { readonly is: 'sysctl'; readonly keys: readonly string[] }
  /** It does nothing at ADD, and looks for the interface at CHECK. */
  | { readonly is: 'check' }
  /** It leads ports of the host to the guest's address, which the host must be able to reach. */
  | { readonly is: 'address' };

/** What is wrong with, or worth knowing of, the place of dan in a list of plugins. */
export type ChainFault =
  /** A plugin before dan makes an interface that the guest does not see. */
  | { readonly of: 'hidden-interface'; readonly type: string; readonly device: string }
  /** A plugin before dan is none that dan knows: it may make such an interface. */
  | { readonly of: 'unknown-before'; readonly type: string; readonly device: string }
  /** A dan before it in the list has attached the sandbox already, under the same names. */
  | { readonly of: 'twice' }
  /** No plugin before dan makes the interface that it takes over. */
  | { readonly of: 'no-interface'; readonly device: string; readonly isFirst: boolean }
  /** A plugin behind dan works on an interface that is not there. */
  | { readonly of: 'behind'; readonly type: string; readonly device: string; readonly need: Need };

/** A plugin that dan knows. */
interface Known {
  /** It leaves an interface in the pod. */
  readonly makesInterface: boolean;
  /** What it needs of the pod's interface, by its object in the list. */
  readonly need?: (plugin: JsonObject) => Need;
}

const maker: Known = { makesInterface: true };
const changes = (need: (plugin: JsonObject) => Need): Known => ({ makesInterface: false, need });

/** The plugins that dan knows, by their type: those of containernetworking, and common ones of others. */
const known: ReadonlyMap<string, Known> = new Map<string, Known>([
  ...['bridge', 'dummy', 'host-device', 'ipvlan', 'macvlan', 'ptp', 'tap', 'vlan'].map(
    (type) => [type, maker] as const,
  ),
  ...['antrea', 'calico', 'cilium-cni', 'flannel', 'ib-sriov', 'kube-ovn', 'multus', 'ovs', 'sriov', 'weave-net'].map(
    (type) => [type, maker] as const,
  ),
  ['bandwidth', changes((plugin) => ({ is: 'veth', every: limits.some((key) => isSet(plugin[key])) }))],
  ['portmap', changes(() => ({ is: 'address' }))],
  ['sbr', changes(() => ({ is: 'interface', keys: [] }))],
  ['tuning', changes(needOfTuning)],
  ['vrf', changes(() => ({ is: 'interface', keys: [] }))],
  ...['dan', 'firewall', 'loopback'].map((type) => [type, { makesInterface: false }] as const),
]);

/** Keys with which bandwidth limits every pod, not those alone that ask for it. */
const limits = ['ingressRate', 'ingressBurst', 'egressRate', 'egressBurst'] as const;

// The plugin takes a false "allmulti" for one that is to be set; an empty "mac", an "mtu" of 0 and a false "promisc" not.
function needOfTuning(plugin: JsonObject): Need {
  const { sysctl, allmulti, txQLen } = plugin;
  const sysctls = isObject(sysctl) ? Object.keys(sysctl) : [];
  const changed = [
    ...['mac', 'mtu', 'promisc'].filter((key) => isSet(plugin[key])),
    ...(allmulti === undefined || allmulti === null ? [] : ['allmulti']),
    ...(isSet(txQLen) ? ['txQLen'] : []),
    // It puts the name of the pod's interface there.
    ...sysctls.filter((key) => key.includes('IFNAME')),
  ];
  if (changed.length > 0) return { is: 'interface', keys: changed };
  return sysctls.length > 0 ? { is: 'sysctl', keys: sysctls } : { is: 'check' };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== '';
}

/** Whether a plugin leaves an interface in the pod; one that is not known is taken to do so. Pure. */
export function makesInterface(type: string): boolean {
  return known.get(type)?.makesInterface ?? true;
}

/**
 * What the plugins before and behind the dan at a place of a list mean for it, by its "device". A tap of the host, and a
 * vhost-user socket, stand for the pod's own interface; tcfilter and macvtap take over one that a plugin before them
 * made. Nothing is said of a device that dan does not have: its reader refuses it. Of a second dan, nothing else counts. Pure.
 */
export function chainFaults(plugins: readonly JsonObject[], at: number): readonly ChainFault[] {
  const { device = 'host-tap', master } = plugins[at] ?? {};
  const before = plugins.slice(0, at).map(typeOf);
  if (before.includes('dan')) return [{ of: 'twice' }];
  const kind = kindIfNamed(device);
  if (kind === undefined) return [];
  const named = String(device);
  if (kind.addresses === 'own') {
    return [
      ...before.flatMap((type) => hiddenBy(type, named)),
      ...plugins.slice(at + 1).flatMap((plugin) => needOf(plugin, named)),
    ];
  }
  // One that is named may be there already, as where Multus attached the pod to another network before.
  if (master !== undefined || before.some(makesInterface)) return [];
  return [{ of: 'no-interface', device: named, isFirst: at === 0 }];
}

function hiddenBy(type: string, device: string): readonly ChainFault[] {
  const plugin = known.get(type);
  if (plugin === undefined) return [{ of: 'unknown-before', type, device }];
  return plugin.makesInterface ? [{ of: 'hidden-interface', type, device }] : [];
}

function needOf(plugin: JsonObject, device: string): readonly ChainFault[] {
  const type = typeOf(plugin);
  const need = known.get(type)?.need?.(plugin);
  return need === undefined ? [] : [{ of: 'behind', type, device, need }];
}
