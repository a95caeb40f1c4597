import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Mac } from '../model/mac.ts';
import { ethernetMtu, type Mtu, parseMtu } from '../model/mtu.ts';
import type { OvsView } from '../model/ovs.ts';
import type { VlanRange } from '../model/vlan.ts';
import { protocolError } from '../protocol/error.ts';
import { type BridgeFacts, bridgeFacts, type BridgeView } from './bridge.ts';
import type { Exclusive, NodeView } from './device.ts';
import type { OvsFacts } from './ovs-bridge.ts';
import type { QueueRequest } from './settings.ts';

/** What the "bridge" of a configuration refers to. */
export type Switch =
  | { readonly kind: 'linux'; readonly bridge: BridgeFacts }
  | { readonly kind: 'ovs'; readonly ovs: OvsFacts };

/** The part of the node in which a switch is found. */
export type SwitchView = BridgeView & Pick<NodeView, 'ovs'>;

/** The settings of a device that may be a port of a switch. */
export interface PortRequest extends QueueRequest {
  readonly mac: Mac | undefined;
  readonly mtu: Mtu | undefined;
  /** null if it is connected to none. */
  readonly bridge: InterfaceName | null;
  readonly vlan: number | undefined;
  readonly trunk: readonly VlanRange[] | undefined;
}

/**
 * Finds out what a bridge is. Throws `bridge-ambiguous` for a name that is both kinds of bridge, and what `bridgeFacts`
 * throws for one that Open vSwitch does not have.
 */
export function findSwitch(name: InterfaceName, view: SwitchView, wantsVlans: boolean): Switch {
  const { ovs, bridge } = view;
  if (ovs?.bridge !== undefined) return { kind: 'ovs', ovs: findOvsBridge(name, view) };
  if (ovs !== undefined && bridge === undefined) throw missingInBoth(name, ovs);
  return { kind: 'linux', bridge: bridgeFacts(name, view, wantsVlans) };
}

/**
 * Finds a bridge that must be in Open vSwitch. Throws `bridge-missing`, `not-a-bridge` if another link has that name,
 * `bridge-ambiguous` if a Linux bridge has it, too.
 */
export function findOvsBridge(name: InterfaceName, { bridge: link, ovs }: SwitchView): OvsFacts {
  if (ovs === undefined || (ovs.bridge === undefined && link === undefined)) throw missingInBoth(name, ovs);
  const { bridge, database } = ovs;
  if (bridge === undefined) {
    throw danError(
      'not-a-bridge',
      `"bridge" names ${name}, which is a ${link?.kind === 'bridge' ? 'Linux bridge' : 'link'}, and the Open vSwitch at ` +
        `${database} has none of that name: name one of its bridges, or use "device": "host-tap" without "ovs"`,
    );
  }
  if (link?.kind === 'bridge') {
    throw danError(
      'bridge-ambiguous',
      `"bridge" names ${name}, which is both a Linux bridge and one of the Open vSwitch at ${database}: rename or delete ` +
        'one of them',
    );
  }
  return { ...ovs, bridge };
}

function missingInBoth(name: InterfaceName, ovs: OvsView | undefined): Error {
  return danError(
    'bridge-missing',
    `the bridge "${name}" is neither a link in the host's network namespace nor a bridge of the Open vSwitch` +
      `${ovs === undefined ? '' : ` at ${ovs.database}`}: ` +
      `make it, with "ip link add ${name} type bridge" or "ovs-vsctl add-br ${name}", or name another in "bridge"`,
  );
}

/** What the MTU of a port depends on. */
interface SwitchMtu {
  /** The bridge's name in messages. */
  readonly bridge: string;
  /** Its own MTU in bytes; undefined if the switch has not made the bridge yet. */
  readonly mtu: number | undefined;
  /** A port with a smaller MTU lowers the bridge's, for everyone on the bridge. */
  readonly follows: boolean;
}

// Without a pinned MTU, a Linux bridge takes that of its smallest port. It is provably pinned only if the ports' MTUs
// do not explain it. An Open vSwitch does the same unless an MTU was requested (update_mtu of ofproto/ofproto.c).
function mtuFactsOf(found: Switch): SwitchMtu {
  if (found.kind === 'linux') {
    const { name, mtu, portMtus } = found.bridge;
    const followed = portMtus.length === 0 ? ethernetMtu : Math.min(...portMtus);
    return { bridge: `bridge ${name}`, mtu, follows: mtu === followed };
  }
  const { name, mtu, mtuIsSet } = found.ovs.bridge;
  return { bridge: `the Open vSwitch bridge ${name}`, mtu, follows: !mtuIsSet && mtu !== undefined };
}

// The MTU of a port for which none is requested. Throws `invalid-configuration` if no guest can use it.
function mtuOfSwitch({ bridge, mtu = ethernetMtu }: SwitchMtu): Mtu {
  const parsed = parseMtu(mtu);
  if (parsed.ok) return parsed.value;
  throw protocolError('invalid-configuration', `the MTU ${mtu} of ${bridge} ${parsed.why}: set "mtu"`);
}

/**
 * The MTU of a port of an Open vSwitch: the requested one, or the switch's. Throws `mtu-below-bridge` if it would lower
 * the switch's, and `invalid-configuration` if no guest can use the switch's.
 */
export function mtuOfPort(found: Switch & { readonly kind: 'ovs' }, asked: Mtu | undefined): Mtu {
  const facts = mtuFactsOf(found);
  if (asked === undefined) return mtuOfSwitch(facts);
  const { bridge, mtu = ethernetMtu, follows } = facts;
  if (asked >= mtu || !follows) return asked;
  throw danError(
    'mtu-below-bridge',
    `"mtu" ${asked} is below the MTU of ${bridge}, ${mtu}, which follows its smallest port and would fall for everyone on ` +
      'it: leave "mtu" out, or pin the bridge\'s own with ' +
      `"ovs-vsctl set Interface ${found.ovs.bridge.name} mtu_request=${mtu}"`,
  );
}

/** The MTUs of a tap that is a port and of its guest, in bytes. */
export interface TapMtus {
  readonly guest: Mtu;
  readonly tap: Mtu;
}

/**
 * The MTUs of a tap that is a port, and of its guest. If a smaller one would lower the switch's, the tap keeps the
 * switch's: the guest sends smaller frames anyway, and no other port loses any. Throws `invalid-configuration` if no
 * guest can use the switch's.
 */
export function mtusOfTap(found: Switch, asked: Mtu | undefined): TapMtus {
  const facts = mtuFactsOf(found);
  const { mtu = ethernetMtu, follows } = facts;
  const isBelow = asked !== undefined && asked < mtu && follows;
  const tap = asked === undefined || isBelow ? mtuOfSwitch(facts) : asked;
  return { guest: asked ?? tap, tap };
}

/** A warning about a port whose MTU is above the switch's. */
export function mtuWarnings(found: Switch, mtu: Mtu): readonly string[] {
  const { name, mtu: most = mtu } = found.kind === 'linux' ? found.bridge : found.ovs.bridge;
  return mtu <= most ? [] : [`the MTU ${mtu} is above that of bridge ${name}, ${most}: larger frames do not leave it`];
}

/** A warning about a Linux bridge that is down. It may be set up later, so ADD does not refuse it. */
export function downWarnings(found: Switch): readonly string[] {
  if (found.kind !== 'linux' || found.bridge.isUp) return [];
  const { name } = found.bridge;
  return [`the bridge ${name} is down, and forwards nothing: "ip link set ${name} up"`];
}

/** The bridge on which a fixed MAC must be unique. A derived MAC is unique anyway. */
export function macOnBridge(mac: Mac | undefined, bridge: InterfaceName | undefined): readonly Exclusive[] {
  return mac === undefined || bridge === undefined ? [] : [{ of: 'mac', bridge }];
}
