import { kindOf } from '../../../kinds/kinds.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';
import type { Check, Observation } from '../finding.ts';
import { concerning, naming } from '../kernel/demand.ts';
import type { NodeFacts } from '../node.ts';
import { ovsBridgeChecks, unasked, withoutAnswer } from './bridge-checks.ts';
import { databaseOf } from '../../../node/ovs-databases.ts';
import type { OvsSwitch } from './facts.ts';
import { seenAndCure } from './sentence.ts';

/** Whether the switches that networks use are at work, and as they need them. */
export const ovsChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'ovs-program',
    fine: '"ovs-vsctl" is installed where networks use Open vSwitch',
    why: 'dan makes the ports of an Open vSwitch with it: an ADD that misses it fails.',
    unasked: ({ cni }) => (cni.networks.some(usesOvs) ? undefined : 'no network says that it uses Open vSwitch'),
    look: ({ ovs, cni }) =>
      ovs.hasProgram
        ? []
        : [
            {
              severity: 'error',
              seen: `the program "ovs-vsctl" is missing${concerning(namesOf(cni.networks.filter(usesOvs)))}`,
              cure: 'install the package openvswitch-switch (its name in Debian)',
            },
          ],
  },
  {
    id: 'ovs-database',
    fine: 'the database of Open vSwitch answers',
    why: 'Without an answer, ADD fails, and a DEL leaves the record for one that is tried again.',
    unasked,
    look: ({ ovs: { switches, hasProgram }, cni: { networks } }) =>
      switches.flatMap(({ database, view }) => {
        if (typeof view !== 'string' || !hasProgram) return [];
        const users = namesOf(networks.filter((network) => databaseOf(network) === database));
        const cure =
          'start it: "systemctl start openvswitch-switch" in Debian, "systemctl start openvswitch" in others; ' +
          `"ovs-vsctl --db=${database} show" tells whether it answers`;
        return [
          {
            severity: users.length > 0 ? 'error' : 'note',
            seen: `${seenAndCure(view).seen}${concerning(users)}`,
            cure,
          },
        ];
      }),
  },
  {
    id: 'ovs-vswitchd',
    fine: 'ovs-vswitchd runs',
    why: 'The database takes ports also while no switch runs that would make them: then ADD waits in vain, and fails.',
    unasked: withoutAnswer,
    look: ({ ovs: { switches }, cni: { networks } }) =>
      switches.flatMap((one) =>
        notRunning(one, namesOf(networks.filter((network) => databaseOf(network) === one.database))),
      ),
  },
  ...ovsBridgeChecks,
  {
    id: 'ovs-socket',
    fine: 'the switch can reach the sockets of virtual machines',
    why: 'The switch connects to a socket that the virtual machine monitor makes; where it cannot, the guest waits for ever.',
    unasked: unaskedSocket,
    look: ({ ovs: { outOfReach } }) =>
      outOfReach.map(({ network, fault }) => {
        const { seen, cure } = seenAndCure(fault);
        return { severity: 'error', seen: `${naming([network])}: ${seen}`, cure };
      }),
  },
  {
    id: 'ovs-port-error',
    fine: 'the switch runs all ports of pods',
    why: 'A port that the switch does not run connects its pod to nothing.',
    unasked: withoutAnswer,
    look: ({ ovs: { switches } }) =>
      switches.flatMap(({ database, view }) =>
        typeof view === 'string'
          ? []
          : view.failed.map(({ name, error }) => ({
              severity: 'error',
              seen: `the Open vSwitch at ${database} does not run the port ${name}: ${error}`,
              cure:
                'see the log of ovs-vswitchd; "dan list" tells whose port it is. Where the pod has gone, "dan list ' +
                '--orphans" has it too; else restart the pod when the cause is mended',
            })),
      ),
  },
];

function usesOvs(network: DanNetwork): boolean {
  return databaseOf(network) !== undefined;
}

function namesOf(networks: readonly DanNetwork[]): readonly string[] {
  return [...new Set(networks.map(({ name }) => name))];
}

function notRunning({ database, view, process }: OvsSwitch, users: readonly string[]): readonly Observation[] {
  if (typeof view === 'string' || process === undefined || process.state === 'running') return [];
  const cure = 'start it: "systemctl start openvswitch-switch" in Debian, "systemctl start openvswitch" in others';
  if (process.state === 'gone') {
    const seen = `the ovs-vswitchd of ${database} has ended: the process ${process.pid} of ${process.file} is gone`;
    return [{ severity: users.length > 0 ? 'error' : 'note', seen: `${seen}${concerning(users)}`, cure }];
  }
  const seen = `the ovs-vswitchd of ${database} does not seem to run: there is no ${process.file}`;
  return [{ severity: users.length > 0 ? 'warning' : 'note', seen: `${seen}${concerning(users)}`, cure }];
}

function unaskedSocket(facts: NodeFacts): string | undefined {
  const has = facts.cni.networks.some(({ config }) => config !== undefined && kindOf(config.device).opens === 'socket');
  return unasked(facts) ?? (has ? undefined : 'no network has vhost-user devices');
}
