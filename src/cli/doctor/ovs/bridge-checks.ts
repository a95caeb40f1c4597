import { kindNamed } from '../../../kinds/kinds.ts';
import { ovsTapWarnings, requireDpdk } from '../../../kinds/ovs-bridge.ts';
import type { OvsDatabase } from '../../../model/ovs.ts';
import { CniError } from '../../../protocol/error.ts';
import type { Check, Observation } from '../finding.ts';
import { naming } from '../kernel/demand.ts';
import type { NodeFacts } from '../node.ts';
import { seenAndCure } from './sentence.ts';
import type { SwitchView } from './switch-view.ts';
import { type UsedBridge, usedBridges } from './used-bridges.ts';

/** Whether the bridges of Open vSwitch that networks name carry their pods. */
export const ovsBridgeChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'ovs-bridge',
    fine: 'the bridges of Open vSwitch that networks name are there and work',
    why: 'A port is made at the bridge that the network names: without it, ADD fails.',
    unasked: withoutAnswer,
    look: (facts) => usedBridges(facts).flatMap(bridgeFaults),
  },
  {
    id: 'ovs-dpdk',
    fine: 'the switch can make vhost-user ports where networks have them',
    why: 'Only a switch with DPDK, at a bridge with its datapath in user space, has vhost-user ports: without, ADD fails.',
    unasked: withoutAnswer,
    look: (facts) => usedBridges(facts).flatMap(dpdkFaults),
  },
  {
    id: 'ovs-userspace-tso',
    fine: 'a switch with its datapath in user space fills in the checksums of guests',
    why: 'A guest leaves TCP checksums to its device; where nobody fills them in, ping works and TCP does not.',
    unasked: withoutAnswer,
    look: (facts) =>
      usedBridges(facts).flatMap(({ device, database, view, bridge }): readonly Observation[] =>
        kindNamed(device).opens !== 'tap' || bridge === undefined
          ? []
          : ovsTapWarnings({ ...view, database, nameIsTaken: false, bridge }).map((warning) => ({
              severity: 'warning',
              seen: seenAndCure(warning).seen,
              cure: tsoCure(database, view),
            })),
      ),
  },
];

/** Why nothing can be asked of Open vSwitch here; undefined: it can. */
export function unasked({ ovs: { isAsked, switches }, kernel: { user } }: NodeFacts): string | undefined {
  if (!isAsked) return 'only files are looked at';
  if (user !== undefined && user !== 0) return 'only root can ask it';
  return switches.length === 0 ? 'no network uses Open vSwitch, and there is none' : undefined;
}

/** Why nothing can be asked of what a database has; undefined: one answers. */
export function withoutAnswer(facts: NodeFacts): string | undefined {
  const { switches } = facts.ovs;
  return unasked(facts) ?? (switches.every(({ view }) => typeof view === 'string') ? 'no database answers' : undefined);
}

function tsoCure(database: OvsDatabase, view: SwitchView): string {
  const command = `"ovs-vsctl --db=${database} set Open_vSwitch . other_config:userspace-tso-enable=true"`;
  const update = isOld(view) ? `, after an update: version ${view.version ?? ''} does not know it, 2.13 does` : '';
  return `${command}, then restart ovs-vswitchd${update}; or switch checksum offload off in the guests`;
}

/** userspace-tso-enable came with 2.13. */
function isOld({ version }: SwitchView): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return major !== undefined && (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 13));
}

function bridgeFaults({ name, networks, database, bridge }: UsedBridge): readonly Observation[] {
  if (bridge === undefined) {
    return [
      {
        severity: 'error',
        seen: `the Open vSwitch at ${database} has no bridge ${name}; ${naming(networks)} ${networks.length === 1 ? 'names' : 'name'} it`,
        cure: `make it with "ovs-vsctl --db=${database} add-br ${name}", or name another in "bridge"`,
      },
    ];
  }
  if (bridge.fault === undefined) return [];
  return [
    {
      severity: 'error',
      seen: `the Open vSwitch at ${database} does not run the bridge ${name} of ${naming(networks)}: ${bridge.fault}`,
      cure: 'see the log of ovs-vswitchd; the kernel’s datapath takes "modprobe openvswitch", the other datapath_type=netdev',
    },
  ];
}

function dpdkFaults({ device, database, view, bridge }: UsedBridge): readonly Observation[] {
  if (kindNamed(device).opens !== 'socket' || bridge === undefined) return [];
  try {
    requireDpdk({ ...view, database, nameIsTaken: false, bridge });
    return [];
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    const { seen, cure } = seenAndCure(error.message);
    const { isWanted, isRunning } = view.dpdk;
    const state = `dpdk-init is ${isWanted ? 'set' : 'not set'}, and DPDK ${isRunning ? 'runs' : 'does not run'}`;
    return [{ severity: 'error', seen: `${seen}; ${state}`, cure }];
  }
}
