import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import { ethernetMtu } from '../model/mtu.ts';

/** What a port of a Linux bridge needs to know of it. */
export interface BridgeFacts {
  readonly name: InterfaceName;
  readonly mac: string;
  /** Bytes. */
  readonly mtu: number;
  /** The VLAN that every new port is in, untagged; 0 for none. */
  readonly defaultVlan: number;
}

/**
 * Reads the facts of a bridge from its link. Throws `bridge-missing`, `not-a-bridge` and, where a port is to be in
 * VLANs, `vlan-filtering-off` or `vlan-filtering-unsupported`.
 */
export function bridgeFacts(name: InterfaceName, link: Link | undefined, wantsVlans: boolean): BridgeFacts {
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
      `"bridge" names ${name}, which is a link of kind ${link.kind ?? 'device'}: name a Linux bridge`,
    );
  }
  if (wantsVlans) requireVlanFiltering(name, link);
  const defaultVlan = link.data['vlan_default_pvid'];
  return { name, mac: link.mac ?? '', mtu: link.mtu, defaultVlan: typeof defaultVlan === 'number' ? defaultVlan : 0 };
}

/**
 * Why a port with this MTU must not join: without a pinned MTU, a bridge takes on that of its smallest port, and every
 * other guest on it would lose its larger frames. `ports` are the MTUs of its ports. Pinned is provable only by an MTU
 * that the ports do not explain (br_mtu_auto_adjust of net/bridge/br_if.c); undefined: it may join.
 */
export function mtuBelowBridge(bridge: BridgeFacts, mtu: number, ports: readonly number[]): string | undefined {
  if (mtu >= bridge.mtu) return undefined;
  const followed = ports.length === 0 ? ethernetMtu : Math.min(...ports);
  if (bridge.mtu !== followed) return undefined;
  return (
    `"mtu" ${mtu} is below the MTU of bridge ${bridge.name}, ${bridge.mtu}, which follows its smallest port and would ` +
    `sink for everyone on it: leave "mtu" out, or use a bridge whose own MTU was set with "ip link set ${bridge.name} mtu"`
  );
}

// Kernels without CONFIG_BRIDGE_VLAN_FILTERING report vlan_filtering all the same, but not the VLAN protocol.
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
