import { exists, readIfThere } from '../../../host/files.ts';
import { listIn, mapIn, textIn } from '../../../host/ovs-answer.ts';
import { askOvs, OvsUnreachable } from '../../../host/ovs-vsctl.ts';
import { ownOvsPorts, toBridge } from '../../../host/ovs.ts';
import type { Site } from '../../../host/site.ts';
import { switchAccessFault } from '../../../host/switch-process.ts';
import { findProgram } from '../../../host/tools.ts';
import type { Tree } from '../../../host/tree.ts';
import { wantsOf } from '../../../kinds/kinds.ts';
import type { Diagnosis } from '../../../model/error.ts';
import { parseInterfaceName } from '../../../model/interface-name.ts';
import type { OvsBridge, OvsDatabase, OvsView } from '../../../model/ovs.ts';
import { dirname, join } from '../../../model/path.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';
import { databasesOf, lookSeconds } from '../../../node/ovs-databases.ts';
import { isLive } from '../../../node/paths.ts';
import { messageOf } from '../../../json/thrown.ts';

/** What is known about Open vSwitch. */
export interface OvsFacts {
  readonly hasProgram: boolean;
  /** The switches that networks use, and the one at the default place if it exists; none if only files are read. */
  readonly switches: readonly OvsSwitch[];
  /** Networks whose sockets the switch cannot reach, with the reason. */
  readonly outOfReach: readonly { readonly network: string; readonly fault: Diagnosis }[];
}

/** An Open vSwitch. */
export interface OvsSwitch {
  readonly database: OvsDatabase;
  /** What its database says. A text if it does not answer: the reason. */
  readonly view: SwitchView | string;
  /** Its ovs-vswitchd; undefined if the database has no socket on this node. */
  readonly process: OvsProcess | undefined;
}

/** The ovs-vswitchd of a database, according to its pid file. */
export type OvsProcess =
  | { readonly state: 'running'; readonly pid: number }
  | { readonly state: 'gone'; readonly pid: number; readonly file: string }
  | { readonly state: 'unknown'; readonly file: string };

/** What a database says about its switch as a whole. */
export interface SwitchView extends Pick<OvsView, 'interfaceTypes' | 'userspaceTso'> {
  /** Version of ovs-vswitchd; undefined if none has ever run with this database. */
  readonly version: string | undefined;
  /** Whether `other_config:dpdk-init` asks for DPDK, and whether the running switch has it. */
  readonly dpdk: { readonly isWanted: boolean; readonly isRunning: boolean };
  readonly bridges: readonly OvsBridge[];
  /** Ports of attachments that the switch does not run, with its reason if it gives one. */
  readonly failed: readonly { readonly name: string; readonly error: string }[];
}

/** Looks at the switches. If the node's root is not this system's, only looks for the program. */
export async function lookAtOvs(tree: Tree, networks: readonly DanNetwork[]): Promise<OvsFacts> {
  const hasProgram = findProgram('ovs-vsctl', tree) !== undefined;
  if (!isLive(tree)) return { hasProgram, switches: [], outOfReach: [] };
  const switches = databasesOf(networks).map(async (database) => ({
    database,
    view: hasProgram
      ? await readSwitch(database, { timeoutSeconds: lookSeconds })
      : 'the program "ovs-vsctl" is missing',
    process: processOf(database),
  }));
  return { hasProgram, switches: await Promise.all(switches), outOfReach: outOfReach(networks) };
}

function outOfReach(networks: readonly DanNetwork[]): OvsFacts['outOfReach'] {
  return networks.flatMap(({ name, config }) => {
    if (config === undefined) return [];
    const { bridge, database, socket } = wantsOf(config.device);
    if (socket === undefined || bridge === null || database === undefined) return [];
    const fault = switchAccessFault(database, socket.path === undefined ? socket.directory : dirname(socket.path));
    return fault === undefined ? [] : [{ network: name, fault }];
  });
}

function processOf(database: OvsDatabase): OvsProcess | undefined {
  const [, socket] = /^unix:(.+)$/.exec(database) ?? [];
  if (socket === undefined) return undefined;
  const file = join(dirname(socket), 'ovs-vswitchd.pid');
  const pid = Number(readIfThere(file)?.trim());
  if (!Number.isInteger(pid) || pid <= 0) return { state: 'unknown', file };
  return exists(`/proc/${pid}`) ? { state: 'running', pid } : { state: 'gone', pid, file };
}

// Uses two processes.
async function readSwitch(database: OvsDatabase, site: Site): Promise<SwitchView | string> {
  try {
    const tables = await askOvs(
      database,
      [
        // Names no columns, because old versions lack some.
        ['list', 'Open_vSwitch'],
        ['--columns=name,datapath_type', 'list', 'Bridge'],
        ['--columns=name,mtu,mtu_request,error,ofport', 'find', 'Interface', 'type=internal'],
      ],
      site,
    );
    const ports = await ownOvsPorts(database, site);
    const [[config] = [], bridges = [], internal = []] = tables;
    const settings = mapIn(config?.['other_config']);
    return {
      version: textIn(config?.['ovs_version']),
      interfaceTypes: listIn(config?.['iface_types']).map(String),
      userspaceTso: settings['userspace-tso-enable'] === 'true',
      dpdk: {
        isWanted: ['true', 'try'].includes(settings['dpdk-init'] ?? ''),
        isRunning: config?.['dpdk_initialized'] === true,
      },
      bridges: bridges.flatMap((row) => {
        const name = parseInterfaceName(row['name']);
        const link = internal.find((one) => one['name'] === row['name']);
        return name.ok ? [toBridge(name.value, row, link)] : [];
      }),
      failed: ports.flatMap(({ name, error }) => (error === undefined ? [] : [{ name, error }])),
    };
  } catch (error) {
    return error instanceof OvsUnreachable ? error.seen : messageOf(error);
  }
}
