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

/** What a "bridge" of a configuration turned out to be. */
export type Switch =
  | { readonly kind: 'linux'; readonly bridge: BridgeFacts }
  | { readonly kind: 'ovs'; readonly ovs: OvsFacts };

/** What a switch is found by. */
export type SwitchView = BridgeView & Pick<NodeView, 'ovs'>;

/** What a configuration says of a device that may be a port of a switch. */
export interface PortRequest extends QueueRequest {
  readonly mac: Mac | undefined;
  readonly mtu: Mtu | undefined;
  /** null: it is connected to none. */
  readonly bridge: InterfaceName | null;
  readonly vlan: number | undefined;
  readonly trunk: readonly VlanRange[] | undefined;
}

/**
 * Finds out what a bridge is. Throws `bridge-ambiguous` for a name that is both, and what `bridgeFacts` throws for one
 * that Open vSwitch does not have.
 */
export function findSwitch(name: InterfaceName, view: SwitchView, wantsVlans: boolean): Switch {
  const { ovs, bridge } = view;
  if (ovs?.bridge !== undefined) return { kind: 'ovs', ovs: findOvsBridge(name, view) };
  if (ovs !== undefined && bridge === undefined) throw missingInBoth(name, ovs);
  return { kind: 'linux', bridge: bridgeFacts(name, view, wantsVlans) };
}

/**
 * Finds a bridge that must be one of Open vSwitch. Throws `bridge-missing`, `not-a-bridge` for another link of that name,
 * `bridge-ambiguous` for a Linux bridge beside it.
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
  /** What messages call the bridge. */
  readonly bridge: string;
  /** Its own, in bytes; undefined: the switch has not made it yet. */
  readonly mtu: number | undefined;
  /** A port with a smaller one takes it down, for everyone on the bridge. */
  readonly follows: boolean;
}

// Without a pinned MTU, a Linux bridge takes on that of its smallest port. Pinned is provable only by an MTU that the ports
// do not explain. An Open vSwitch does the same unless an MTU was asked for (update_mtu of ofproto/ofproto.c).
function mtuFactsOf(found: Switch): SwitchMtu {
  if (found.kind === 'linux') {
    const { name, mtu, portMtus } = found.bridge;
    const followed = portMtus.length === 0 ? ethernetMtu : Math.min(...portMtus);
    return { bridge: `bridge ${name}`, mtu, follows: mtu === followed };
  }
  const { name, mtu, mtuIsSet } = found.ovs.bridge;
  return { bridge: `the Open vSwitch bridge ${name}`, mtu, follows: !mtuIsSet && mtu !== undefined };
}

// What a port has that asks for none. Throws `invalid-configuration` where no guest could carry it.
function mtuOfSwitch({ bridge, mtu = ethernetMtu }: SwitchMtu): Mtu {
  const parsed = parseMtu(mtu);
  if (parsed.ok) return parsed.value;
  throw protocolError('invalid-configuration', `the MTU ${mtu} of ${bridge} ${parsed.why}: set "mtu"`);
}

/**
 * The MTU of a port of an Open vSwitch: the one that is asked for, or else the switch's. Throws `mtu-below-bridge` for one
 * that would take the switch's own down, and `invalid-configuration` where no guest could carry the switch's.
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

/** What a tap that is a port has, and what its guest has, in bytes. */
export interface TapMtus {
  readonly guest: Mtu;
  readonly tap: Mtu;
}

/**
 * The MTUs of a tap that is a port, and of its guest. Where a smaller one would take the switch's own down, the tap keeps the
 * switch's: the guest sends smaller frames all the same, and nobody else on the switch loses any. Throws
 * `invalid-configuration` where no guest could carry the switch's.
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

/** What a fixed MAC is exclusive about: its bridge. A derived one is nobody else's. */
export function macOnBridge(mac: Mac | undefined, bridge: InterfaceName | undefined): readonly Exclusive[] {
  return mac === undefined || bridge === undefined ? [] : [{ of: 'mac', bridge }];
}
