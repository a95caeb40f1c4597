import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import { ethernetMtu } from '../model/mtu.ts';
import type { Operation } from '../model/operation.ts';
import type { NodeView } from './device.ts';

/** What a port needs to know about its Linux bridge. */
export interface BridgeFacts {
  readonly name: InterfaceName;
  readonly mac: string;
  /** Bytes. */
  readonly mtu: number;
  /** The VLAN that every new port is in, untagged; 0 for none. */
  readonly defaultVlan: number;
  /** MTUs of its ports, in bytes; left out if nothing {@link dependsOnPorts}. */
  readonly portMtus: readonly number[];
  /** The bridge keeps its MAC, whatever ports it gets. */
  readonly macIsSet: boolean;
  /** A bridge that is down forwards nothing. */
  readonly isUp: boolean;
}

/** The source of a bridge's facts. */
export type BridgeView = Pick<NodeView, 'bridge' | 'bridgeMacIsSet' | 'portMtus'>;

/**
 * Reads the facts of a bridge from its link. Throws `bridge-missing`, `not-a-bridge` and, if the port needs VLANs,
 * `vlan-filtering-off` or `vlan-filtering-unsupported`.
 */
export function bridgeFacts(name: InterfaceName, view: BridgeView, wantsVlans: boolean): BridgeFacts {
  const { bridge: link, portMtus, bridgeMacIsSet } = view;
  if (link === undefined) {
    throw danError(
      'bridge-missing',
      `the bridge "${name}" does not exist in the host's network namespace: make it ("ip link add ${name} type bridge; ` +
        `ip link set ${name} up"), or name another in "bridge"`,
    );
  }
  if (link.kind !== 'bridge') {
    throw danError(
      'not-a-bridge',
      `"bridge" names ${name}, which is a link of kind ${link.kind ?? 'device'} and no bridge: name a Linux bridge, ` +
        'or one of an Open vSwitch',
    );
  }
  if (wantsVlans) requireVlanFiltering(name, link);
  const defaultVlan = link.data['vlan_default_pvid'];
  return {
    // The configured name may be an altname, but ports refer to their bridge by its name.
    name: link.name as InterfaceName,
    mac: link.mac ?? '',
    mtu: link.mtu,
    defaultVlan: typeof defaultVlan === 'number' ? defaultVlan : 0,
    portMtus,
    macIsSet: bridgeMacIsSet,
    isUp: link.up,
  };
}

/**
 * Whether the effect of a new port on the bridge's MTU depends on the MTUs of the other ports. By default it does not:
 * the bridge has Ethernet's MTU, and the port does not go below it.
 */
export function dependsOnPorts({ mtu: own }: Pick<Link, 'mtu'>, mtu: number | undefined): boolean {
  return own !== ethernetMtu || (mtu !== undefined && mtu < own);
}

/**
 * Keeps the settings of a bridge when it gets a port. A MAC that nobody set would become that of its first port, and
 * zero after the last one. A bridge whose MAC is zero takes the port's MAC: if dan set the zero, it would stay, and
 * nobody could reach the bridge. An MTU that the bridge was created with, which the kernel does not count as set, would
 * fall to that of the ports (br_stp_recalculate_bridge_id, br_mtu_auto_adjust).
 */
export function pinBridge({ name, mac, mtu, macIsSet, portMtus }: BridgeFacts): readonly Operation[] {
  const set = { op: 'link-set', in: 'host', name } as const;
  // The kernel counts an MTU as set only when it changes (br_change_mtu). Without ports, nobody notices the change.
  const pinMtu = portMtus.length === 0 && mtu !== ethernetMtu;
  return [
    ...(macIsSet || /^[0:]+$/.test(mac) ? [] : [{ ...set, address: mac }]),
    ...(pinMtu
      ? [
          { ...set, mtu: mtu > 68 ? mtu - 1 : mtu + 1 },
          { ...set, mtu },
        ]
      : []),
  ];
}

// Kernels without CONFIG_BRIDGE_VLAN_FILTERING report vlan_filtering, too, but not the VLAN protocol.
function requireVlanFiltering(name: InterfaceName, { data }: Link): void {
  if (data['vlan_protocol'] === undefined) {
    throw danError(
      'vlan-filtering-unsupported',
      `"vlan" and "trunk" need VLAN filtering on bridge ${name}, and this kernel was built without it ` +
        '(CONFIG_BRIDGE_VLAN_FILTERING): use another kernel, or one bridge for each VLAN',
    );
  }
  if (data['vlan_filtering'] === 1) return;
  throw danError(
    'vlan-filtering-off',
    `"vlan" and "trunk" need VLAN filtering on bridge ${name}, and it is off: turn it on with ` +
      `"ip link set ${name} type bridge vlan_filtering 1"`,
  );
}
