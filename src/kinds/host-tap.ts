import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mac } from '../model/mac.ts';
import { ethernetMtu, type Mtu } from '../model/mtu.ts';
import type { Operation } from '../model/operation.ts';
import type { PortVlan, VlanRange } from '../model/vlan.ts';
import type { QueuePairs, QueueSize } from '../model/queues.ts';
import type { OvsDatabase, OvsPort } from '../model/ovs.ts';
import { type BridgeFacts, pinBridge } from './bridge.ts';
import type { NodeView, OwnLink, Plan } from './device.ts';
import { macOnBridge } from './exclusive.ts';
import type { DeviceKind } from './kind.ts';
import { ovsTapWarnings } from './ovs-bridge.ts';
import { masterOfPort, planOvsPort } from './ovs-port.ts';
import { portRules } from './port-settings.ts';
import { invalid, queuesOf, type Rule } from './settings.ts';
import { findOvsBridge, findSwitch, mtuOfPort, mtuWarnings, type Switch } from './switch.ts';
import { noMacvtapKeys, noSocketKeys, portKeys, tapKeys } from './taken-keys.ts';
import { markTap, makeTap, type TapUsers, tapFaults, usersOf } from './tap.ts';

/** A persistent tap in the host's network namespace: everything about it that dan decides. */
export interface HostTap extends TapUsers {
  readonly kind: 'host-tap';
  readonly tap: OwnLink;
  readonly mac: string;
  readonly mtu: Mtu;
  readonly queuePairs: QueuePairs;
  /** Name of the Linux bridge it is a port of, if any. */
  readonly bridge?: InterfaceName;
  /** The port of an Open vSwitch that it is, if any. */
  readonly port?: OvsPort;
  readonly vlan?: number;
  readonly trunk?: readonly VlanRange[];
  /**
   * The name that somebody chose for it. It is made under the derived one, which no link of anybody else has, and renamed
   * when it is marked: so there is no moment at which it could be taken for another's, or another's for it.
   */
  readonly chosenName?: InterfaceName;
}

/** What a configuration says of a tap on the host. */
export interface HostTapRequest extends TapUsers {
  readonly device: 'host-tap';
  readonly mac: Mac | undefined;
  readonly mtu: Mtu | undefined;
  readonly queuePairs: QueuePairs;
  readonly queueSize: QueueSize | undefined;
  readonly bridge: InterfaceName | null;
  /** The database of the Open vSwitch that has the bridge; undefined: it may be a Linux bridge. */
  readonly database: OvsDatabase | undefined;
  readonly vlan: number | undefined;
  readonly trunk: readonly VlanRange[] | undefined;
}

/** Plans a tap on the host. Throws what `findSwitch` and `mtuOfPort` throw, and `ovs-port-taken`. */
export function planHostTap(request: HostTapRequest, view: NodeView): Plan<HostTap> {
  const { queuePairs, queueSize } = request;
  const { names } = view;
  const found = request.bridge === null ? undefined : switchOf(request.bridge, request, view);
  const mtu = found === undefined ? (request.mtu ?? ethernetMtu) : mtuOfPort(found, request.mtu);
  const device: HostTap = {
    kind: 'host-tap',
    tap: ownTap(names),
    mac: names.linkMac,
    mtu,
    queuePairs,
    ...usersOf(request),
    ...(found === undefined ? {} : connectionTo(found, request, view)),
  };
  return {
    device,
    operations: makeHostTap(device, found?.kind === 'linux' ? found.bridge : undefined),
    guestMac: request.mac ?? names.guestMac,
    mtu,
    attached: { kind: 'host-tap', tapName: names.link, queuePairs, queueSize },
    place: 'host',
    source: undefined,
    warnings:
      found === undefined
        ? []
        : [...mtuWarnings(found, mtu), ...(found.kind === 'ovs' ? ovsTapWarnings(found.ovs) : [])],
  };
}

function switchOf(bridge: InterfaceName, { database, vlan, trunk }: HostTapRequest, view: NodeView): Switch {
  if (database !== undefined) return { kind: 'ovs', ovs: findOvsBridge(bridge, view) };
  return findSwitch(bridge, view, vlan !== undefined || trunk !== undefined);
}

function connectionTo(
  found: Switch,
  { vlan, trunk }: HostTapRequest,
  view: NodeView,
): Pick<HostTap, 'bridge' | 'port' | 'trunk' | 'vlan'> {
  if (found.kind === 'ovs') return { port: planOvsPort({ vlan, trunk }, found.ovs, view) };
  return {
    bridge: found.bridge.name,
    ...(vlan === undefined ? {} : { vlan }),
    ...(trunk === undefined ? {} : { trunk }),
  };
}

/**
 * How the tap comes to be. It is marked as ours before anything else, and up last: nothing leaks before it is set. An
 * Open vSwitch gets it when it is complete, with the VLANs in the same step.
 */
export function makeHostTap(device: HostTap, bridge: BridgeFacts | undefined): readonly Operation[] {
  const { tap, port, chosenName = tap.name } = device;
  return [
    ...makeTap(device),
    ...markTap(device),
    ...(bridge === undefined ? [] : joinBridge(device, bridge)),
    ...(chosenName === tap.name ? [] : [{ op: 'rename', in: 'host', name: tap.name, to: chosenName } as const]),
    { op: 'up', in: 'host', name: chosenName },
    ...(port === undefined ? [] : [{ op: 'ovs-port-add', in: 'host', port } as const]),
  ];
}

/** What of a tap on the host is not as it was made; `link` is what the kernel has under its name. */
export function hostTapFaults(device: HostTap, link: Link | undefined, users: TapUsers | undefined): readonly string[] {
  const { bridge, port, tap, chosenName = tap.name } = device;
  return tapFaults(
    { ...device, tap: { ...tap, name: chosenName } },
    port === undefined ? bridge : masterOfPort(port),
    link,
    users,
  );
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

const bridgeIsSaid: Rule = {
  keys: ['bridge'],
  fault: ({ bridge }) =>
    bridge === undefined
      ? invalid(
          '"bridge" is missing, and nobody would be connected to the tap: name the bridge, or say "bridge": null ' +
            'if something else connects it',
        )
      : undefined,
};

/** A tap in the host's network namespace. */
export const hostTap: DeviceKind<HostTapRequest, HostTap> = {
  addresses: 'own',
  opens: 'tap',
  switches: 'any',
  attachedAs: 'host-tap',
  linkKinds: ['tun'],
  keys: {
    ...portKeys,
    ...tapKeys,
    ...noSocketKeys,
    ...noMacvtapKeys,
    master: { meaningless: 'a tap of the host takes its frames from a bridge: name it in "bridge"' },
  },
  rules: [bridgeIsSaid, ...portRules(undefined)],
  read(settings, { mac }) {
    const { mtu, bridge = null, vlan, trunk, ovs, owner, group } = settings;
    const port = { bridge, database: ovs?.db, vlan, trunk };
    return { device: 'host-tap', mac, mtu, ...queuesOf(settings), ...port, owner, group };
  },
  wants: ({ bridge, database, mtu }) => ({ bridge, database, mtu, master: undefined, socket: undefined }),
  plan: planHostTap,
  refuseBridge({ database }, bridge, view) {
    if (database !== undefined) findOvsBridge(bridge, view);
    else findSwitch(bridge, view, false);
  },
  exclusives: ({ mac }, { bridge, port }) => macOnBridge(mac, bridge ?? port?.bridge),
  tools: ({ vlan, trunk }) => ({
    iproute2: ['ip', 'nsenter', ...(vlan === undefined && trunk === undefined ? [] : ['bridge' as const])],
    others: [],
  }),
  // Without "ovs", a bridge is most often one of Linux.
  features: ({ bridge, database }) => [
    'tap',
    'altname',
    ...(bridge === null || database !== undefined ? [] : ['bridge' as const]),
  ],
  strays: (names) => ({ links: [ownTap(names)], files: [] }),
  isValid: () => true,
  name: ({ tap }) => tap.name,
  tap: ({ tap, mac }) => ({ ...tap, mac }),
  socket: () => undefined,
  port: ({ port }) => port,
  bridge: ({ bridge, port }) => bridge ?? port?.bridge,
  master: () => undefined,
  links: ({ tap, chosenName = tap.name }) => [{ ...tap, name: chosenName }],
  madeLinks: ({ tap }) => [tap],
  label: () => 'tap',
  files: () => [],
  redirects: () => [],
  hops: () => [],
  makes: () => [],
  takes: () => undefined,
  faults(device, links, users) {
    const { name: own, altname } = device.tap;
    return hostTapFaults(
      device,
      links.find(({ name, altnames }) => name === own || altnames.includes(altname)),
      users,
    );
  },
  vlanPort: ({ tap, vlan, trunk }) => (vlan === undefined && trunk === undefined ? undefined : tap.name),
  vlanFaults,
  masterFaults: () => [],
};
