import { type Diagnosis, sentenceOf } from '../model/diagnosis.ts';
import { danError } from '../model/error.ts';
import { ethernetMtu, type Mtu, parseMtu } from '../model/mtu.ts';
import type { OvsBridge, OvsView } from '../model/ovs.ts';
import { protocolError } from '../protocol/error.ts';

/** A bridge of an Open vSwitch, and the switch that it is in. */
export interface OvsFacts extends Omit<OvsView, 'bridge'> {
  readonly bridge: OvsBridge;
}

/** The MTU that a port takes over from its bridge. Throws `invalid-configuration` where no guest could carry it. */
export function ovsMtu({ bridge }: OvsFacts): Mtu {
  const parsed = parseMtu(bridge.mtu ?? ethernetMtu);
  if (parsed.ok) return parsed.value;
  throw protocolError(
    'invalid-configuration',
    `the MTU ${bridge.mtu ?? ''} of the Open vSwitch bridge ${bridge.name} ${parsed.why}: set "mtu"`,
  );
}

/**
 * Refuses a port whose MTU would sink the bridge's own link: unless its MTU was asked for, the switch gives it that of
 * the smallest port (update_mtu of ofproto/ofproto.c). Throws `mtu-below-bridge`.
 */
export function refuseMtuBelowOvs({ bridge }: OvsFacts, mtu: number): void {
  if (bridge.mtuIsSet || bridge.mtu === undefined || mtu >= bridge.mtu) return;
  throw danError(
    'mtu-below-bridge',
    `"mtu" ${mtu} is below the MTU of the Open vSwitch bridge ${bridge.name}, ${bridge.mtu}, which follows its smallest ` +
      'port and would sink: leave "mtu" out, or pin the bridge\'s own with ' +
      `"ovs-vsctl set Interface ${bridge.name} mtu_request=${bridge.mtu}"`,
  );
}

/** Refuses a port name that somebody else's port has. Throws `ovs-port-taken`. */
export function refuseTakenName({ database, nameIsTaken }: OvsView, name: string): void {
  if (!nameIsTaken) return;
  throw danError(
    'ovs-port-taken',
    `the port is to be named ${name}, and the Open vSwitch at ${database} has one of that name that no record claims: ` +
      `see with "ovs-vsctl --db=${database} list Port ${name}" whose it is; if nobody's, delete it with "ovs-vsctl del-port"`,
  );
}

/** Refuses a bridge that cannot have vhost-user ports. Throws `ovs-lacks-dpdk`. */
export function requireDpdk(facts: OvsFacts): void {
  const fault = dpdkFault(facts);
  if (fault !== undefined) throw danError('ovs-lacks-dpdk', sentenceOf(fault));
}

/** Why a bridge cannot have vhost-user ports; undefined: it can. */
export function dpdkFault({ bridge, interfaceTypes, database }: OvsFacts): Diagnosis | undefined {
  if (bridge.datapath !== 'netdev') {
    return {
      seen: `the Open vSwitch bridge ${bridge.name} has the kernel's datapath, which has no vhost-user ports`,
      cure: 'name one that was made with "datapath_type=netdev", or use "device": "host-tap"',
    };
  }
  if (interfaceTypes.includes('dpdkvhostuserclient')) return undefined;
  return {
    seen: `the Open vSwitch at ${database} runs without DPDK and has no vhost-user ports`,
    cure:
      'install a build with DPDK (on Debian, openvswitch-switch-dpdk), set other_config:dpdk-init=true, restart it, and ' +
      'see its log if it still has none',
  };
}

/** What the operator should know of taps on a bridge. */
export function ovsTapWarnings(facts: OvsFacts): readonly string[] {
  const fault = checksumFault(facts);
  return fault === undefined ? [] : [sentenceOf(fault)];
}

/** Why nobody fills in the checksums of guests at a bridge; undefined: somebody does. */
export function checksumFault({ bridge, userspaceTso }: OvsFacts): Diagnosis | undefined {
  if (bridge.datapath !== 'netdev' || userspaceTso) return undefined;
  return {
    seen:
      `the Open vSwitch bridge ${bridge.name} has its datapath in user space, where the checksums that a guest leaves to ` +
      'its device stay empty and TCP fails',
    cure: 'set other_config:userspace-tso-enable=true and restart the switch, or switch checksum offload off in the guest',
  };
}
