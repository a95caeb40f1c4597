import type { LinkOrigin } from '../kinds/device.ts';
import { kindIfNamed } from '../kinds/kinds.ts';
import type { FoundRow, UnfitRow } from '../kinds/pod-namespace/rows.ts';
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
  /** It filters packets in the pod's namespace, through which none of the guest goes. */
  | { readonly is: 'filter' }
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
  /** A plugin before dan makes the interface that it takes over, which its device does not go with. */
  | { readonly of: 'unfit'; readonly type: string; readonly device: string; readonly row: UnfitRow }
  /** A plugin behind dan works on an interface that is not there. */
  | { readonly of: 'behind'; readonly type: string; readonly device: string; readonly need: Need }
  /** A plugin changes the interface that dan takes over, or its namespace, in a way that does not reach the guest. */
  | ({ readonly of: 'lost'; readonly type: string; readonly device: string } & Lost);

/** What of a plugin does not reach a guest that takes over the pod's interface. */
type Lost = { readonly isBefore: boolean } & (
  | {
      /** ADD of dan refuses or warns of what it leaves, where it comes before dan, and CHECK where it comes behind. */
      readonly row: FoundRow;
      /** The keys by which it was asked to. */
      readonly keys: readonly string[];
    }
  /** It sets what the guest has already, so that CHECK finds it changed. */
  | { readonly row: 'too-late'; readonly keys: readonly string[] }
);

/** A plugin that dan knows. */
interface Known {
  /** It leaves an interface in the pod. */
  readonly makesInterface: boolean;
  /** What the kernel calls that interface, where a device asks. */
  readonly linkKind?: string;
  /** What it needs of the pod's interface, by its object in the list. */
  readonly need?: (plugin: JsonObject) => Need;
  /** What of it does not reach a guest that takes that interface over. */
  readonly lost?: (plugin: JsonObject, isBefore: boolean) => readonly Lost[];
}

const maker: Known = { makesInterface: true };
const changes = (need: (plugin: JsonObject) => Need, lost: NonNullable<Known['lost']> = () => []): Known => ({
  ...{ makesInterface: false, need, lost },
});
const leaves =
  (row: FoundRow): NonNullable<Known['lost']> =>
  (_, isBefore) => [{ row, keys: [], isBefore }];

/** The plugins that dan knows, by their type: those of containernetworking, and common ones of others. */
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

// What the plugin set before dan, the guest has (mac, mtu), or ADD warns of.
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
  const made = plugins.slice(0, at).findLast((plugin) => makesInterface(typeOf(plugin)));
  const lost = plugins.flatMap((plugin, place) => (place === at ? [] : lostOf(plugin, named, place < at)));
  // One that is named may be there already, as where Multus attached the pod to another network before.
  if (master !== undefined) return lost;
  if (made === undefined) return [{ of: 'no-interface', device: named, isFirst: at === 0 }, ...lost];
  const type = typeOf(made);
  const unfit = kind
    .unfit(plugins[at] ?? {}, originOf(made))
    .map((row) => ({ of: 'unfit', type, device: named, row }) as const);
  return [...unfit, ...lost];
}

/** What is known of the interface that a plugin makes. Pure. */
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
