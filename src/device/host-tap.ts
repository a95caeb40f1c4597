import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mac } from '../model/mac.ts';
import { ethernetMtu, type Mtu } from '../model/mtu.ts';
import type { Operation, PortVlan, VlanRange } from '../model/operation.ts';
import type { QueuePairs, QueueSize } from '../model/queues.ts';
import { type BridgeFacts, bridgeFacts, bridgeMtu, pinBridge, refuseMtuBelow } from './bridge.ts';
import type { NodeView, OwnLink, Plan } from './device.ts';
import { markTap, makeTap, type TapUsers, tapFaults, usersOf } from './tap.ts';

/** A persistent tap in the host's network namespace: everything about it that dan decides. */
export interface HostTap extends TapUsers {
  readonly kind: 'host-tap';
  readonly tap: OwnLink;
  readonly mac: string;
  readonly mtu: Mtu;
  readonly queuePairs: QueuePairs;
  /** Name of the bridge it is a port of, if any. */
  readonly bridge?: InterfaceName;
  readonly vlan?: number;
  readonly trunk?: readonly VlanRange[];
}

/** What a configuration says of a tap on the host. */
export interface HostTapRequest extends TapUsers {
  readonly device: 'host-tap';
  readonly mac: Mac | undefined;
  readonly mtu: Mtu | undefined;
  readonly queuePairs: QueuePairs;
  readonly queueSize: QueueSize | undefined;
  readonly bridge: InterfaceName | null;
  readonly vlan: number | undefined;
  readonly trunk: readonly VlanRange[] | undefined;
}

/** Plans a tap on the host. Throws what `bridgeFacts` and `refuseMtuBelow` throw. */
export function planHostTap(request: HostTapRequest, view: NodeView): Plan<HostTap> {
  const { queuePairs, queueSize, vlan, trunk } = request;
  const { names } = view;
  const wantsVlans = vlan !== undefined || trunk !== undefined;
  const bridge = request.bridge === null ? undefined : bridgeFacts(request.bridge, view, wantsVlans);
  const mtu = request.mtu ?? (bridge === undefined ? ethernetMtu : bridgeMtu(bridge));
  if (bridge !== undefined) refuseMtuBelow(bridge, mtu);
  const device: HostTap = {
    kind: 'host-tap',
    tap: ownTap(names),
    mac: names.linkMac,
    mtu,
    queuePairs,
    ...usersOf(request),
    ...(bridge === undefined ? {} : { bridge: bridge.name }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(trunk === undefined ? {} : { trunk }),
  };
  return {
    device,
    operations: makeHostTap(device, bridge),
    guestMac: request.mac ?? names.guestMac,
    mtu,
    attached: { kind: 'host-tap', tapName: names.link, queuePairs, queueSize },
    place: 'host',
    source: undefined,
    warnings: bridge === undefined || mtu <= bridge.mtu ? [] : [tooLarge(bridge, mtu)],
  };
}

/** How the tap comes to be. It is marked as ours before anything else, and up last: nothing leaks before it is set. */
export function makeHostTap(device: HostTap, bridge: BridgeFacts | undefined): readonly Operation[] {
  const { tap } = device;
  return [
    ...makeTap(device),
    ...markTap(device),
    ...(bridge === undefined ? [] : joinBridge(device, bridge)),
    { op: 'up', in: 'host', name: tap.name },
  ];
}

/** What of a tap on the host is not as it was made; `link` is what the kernel has under its name. */
export function hostTapFaults(device: HostTap, link: Link | undefined, users: TapUsers | undefined): readonly string[] {
  return tapFaults(device, device.bridge, link, users);
}

/** What of the VLANs of a tap's port is not as it was made. The whole set counts: one more is a way out, too. */
export function vlanFaults({ tap, vlan, trunk }: HostTap, there: readonly PortVlan[]): readonly string[] {
  if (vlan === undefined && trunk === undefined) return [];
  const made = [
    ...(vlan === undefined ? [] : [{ first: vlan, last: vlan, untagged: true }]),
    ...(trunk ?? []).map((range) => ({ ...range, untagged: false })),
  ];
  const [is, was] = [there, made].map(vlanText);
  return is === was ? [] : [`tap ${tap.name}: VLANs are ${is ?? ''}, and were made ${was ?? ''}`];
}

function vlanText(vlans: readonly PortVlan[]): string {
  const single = vlans.flatMap(({ first, last, untagged }) =>
    Array.from({ length: last - first + 1 }, (_, at) => `${first + at}${untagged ? ' untagged' : ''}`),
  );
  return single.length === 0
    ? 'none'
    : single.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).join(', ');
}

function ownTap({ link, altname, alias }: DerivedNames): OwnLink {
  return { in: 'host', name: link, altname, alias };
}

function joinBridge({ tap, vlan, trunk }: HostTap, bridge: BridgeFacts): readonly Operation[] {
  const port = { in: 'host', name: tap.name } as const;
  const filtered = vlan !== undefined || trunk !== undefined;
  return [
    ...pinBridge(bridge),
    { op: 'master', ...port, master: bridge.name },
    ...(filtered && bridge.defaultVlan !== 0 ? [{ op: 'vlan-del', ...port, vlan: bridge.defaultVlan } as const] : []),
    ...(vlan === undefined
      ? []
      : [{ op: 'vlan-add', ...port, vlans: { first: vlan, last: vlan }, untagged: true } as const]),
    ...(trunk ?? []).map((vlans) => ({ op: 'vlan-add', ...port, vlans, untagged: false }) as const),
  ];
}

function tooLarge(bridge: BridgeFacts, mtu: Mtu): string {
  return `the MTU ${mtu} is above that of bridge ${bridge.name}, ${bridge.mtu}: larger frames do not leave it`;
}
