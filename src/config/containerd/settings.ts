import { isObject, type JsonObject } from '../../json/object.ts';
import { numberIn, tableAt, textIn, textsIn } from '../toml.ts';
import { criRuntime } from './file.ts';
import { readHandler, type RuntimeHandler } from './handler.ts';

/** What containerd's CRI plugin does about networks and runtimes. */
export interface ContainerdSettings {
  /** Where CNI plugins are looked for, in this order. */
  readonly binDirs: readonly string[];
  /** Where the network configurations are that hold for handlers without a directory of their own. */
  readonly confDir: string;
  /** How many configurations of that directory a pod gets; 0 means all of them. */
  readonly maxConfNum: number;
  /** containerd brings `lo` up itself, without the plugin `loopback`. */
  readonly internalLoopback: boolean;
  /** The handler of pods that name no RuntimeClass. */
  readonly defaultHandler: string;
  readonly handlers: readonly RuntimeHandler[];
}

/** Where containerd looks when its configuration says nothing else. */
export const containerdDefaults = { binDir: '/opt/cni/bin', confDir: '/etc/cni/net.d', handler: 'runc' } as const;

/**
 * Reads what the joined sections come to. Before 2.0 a table of `runtimes` replaces the built-in one with its `runc`;
 * from then on it is merged with it.
 */
export function readSettings(plugins: JsonObject, mergesSections: boolean): ContainerdSettings {
  const section = tableAt(plugins, criRuntime);
  const cni = tableAt(section, 'cni');
  const containerd = tableAt(section, 'containerd');
  const confDir = textIn(cni, 'conf_dir') ?? containerdDefaults.confDir;
  const maxConfNum = numberIn(cni, 'max_conf_num') ?? 1;
  const tables = handlerTables(containerd, mergesSections);
  return {
    binDirs: binDirsOf(cni),
    confDir,
    maxConfNum,
    internalLoopback: cni['use_internal_loopback'] === true,
    defaultHandler: textIn(containerd, 'default_runtime_name') ?? containerdDefaults.handler,
    handlers: Object.entries(tables).map(([name, table]) => readHandler(name, table, { confDir, maxConfNum })),
  };
}

function binDirsOf(cni: JsonObject): readonly string[] {
  const several = textsIn(cni, 'bin_dirs');
  return several.length > 0 ? several : [textIn(cni, 'bin_dir') ?? containerdDefaults.binDir];
}

// Before 2.0 two handlers had tables of their own, and count where they name a type.
function handlerTables(containerd: JsonObject, mergesSections: boolean): Record<string, JsonObject> {
  const runtimes = containerd['runtimes'];
  const builtIn = { [containerdDefaults.handler]: { runtime_type: 'io.containerd.runc.v2' } };
  const named = isObject(runtimes) ? Object.entries(runtimes) : [];
  const legacy = Object.entries({ untrusted: 'untrusted_workload_runtime', default: 'default_runtime' })
    .map(([name, key]) => [name, tableAt(containerd, key)] as const)
    .filter(([, table]) => textIn(table, 'runtime_type') !== undefined);
  const tables = [...named, ...legacy].map(([name, table]) => [name, isObject(table) ? table : {}] as const);
  return { ...(mergesSections || !isObject(runtimes) ? builtIn : {}), ...Object.fromEntries(tables) };
}
