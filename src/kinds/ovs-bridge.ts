import { danError, type Diagnosis, sentenceOf } from '../model/error.ts';
import type { OvsBridge, OvsView } from '../model/ovs.ts';

/** A bridge of an Open vSwitch, with its switch. */
export interface OvsFacts extends Omit<OvsView, 'bridge'> {
  readonly bridge: OvsBridge;
}

/** Refuses a port name that a port of others has. Throws `ovs-port-taken`. */
export function refuseTakenName({ database, takenNames }: OvsView, name: string): void {
  if (!takenNames.includes(name)) return;
  throw danError(
    'ovs-port-taken',
    `the port needs the name ${name}, and the Open vSwitch at ${database} has one of that name that no record claims: ` +
      `see with "ovs-vsctl --db=${database} list Port ${name}" whose it is; if nobody's, delete it with "ovs-vsctl del-port"`,
  );
}

/** Refuses a bridge that cannot have vhost-user ports. Throws `ovs-lacks-dpdk`. */
export function requireDpdk(facts: OvsFacts): void {
  const fault = dpdkFault(facts);
  if (fault !== undefined) throw danError('ovs-lacks-dpdk', sentenceOf(fault));
}

/** Why a bridge cannot have vhost-user ports; undefined if it can. */
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

/** What the operator should know about taps on a bridge. */
export function ovsTapWarnings(facts: OvsFacts): readonly string[] {
  const fault = checksumFault(facts);
  return fault === undefined ? [] : [sentenceOf(fault)];
}

/** Why nothing fills in the checksums of guests at a bridge; undefined if the switch does. */
export function checksumFault({ bridge, userspaceTso }: OvsFacts): Diagnosis | undefined {
  if (bridge.datapath !== 'netdev' || userspaceTso) return undefined;
  return {
    seen:
      `the Open vSwitch bridge ${bridge.name} has its datapath in user space, where the checksums that a guest leaves to ` +
      'its device stay empty and TCP fails',
    cure: 'set other_config:userspace-tso-enable=true and restart the switch, or switch checksum offload off in the guest',
  };
}
