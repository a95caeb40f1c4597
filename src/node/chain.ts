import type { LinkOrigin } from '../kinds/device.ts';
import { kindIfNamed } from '../kinds/kinds.ts';
import type { FoundRow, UnfitRow } from '../kinds/pod-namespace/rows.ts';
import { typeOf } from '../config/conf-list.ts';
import { isObject, type JsonObject } from '../json/object.ts';

/** What a plugin after dan needs from the pod's interface, which does not exist if only the guest has the device. */
export type Need =
  /** It changes the interface: ADD fails for every pod. */
  | { readonly is: 'interface'; readonly keys: readonly string[] }
  /** It limits the host's end of the pod's veth pair: ADD fails for the pods that ask for limits, or for all. */
  | { readonly is: 'veth'; readonly every: boolean }
  /** It sets kernel parameters of the pod's namespace: the guest does not see them. */
  | { readonly is: 'sysctl'; readonly keys: readonly string[] }
  /** It does nothing at ADD, but looks for the interface at CHECK. */
  | { readonly is: 'check' }
  /** It filters packets in the pod's namespace, but the guest's packets do not pass through there. */
  | { readonly is: 'filter' }
  /** It forwards ports of the host to the guest's address, which the host must be able to reach. */
  | { readonly is: 'address' };

/** A fault, or something worth knowing, about dan's place in a list of plugins. */
export type ChainFault =
  /** A plugin before dan makes an interface that the guest does not see. */
  | { readonly of: 'hidden-interface'; readonly type: string; readonly device: string }
  /** A plugin before dan is unknown to dan, and may make such an interface. */
  | { readonly of: 'unknown-before'; readonly type: string; readonly device: string }
  /** An earlier dan in the list has already attached the sandbox under the same names. */
  | { readonly of: 'twice' }
  /** No plugin before dan makes the interface that it takes over. */
  | { readonly of: 'no-interface'; readonly device: string; readonly isFirst: boolean }
  /** A plugin before dan makes the interface that dan takes over, but the device does not work with it. */
  | { readonly of: 'unfit'; readonly type: string; readonly device: string; readonly row: UnfitRow }
  /** A plugin after dan works on an interface that does not exist. */
  | { readonly of: 'behind'; readonly type: string; readonly device: string; readonly need: Need }
  /** A plugin changes the interface that dan takes over, or its namespace, in a way that does not reach the guest. */
  | ({ readonly of: 'lost'; readonly type: string; readonly device: string } & Lost);

/** What a plugin sets that does not reach a guest that takes over the pod's interface. */
type Lost = { readonly isBefore: boolean } & (
  | {
      /**
       * If the plugin comes before dan, dan's ADD refuses this or warns about it. If it comes after dan, CHECK does.
       */
      readonly row: FoundRow;
      /** The keys that ask for it. */
      readonly keys: readonly string[];
    }
  /** It sets what the guest already has, so CHECK finds it changed. */
  | { readonly row: 'too-late'; readonly keys: readonly string[] }
);

/** A plugin that dan knows. */
interface Known {
  /** It makes an interface in the pod. */
  readonly makesInterface: boolean;
  /** The kernel's name for that interface's kind, if some device needs to know it. */
  readonly linkKind?: string;
  /** What it needs from the pod's interface, given its object in the list. */
  readonly need?: (plugin: JsonObject) => Need;
  /** What it sets that does not reach a guest that takes over the interface. */
  readonly lost?: (plugin: JsonObject, isBefore: boolean) => readonly Lost[];
}

const maker: Known = { makesInterface: true };
const changes = (need: (plugin: JsonObject) => Need, lost: NonNullable<Known['lost']> = () => []): Known => ({
  ...{ makesInterface: false, need, lost },
});
const leaves =
  (row: FoundRow): NonNullable<Known['lost']> =>
  (_, isBefore) => [{ row, keys: [], isBefore }];

/** The plugins that dan knows, by type: those of containernetworking, and common ones of other projects. */
const known: ReadonlyMap<string, Known> = new Map<string, Known>([
  ...['bridge', 'dummy', 'host-device', 'ipvlan', 'ptp', 'tap', 'vlan'].map((type) => [type, maker] as const),
  ['macvlan', { ...maker, linkKind: 'macvlan' }],
  ...['antrea', 'calico', 'cilium-cni', 'flannel', 'ib-sriov', 'kube-ovn', 'multus', 'ovs', 'sriov', 'weave-net'].map(
    (type) => [type, maker] as const,
  ),
  ['bandwidth', changes((plugin) => ({ is: 'veth', every: limits.some((key) => isSet(plugin[key])) }))],
  ['portmap', changes(() => ({ is: 'address' }))],
  ['sbr', changes(() => ({ is: 'interface', keys: [] }), leaves('table-by-rule'))],
  ['tuning', changes(needOfTuning, lostOfTuning)],
  ['vrf', changes(() => ({ is: 'interface', keys: [] }), leaves('link-is-port'))],
  ...['istio-cni', 'linkerd-cni'].map((type) => [type, changes(() => ({ is: 'filter' }), leaves('nftables'))] as const),
  ...['dan', 'firewall', 'loopback'].map((type) => [type, { makesInterface: false }] as const),
]);

/** The keys with which bandwidth limits every pod, not only those that ask for it. */
const limits = ['ingressRate', 'ingressBurst', 'egressRate', 'egressBurst'] as const;

// The plugin acts on `"allmulti": false`, but not on an empty "mac", an "mtu" of 0 or `"promisc": false`.
function needOfTuning(plugin: JsonObject): Need {
  const { sysctl, allmulti, txQLen } = plugin;
  const sysctls = isObject(sysctl) ? Object.keys(sysctl) : [];
  const changed = [
    ...['mac', 'mtu', 'promisc'].filter((key) => isSet(plugin[key])),
    ...(allmulti === undefined || allmulti === null ? [] : ['allmulti']),
    ...(isSet(txQLen) ? ['txQLen'] : []),
    // IFNAME in a key stands for the name of the pod's interface.
    ...sysctls.filter((key) => key.includes('IFNAME')),
  ];
  if (changed.length > 0) return { is: 'interface', keys: changed };
  return sysctls.length > 0 ? { is: 'sysctl', keys: sysctls } : { is: 'check' };
}

// If the plugin ran before dan, the guest has its mac and mtu. ADD warns about the rest.
function lostOfTuning(plugin: JsonObject, isBefore: boolean): readonly Lost[] {
  const { sysctl } = plugin;
  const set = (...keys: readonly string[]): readonly string[] => keys.filter((key) => isSet(plugin[key]));
  const lost = [
    { row: 'too-late', keys: isBefore ? [] : set('mac', 'mtu') },
    { row: 'link-promiscuous', keys: set('promisc', 'allmulti') },
    { row: 'link-queue', keys: set('txQLen') },
    { row: 'link-parameters', keys: isObject(sysctl) ? Object.keys(sysctl) : [] },
  ] as const;
  return lost.filter(({ keys }) => keys.length > 0).map((one) => ({ ...one, isBefore }));
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== '';
}

/** Whether a plugin makes an interface in the pod. An unknown plugin counts as one that does. Pure. */
export function makesInterface(type: string): boolean {
  return known.get(type)?.makesInterface ?? true;
}

/**
 * What the other plugins of a list mean for the dan at index `at`, depending on its "device". A host tap or vhost-user
 * socket replaces the pod's own interface; tcfilter and macvtap take over one that an earlier plugin made. There are no
 * faults for an unknown device, which dan's parser refuses. For a second dan, `twice` is the only fault. Pure.
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
  const made = plugins.slice(0, at).findLast((plugin) => makesInterface(typeOf(plugin)));
  const lost = plugins.flatMap((plugin, place) => (place === at ? [] : lostOf(plugin, named, place < at)));
  // A named interface may already exist, for example if Multus attached the pod to another network before.
  if (master !== undefined) return lost;
  if (made === undefined) return [{ of: 'no-interface', device: named, isFirst: at === 0 }, ...lost];
  const type = typeOf(made);
  const unfit = kind
    .unfit(plugins[at] ?? {}, originOf(made))
    .map((row) => ({ of: 'unfit', type, device: named, row }) as const);
  return [...unfit, ...lost];
}

/** What is known about the interface that a plugin makes. Pure. */
export function originOf(plugin: JsonObject): LinkOrigin {
  const { ipam } = plugin;
  return { kind: known.get(typeOf(plugin))?.linkKind, isLeased: isObject(ipam) && typeOf(ipam) === 'dhcp' };
}

function hiddenBy(type: string, device: string): readonly ChainFault[] {
  const plugin = known.get(type);
  if (plugin === undefined) return [{ of: 'unknown-before', type, device }];
  return plugin.makesInterface ? [{ of: 'hidden-interface', type, device }] : [];
}

function lostOf(plugin: JsonObject, device: string, isBefore: boolean): readonly ChainFault[] {
  const type = typeOf(plugin);
  const lost = known.get(type)?.lost?.(plugin, isBefore) ?? [];
  return lost.map((one) => ({ of: 'lost', type, device, ...one }));
}

function needOf(plugin: JsonObject, device: string): readonly ChainFault[] {
  const type = typeOf(plugin);
  const need = known.get(type)?.need?.(plugin);
  return need === undefined ? [] : [{ of: 'behind', type, device, need }];
}
