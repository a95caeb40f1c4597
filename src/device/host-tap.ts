import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mtu } from '../model/mtu.ts';
import type { Operation, VlanRange } from '../model/operation.ts';
import type { QueuePairs } from '../model/queues.ts';
import type { BridgeFacts } from './bridge.ts';

/** A persistent tap in the host's network namespace: everything about it that dan decides. */
export interface HostTap {
  readonly kind: 'host-tap';
  readonly name: InterfaceName;
  readonly altname: string;
  readonly alias: string;
  readonly mac: string;
  readonly mtu: Mtu;
  readonly queuePairs: QueuePairs;
  /** Who may open it besides root, by numeric id (tun(4), TUNSETOWNER and TUNSETGROUP). */
  readonly owner?: number;
  readonly group?: number;
  /** Name of the bridge it is a port of, if any. */
  readonly bridge?: InterfaceName;
  readonly vlan?: number;
  readonly trunk?: readonly VlanRange[];
}

/** What a configuration says of a tap. */
export interface HostTapRequest {
  readonly queuePairs: QueuePairs;
  readonly owner: number | undefined;
  readonly group: number | undefined;
  readonly bridge: InterfaceName | null;
  readonly vlan: number | undefined;
  readonly trunk: readonly VlanRange[] | undefined;
}

/** States the tap of an attachment. An unset owner would let any user open it, so root is set where nobody is named. */
export function hostTap(names: DerivedNames, mtu: Mtu, request: HostTapRequest): HostTap {
  const { queuePairs, owner, group, bridge, vlan, trunk } = request;
  const user = owner ?? (group === undefined ? 0 : undefined);
  return {
    kind: 'host-tap',
    name: names.link,
    altname: names.altname,
    alias: names.alias,
    mac: names.linkMac,
    mtu,
    queuePairs,
    ...(user === undefined ? {} : { owner: user }),
    ...(group === undefined ? {} : { group }),
    ...(bridge === null ? {} : { bridge }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(trunk === undefined ? {} : { trunk }),
  };
}

/** How the tap comes to be. It is marked as ours before anything else, and up last: nothing leaks before it is set. */
export function makeHostTap(
  tap: HostTap,
  bridge: BridgeFacts | undefined,
  pinBridgeMac: boolean,
): readonly Operation[] {
  const { name, altname, alias, mac, mtu } = tap;
  return [
    {
      op: 'tap-add',
      name,
      multiQueue: isMultiQueue(tap),
      ...(tap.owner === undefined ? {} : { owner: tap.owner }),
      ...(tap.group === undefined ? {} : { group: tap.group }),
    },
    { op: 'link-set', name, alias, address: mac, mtu },
    { op: 'altname-add', name, altname },
    // With IPv6 on, a guest's router advertisement would give the host an address and a default route.
    { op: 'ipv6-off', name },
    ...(bridge === undefined ? [] : joinBridge(tap, bridge, pinBridgeMac)),
    { op: 'up', name },
  ];
}

type Attribute = string | number | boolean | undefined;

/** Who may open a tap, by numeric id; undefined is nobody but root, or not known. */
export interface TapUsers {
  readonly owner: number | undefined;
  readonly group: number | undefined;
}

/**
 * What of a tap is not as it was made; `link` is what the kernel has under its name, `users` who may open it, where
 * that can be told. Empty: all is well.
 */
export function hostTapFaults(tap: HostTap, link: Link | undefined, users: TapUsers | undefined): readonly string[] {
  if (link === undefined) return [`tap ${tap.name} is gone`];
  const wanted: readonly (readonly [what: string, is: Attribute, was: Attribute])[] = [
    ['alias', link.alias, tap.alias],
    ['kind', link.kind, 'tun'],
    ['MAC', link.mac, tap.mac],
    ['MTU', link.mtu, tap.mtu],
    ['state', link.up ? 'up' : 'down', 'up'],
    ['master', link.master, tap.bridge],
    ['multi-queue mode', link.data['multi_queue'] === true, isMultiQueue(tap)],
    ['vnet_hdr mode', link.data['vnet_hdr'] === true, true],
    ...(users === undefined
      ? []
      : ([
          ['owner', users.owner, tap.owner],
          ['group', users.group, tap.group],
        ] as const)),
  ];
  return wanted
    .filter(([, is, was]) => is !== was)
    .map(
      ([what, is, was]) => `tap ${tap.name}: ${what} is ${String(is ?? 'none')}, and was made ${String(was ?? 'none')}`,
    );
}

function joinBridge({ name, vlan, trunk }: HostTap, bridge: BridgeFacts, pinMac: boolean): readonly Operation[] {
  const filtered = vlan !== undefined || trunk !== undefined;
  return [
    ...(pinMac ? [{ op: 'link-set', name: bridge.name, address: bridge.mac } as const] : []),
    { op: 'master', name, master: bridge.name },
    ...(filtered && bridge.defaultVlan !== 0 ? [{ op: 'vlan-del', name, vlan: bridge.defaultVlan } as const] : []),
    ...(vlan === undefined
      ? []
      : [{ op: 'vlan-add', name, vlans: { first: vlan, last: vlan }, untagged: true } as const]),
    ...(trunk ?? []).map((vlans) => ({ op: 'vlan-add', name, vlans, untagged: false }) as const),
  ];
}

/** Kata opens a tap with IFF_MULTI_QUEUE exactly when it has more than one pair; a mismatch is EINVAL. */
function isMultiQueue({ queuePairs }: HostTap): boolean {
  return queuePairs > 1;
}
