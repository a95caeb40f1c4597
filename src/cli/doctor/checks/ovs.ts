import { type KindName, kindNamed, wantsOf } from '../../../kinds/kinds.ts';
import { checksumFault, dpdkFault } from '../../../kinds/ovs-bridge.ts';
import type { InterfaceName } from '../../../model/interface-name.ts';
import { defaultOvsDatabase, type OvsBridge, type OvsDatabase } from '../../../model/ovs.ts';
import { databaseOf } from '../../../node/ovs-databases.ts';
import { checksUnless, error, observe, warning } from '../check.ts';
import type { Severity } from '../../severity.ts';
import { concerning, naming, vhostUserNetworks } from '../demand.ts';
import type { NodeFacts } from '../facts/node.ts';
import type { OvsProcess, SwitchView } from '../facts/ovs.ts';

const start = 'start it: "systemctl start openvswitch-switch" in Debian, "systemctl start openvswitch" in others';

const programChecks = checksUnless(withoutUsers, [
  {
    id: 'ovs-program',
    *look(facts) {
      const seen = `the program "ovs-vsctl" is missing${concerning(usersOf(facts))}`;
      if (!facts.ovs.hasProgram) yield error(seen, 'install openvswitch-switch (the name of Debian’s package)');
    },
  },
]);

const switchChecks = checksUnless(unasked, [
  {
    id: 'ovs-database',
    *look(facts) {
      for (const { database, view } of facts.ovs.switches) {
        if (typeof view !== 'string' || !facts.ovs.hasProgram) continue;
        const users = usersOf(facts, database);
        const cure = `${start}; "ovs-vsctl --db=${database} show" shows whether it answers`;
        yield observe(users.length > 0 ? 'error' : 'note', `${view}${concerning(users)}`, cure);
      }
    },
  },
  {
    id: 'ovs-socket',
    unasked: ({ cni }) =>
      vhostUserNetworks(cni.networks).length > 0 ? undefined : 'no network has vhost-user devices',
    *look({ ovs }) {
      for (const { network, fault } of ovs.outOfReach) yield error(`${naming([network])}: ${fault.seen}`, fault.cure);
    },
  },
]);

const databaseChecks = checksUnless(withoutAnswer, [
  {
    id: 'ovs-vswitchd',
    *look(facts) {
      for (const { database, view, process } of facts.ovs.switches) {
        if (typeof view === 'string' || process === undefined || process.state === 'running') continue;
        const users = usersOf(facts, database);
        const [seen, severity] = notRunning(database, process);
        yield observe(users.length > 0 ? severity : 'note', `${seen}${concerning(users)}`, start);
      }
    },
  },
  {
    id: 'ovs-bridge',
    *look(facts) {
      for (const { name, networks, database, bridge } of usedBridges(facts)) {
        if (bridge === undefined) {
          yield error(
            `the Open vSwitch at ${database} has no bridge ${name}; ${naming(networks)} ${networks.length === 1 ? 'names' : 'name'} it`,
            `create it with "ovs-vsctl --db=${database} add-br ${name}", or name another in "bridge"`,
          );
        } else if (bridge.fault !== undefined) {
          yield error(
            `the Open vSwitch at ${database} does not run the bridge ${name} of ${naming(networks)}: ${bridge.fault}`,
            'see the log of ovs-vswitchd; the kernel’s datapath needs "modprobe openvswitch", the other one datapath_type=netdev',
          );
        }
      }
    },
  },
  {
    id: 'ovs-dpdk',
    *look(facts) {
      for (const { device, database, view, bridge } of usedBridges(facts)) {
        if (kindNamed(device).opens !== 'socket' || bridge === undefined) continue;
        const fault = dpdkFault({ ...view, database, takenNames: [], bridge });
        if (fault === undefined) continue;
        const { isWanted, isRunning } = view.dpdk;
        const state = `dpdk-init is ${isWanted ? 'set' : 'not set'}, and DPDK ${isRunning ? 'runs' : 'does not run'}`;
        yield error(`${fault.seen}; ${state}`, fault.cure);
      }
    },
  },
  {
    id: 'ovs-userspace-tso',
    *look(facts) {
      for (const { device, database, view, bridge } of usedBridges(facts)) {
        if (kindNamed(device).opens !== 'tap' || bridge === undefined) continue;
        const fault = checksumFault({ ...view, database, takenNames: [], bridge });
        if (fault !== undefined) yield warning(fault.seen, tsoCure(database, view));
      }
    },
  },
  {
    id: 'ovs-port-error',
    *look({ ovs }) {
      const cure =
        'see the log of ovs-vswitchd; "dan list" shows whose port it is. If the pod is gone, "dan list --orphans" has it, ' +
        'too; otherwise restart the pod once the cause is fixed';
      for (const { database, view } of ovs.switches) {
        for (const { name, error: why } of typeof view === 'string' ? [] : view.failed)
          yield error(`the Open vSwitch at ${database} does not run the port ${name}: ${why}`, cure);
      }
    },
  },
]);

/** Whether the switches that networks use run, and can do what the networks need. */
export const ovsChecks = [...programChecks, ...switchChecks, ...databaseChecks];

function withoutUsers(facts: NodeFacts): string | undefined {
  return usersOf(facts).length === 0 ? 'no network says that it uses Open vSwitch' : undefined;
}

// Why no question about Open vSwitch applies here; undefined if they do.
function unasked({ isLive, ovs: { switches }, kernel: { user } }: NodeFacts): string | undefined {
  if (!isLive) return 'only files are looked at';
  if (user !== undefined && user !== 0) return 'only root can ask it';
  return switches.length === 0 ? 'no network uses Open vSwitch, and there is none' : undefined;
}

// Why no question about a database's contents applies; undefined if a database answers.
function withoutAnswer(facts: NodeFacts): string | undefined {
  const isMute = facts.ovs.switches.every(({ view }) => typeof view === 'string');
  return unasked(facts) ?? (isMute ? 'no database answers' : undefined);
}

// The networks that certainly use a database, or any database if left out.
function usersOf({ cni }: NodeFacts, database?: OvsDatabase): readonly string[] {
  const users = cni.networks.filter((network) => {
    const used = databaseOf(network);
    return database === undefined ? used !== undefined : used === database;
  });
  return [...new Set(users.map(({ name }) => name))];
}

function notRunning(database: OvsDatabase, process: Exclude<OvsProcess, { state: 'running' }>): [string, Severity] {
  return process.state === 'gone'
    ? [`the ovs-vswitchd of ${database} has ended: the process ${process.pid} of ${process.file} is gone`, 'error']
    : [`the ovs-vswitchd of ${database} does not seem to run: there is no ${process.file}`, 'warning'];
}

// userspace-tso-enable exists since 2.13.
function tsoCure(database: OvsDatabase, { version = '' }: SwitchView): string {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const isOld = Number(major) < 2 || (Number(major) === 2 && Number(minor) < 13);
  const command = `"ovs-vsctl --db=${database} set Open_vSwitch . other_config:userspace-tso-enable=true"`;
  const update = isOld ? `, after an update: version ${version} does not know it, 2.13 does` : '';
  return `${command}, then restart ovs-vswitchd${update}; or switch checksum offload off in the guests`;
}

/** An Open vSwitch bridge that networks with one kind of device name. */
interface UsedBridge {
  readonly name: InterfaceName;
  readonly device: KindName;
  readonly networks: readonly string[];
  readonly database: OvsDatabase;
  readonly view: SwitchView;
  /** undefined if the switch has no bridge of that name. */
  readonly bridge: OvsBridge | undefined;
}

// The bridges that networks name, each once for a kind of device, if their database answers. A bridge that a network
// names without "ovs" counts if the switch at the default place has it.
function usedBridges({ cni, ovs }: NodeFacts): readonly UsedBridge[] {
  const used = new Map<string, UsedBridge>();
  for (const { name: network, config } of cni.networks) {
    if (config === undefined) continue;
    const { bridge: name, database: asked } = wantsOf(config.device);
    const database = asked ?? defaultOvsDatabase;
    const view = ovs.switches.find((one) => one.database === database)?.view;
    if (name === null || view === undefined || typeof view === 'string') continue;
    const bridge = view.bridges.find((one) => one.name === name);
    if (asked === undefined && bridge === undefined) continue;
    const { device } = config.device;
    const key = [database, name, device].join(' ');
    const networks = [...(used.get(key)?.networks ?? []), network];
    used.set(key, { name, device, networks: [...new Set(networks)], database, view, bridge });
  }
  return [...used.values()];
}
