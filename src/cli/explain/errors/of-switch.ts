import type { DanErrorName } from '../../../model/error.ts';
import type { Explanation } from '../explanation.ts';

/** The errors of Open vSwitch and of vhost-user sockets. */
export const switchExplanations = {
  'ovs-unreachable': {
    meaning:
      'Open vSwitch does not answer. ADD is taken back; DEL removes all but the port and keeps its record, so that the ' +
      'next DEL removes that too.',
    cause:
      'Its database does not answer within 2 seconds, or the switch does not take a new port over within ' +
      '`commandTimeout`: one of the two does not run, or `ovs.db` names another database.',
    cure: 'start `ovsdb-server` and `ovs-vswitchd`; correct `ovs.db`. The runtime tries again.',
  },
  'bridge-ambiguous': {
    meaning: '`bridge` names both a Linux bridge and one of Open vSwitch.',
    cause: 'Two bridges of one name were made, one with `ip` and one with `ovs-vsctl`.',
    cure: 'rename or delete one of them.',
  },
  'ovs-lacks-dpdk': {
    meaning: 'The bridge has no vhost-user ports.',
    cause: 'It has the kernel’s datapath, or the switch runs without DPDK.',
    cure:
      'a build with DPDK, `other_config:dpdk-init=true`, and a bridge with `datapath_type=netdev`; or ' +
      '`"device": "host-tap"`.',
  },
  'ovs-port-taken': {
    meaning: 'The bridge’s switch has a port of the name that ours is to have. It is not touched.',
    cause: 'No record claims it: somebody else made it, or the node was restarted without a DEL.',
    cure: 'see with `ovs-vsctl list Port <name>` whose it is; `dan list --orphans` shows it if it is one of ours. Delete it if it is nobody’s.',
  },
  'ovs-port-failed': {
    meaning: 'The switch could not make the port; the message has its own words. Everything is taken back.',
    cause: 'The datapath refused it, or does not run.',
    cure: 'see the log of `ovs-vswitchd`, most often `/var/log/openvswitch/ovs-vswitchd.log`.',
  },
  'socket-path-unusable': {
    meaning: 'The virtual machine could not bind its vhost-user socket. Nothing was touched.',
    cause: 'What is at the path is in the way, or another attachment has the path.',
    cure: 'the message says what is there. See [vhost-user sockets](configuration.md#vhost-user-sockets).',
  },
} as const satisfies Partial<Record<DanErrorName, Explanation>>;
