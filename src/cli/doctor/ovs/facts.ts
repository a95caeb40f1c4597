import { wantsOf } from '../../../kinds/kinds.ts';
import { switchAccessFault } from '../../../host/switch-process.ts';
import { findProgram } from '../../../host/tools.ts';
import type { Tree } from '../../../host/tree.ts';
import type { OvsDatabase } from '../../../model/ovs.ts';
import { dirname } from '../../../model/path.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';
import { databasesOf } from '../../../node/ovs-databases.ts';
import { type OvsProcess, processOf } from './process.ts';
import { readSwitch, type SwitchView } from './switch-view.ts';

/** An Open vSwitch that networks use, or that is there. */
export interface OvsSwitch {
  readonly database: OvsDatabase;
  /** What its database says; a text: why it does not answer. */
  readonly view: SwitchView | string;
  /** Its ovs-vswitchd; undefined where nobody can tell. */
  readonly process: OvsProcess | undefined;
}

/** What is known of Open vSwitch. */
export interface OvsFacts {
  /** Whether switches were looked at: not where only files are. */
  readonly isAsked: boolean;
  readonly hasProgram: boolean;
  readonly switches: readonly OvsSwitch[];
  /** Networks whose sockets the switch cannot reach, and why. */
  readonly outOfReach: readonly { readonly network: string; readonly fault: string }[];
}

/**
 * Looks at the switches that networks name, and at the one that is at the default place. Where the node's root is not this
 * system's, only at files.
 */
export async function lookAtOvs(tree: Tree, networks: readonly DanNetwork[]): Promise<OvsFacts> {
  const hasProgram = findProgram('ovs-vsctl', tree) !== undefined;
  if (tree.root !== '/') return { isAsked: false, hasProgram, switches: [], outOfReach: [] };
  const databases = databasesOf(networks);
  const switches = databases.map(async (database) => ({
    database,
    view: hasProgram ? await readSwitch(database, { timeoutSeconds: 10 }) : 'the program "ovs-vsctl" is missing',
    process: processOf(database),
  }));
  return { isAsked: true, hasProgram, switches: await Promise.all(switches), outOfReach: outOfReach(networks) };
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
