import type { Bandwidth } from '../model/bandwidth.ts';
import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import { ethernetMtu } from '../model/mtu.ts';
import type { Operation } from '../model/operation.ts';
import type { VlanRange } from '../model/vlan.ts';
import { type OvsDatabase, type OvsPort, portNames } from '../model/ovs.ts';
import { protocolError } from '../protocol/error.ts';
import { type AdoptedTap, planAdoption } from './adopted-tap.ts';
import { type BridgeFacts, pinBridge } from './bridge.ts';
import type { NodeView, Plan } from './device.ts';
import { differences } from './differences.ts';
import { hostTapRules, noHairpin } from './host-tap-rules.ts';
import type { DeviceKind } from './kind.ts';
import { ovsTapWarnings } from './ovs-bridge.ts';
import { masterOfPort, planOvsPort } from './ovs-port.ts';
import { recordedHostTap } from './recorded.ts';
import {
  refuseSmallBursts,
  type Shaped,
  shapedBy,
  shapersOf,
  shapeTap,
  shapingFeatures,
  shapingLabel,
  shapingHops,
  shapingLinkFaults,
  shapingLinks,
} from './shaping.ts';
import { queuesOf } from './settings.ts';
import { hotplugKeys, noFunctionKeys, noMacvtapKeys, noSocketKeys, portKeys, tapKeys } from './taken-keys.ts';
import {
  downWarnings,
  findOvsBridge,
  findSwitch,
  macOnBridge,
  mtusOfTap,
  mtuWarnings,
  type PortRequest,
  type Switch,
  type SwitchView,
} from './switch.ts';
import { type AnyTap, findOwn, makeTap, markTap, ownLink, type TapUsers, tapFaults, usersOf, withTap } from './tap.ts';
import { hasVlans, vlanFaults } from './tap-vlans.ts';
import { withoutFiles, withoutFunction, withoutMaster, withoutSocket } from './without.ts';

/** A persistent tap in the host's network namespace, with everything that dan decides about it. */
export interface HostTap extends AnyTap, Shaped {
  readonly kind: 'host-tap';
  /** Name of its Linux bridge, if any. */
  readonly bridge?: InterfaceName;
  /** Its port of an Open vSwitch, if any. */
  readonly port?: OvsPort;
  readonly vlan?: number;
  readonly trunk?: readonly VlanRange[];
  /** Its port of a Linux bridge may send frames back out of the port on which they arrived. */
  readonly hairpin?: true;
  /**
   * A name that a client chose. dan makes the tap under its derived name, which no link of others has, and renames it
   * once it is marked: so dan never mistakes another's link for its own, nor the other way round.
   */
  readonly chosenName?: InterfaceName;
}

/** The settings of a tap on the host in a configuration. */
export interface HostTapRequest extends PortRequest, TapUsers {
  readonly device: 'host-tap';
  /** The database of the Open vSwitch that has the bridge; undefined if the bridge may be a Linux bridge. */
  readonly database: OvsDatabase | undefined;
  readonly hairpin?: boolean | undefined;
  readonly bandwidth?: Bandwidth | undefined;
  /** A name that a client chose. An existing tap with that name is adopted. Left out, the tap gets its derived name. */
  readonly chosenName?: InterfaceName | undefined;
}

/**
 * Plans a tap on the host. Throws what `findSwitch` and `mtusOfTap` throw, `ovs-port-taken`, `burst-too-small`.
 */
export function planHostTap(request: HostTapRequest, view: NodeView): Plan<HostTap> {
  const { mac, queuePairs, queueSize, chosenName, bandwidth } = request;
  const { names } = view;
  const found = request.bridge === null ? undefined : switchOf(request.bridge, request, view);
  const own = request.mtu ?? ethernetMtu;
  const { guest, tap: mtu } = found === undefined ? { guest: own, tap: own } : mtusOfTap(found, request.mtu);
  if (bandwidth !== undefined) refuseSmallBursts(bandwidth, mtu);
  const device: HostTap = {
    ...{ kind: 'host-tap', tap: ownLink(names, 'host'), mac: names.linkMac, mtu, queuePairs, ...usersOf(request) },
    ...(found === undefined ? {} : connectionTo(found, request, view)),
    ...shapedBy(bandwidth, names, found?.kind === 'ovs'),
    ...(chosenName === undefined ? {} : { chosenName }),
  };
  return {
    device,
    operations: makeHostTap(device, names, found?.kind === 'linux' ? found.bridge : undefined),
    exclusives: macOnBridge(mac, device.bridge ?? device.port?.bridge),
    guestMac: mac ?? names.guestMac,
    mtu: guest,
    attached: { kind: 'host-tap', tapName: chosenName ?? names.link, queuePairs, queueSize },
    place: 'host',
    source: undefined,
    warnings:
      found === undefined
        ? []
        : [
            ...downWarnings(found),
            ...mtuWarnings(found, mtu),
            ...(found.kind === 'ovs' ? ovsTapWarnings(found.ovs) : []),
          ],
  };
}

function switchOf(bridge: InterfaceName, { database, vlan, trunk }: Partial<HostTapRequest>, view: SwitchView): Switch {
  if (database !== undefined) return { kind: 'ovs', ovs: findOvsBridge(bridge, view) };
  return findSwitch(bridge, view, hasVlans({ vlan, trunk }));
}

function connectionTo(
  found: Switch,
  { vlan, trunk, bandwidth, hairpin = false }: HostTapRequest,
  view: NodeView,
): Pick<HostTap, 'bridge' | 'hairpin' | 'port' | 'trunk' | 'vlan'> {
  if (found.kind === 'ovs') {
    if (hairpin) throw protocolError('invalid-configuration', noHairpin(found.ovs.bridge.name));
    const [own, ofPair] = portNames(view.names.link);
    return { port: planOvsPort(bandwidth === undefined ? own : ofPair, { vlan, trunk }, found.ovs, view) };
  }
  return {
    bridge: found.bridge.name,
    ...(vlan === undefined ? {} : { vlan }),
    ...(trunk === undefined ? {} : { trunk }),
    ...(hairpin ? { hairpin } : {}),
  };
}

/**
 * The operations that make the tap. It is marked as ours first and set up last, so that no frame passes before it is
 * configured. An Open vSwitch gets the tap when it is complete, with the VLANs in the same step.
 */
export function makeHostTap(
  device: HostTap,
  names: DerivedNames,
  bridge: BridgeFacts | undefined,
): readonly Operation[] {
  const { tap, port, chosenName = tap.name } = device;
  return [
    ...makeTap(device),
    ...markTap(device),
    ...shapeTap(device, names),
    ...(bridge === undefined ? [] : joinBridge(device, bridge)),
    ...(chosenName === tap.name ? [] : [{ op: 'rename', in: 'host', name: tap.name, to: chosenName } as const]),
    { op: 'up', in: 'host', name: chosenName },
    ...(port === undefined ? [] : [{ op: 'ovs-port-add', in: 'host', port } as const]),
  ];
}

/** How a tap on the host differs from what ADD made. `link` is the kernel's link of its name. */
export function hostTapFaults(device: HostTap, link: Link | undefined, users: TapUsers | undefined): readonly string[] {
  const { bridge, port, tap, hairpin, veth, chosenName = tap.name } = device;
  const master = port === undefined || veth !== undefined ? bridge : masterOfPort(port);
  return [
    ...tapFaults({ ...device, tap: { ...tap, name: chosenName } }, master, link, users),
    // Hairpin mode is checked only if dan switched it on: somebody may have done so on other taps.
    ...(hairpin && link !== undefined
      ? differences(`tap ${chosenName}`, [['hairpin mode', link.data['hairpin'] === true, true]])
      : []),
  ];
}

function joinBridge({ tap, vlan, trunk, hairpin }: HostTap, bridge: BridgeFacts): readonly Operation[] {
  const port = { in: 'host', name: tap.name } as const;
  return [
    ...pinBridge(bridge),
    { op: 'master', ...port, master: bridge.name },
    ...(hairpin ? [{ op: 'hairpin-on', ...port } as const] : []),
    ...(hasVlans({ vlan, trunk }) && bridge.defaultVlan !== 0
      ? [{ op: 'vlan-del', ...port, vlan: bridge.defaultVlan } as const]
      : []),
    ...(vlan === undefined
      ? []
      : [{ op: 'vlan-add', ...port, vlans: { first: vlan, last: vlan }, untagged: true } as const]),
    ...(trunk ?? []).map((vlans) => ({ op: 'vlan-add', ...port, vlans, untagged: false }) as const),
  ];
}

/** A tap in the host's network namespace. */
export const hostTap: DeviceKind<HostTapRequest, HostTap, AdoptedTap | HostTap> = {
  ...withTap,
  ...withoutMaster,
  ...withoutSocket,
  ...withoutFunction,
  ...withoutFiles,
  addresses: 'own',
  switches: 'any',
  attachedAs: 'host-tap',
  linkKinds: ['tun', 'ifb', 'veth'],
  keys: {
    ...portKeys,
    ...noFunctionKeys,
    ...tapKeys,
    ...noSocketKeys,
    ...noMacvtapKeys,
    bandwidth: 'taken',
    ...hotplugKeys,
    master: { meaningless: 'a tap of the host takes its frames from a bridge: name it in "bridge"' },
  },
  rules: hostTapRules,
  read(settings, { mac, chosenName }) {
    const { mtu, bridge = null, vlan, trunk, ovs, hairpinMode: hairpin, owner, group, bandwidth } = settings;
    const port = { bridge, database: ovs?.db, vlan, trunk, hairpin };
    return { device: 'host-tap', mac, mtu, ...queuesOf(settings), ...port, owner, group, bandwidth, chosenName };
  },
  wants: ({ bridge, database, mtu }) => ({ bridge, database, mtu, master: undefined, socket: undefined }),
  plan: (request, view) =>
    view.chosen === undefined ? planHostTap(request, view) : planAdoption(request, view.chosen, view.names),
  refuseBridge({ database }, bridge, view) {
    switchOf(bridge, { database }, view);
  },
  tools: (request) => ({
    iproute2: [
      ...(['ip', 'nsenter'] as const),
      ...(hasVlans(request) ? ['bridge' as const] : []),
      ...(request.bandwidth === undefined ? [] : ['tc' as const]),
    ],
    others: [],
  }),
  // Without "ovs", the bridge is most likely a Linux bridge.
  features: ({ bridge, database, bandwidth }) => [
    'tap',
    'altname',
    ...(bridge === null || database !== undefined ? [] : ['bridge' as const]),
    ...shapingFeatures(bandwidth, database !== undefined),
  ],
  strays: (names) => ({
    links: (['', 'i', 'h', 'p'] as const).map((suffix) => ownLink(names, 'host', suffix)),
    files: [],
  }),
  recorded: recordedHostTap,
  port: ({ port }) => port,
  bridge: ({ bridge, port }) => bridge ?? port?.bridge,
  links: (device) => [{ ...device.tap, name: device.chosenName ?? device.tap.name }, ...shapingLinks(device)],
  counting: ({ tap, chosenName = tap.name }) => ({ in: 'host', name: chosenName, guestSent: 'received' }),
  madeLinks: (device) => [device.tap, ...shapingLinks(device)],
  label: (device, link) => shapingLabel(device, link) ?? 'tap',
  hops: (device) => shapingHops(device, device.chosenName ?? device.tap.name),
  pluggable: ({ tap, chosenName: name = tap.name, queuePairs }) => ({ name, queuePairs }),
  shapers: (device) => shapersOf(device, device.chosenName ?? device.tap.name),
  faults: (device, links, users) => [
    ...hostTapFaults(device, findOwn(device.tap, links), users),
    ...shapingLinkFaults(device, links, { mtu: device.mtu, master: device.port && masterOfPort(device.port) }),
  ],
  vlanPort: (device) => (hasVlans(device) ? device.tap.name : undefined),
  vlanFaults,
};
