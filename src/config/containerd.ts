import { isObject, type JsonObject } from '../json/object.ts';
import { accept, type Parsed } from '../model/parsed.ts';
import { mergeTables, numberIn, parseToml, tableAt, textIn, textsIn } from './toml.ts';

/** A configuration file of containerd, main or imported. */
export interface ContainerdFile {
  /** Its `version`; 1 for a file without one. */
  readonly version: number;
  /** The imported files, as they are named: globs, relative to this file's directory. */
  readonly imports: readonly string[];
  /** Its CRI plugin is disabled, as in the configuration from Docker's packages. */
  readonly criDisabled: boolean;
  /** The sections of its plugins, under their names of version 3. */
  readonly plugins: JsonObject;
}

/** The section of the CRI plugin about running pods. */
const criRuntime = 'io.containerd.cri.v1.runtime';

/** The names of that section in versions 1 and 2. */
const earlierNames: readonly string[] = ['cri', 'io.containerd.grpc.v1.cri'];

/** Parses the text of a configuration file of any version. */
export function parseContainerdFile(text: string): Parsed<ContainerdFile> {
  const parsed = parseToml(text);
  if (!parsed.ok) return parsed;
  const plugins = tableAt(parsed.value, 'plugins');
  return accept({
    version: numberIn(parsed.value, 'version') ?? 1,
    imports: textsIn(parsed.value, 'imports'),
    criDisabled: textsIn(parsed.value, 'disabled_plugins').some((name) => currentName(name) === criRuntime),
    plugins: Object.fromEntries(Object.entries(plugins).map(([name, section]) => [currentName(name), section])),
  });
}

function currentName(name: string): string {
  return earlierNames.includes(name) ? criRuntime : name;
}

/** The settings of containerd's CRI plugin for networks and runtimes. */
export interface ContainerdSettings {
  /** The directories of CNI plugins, in search order. */
  readonly binDirs: readonly string[];
  /** The directory of network configurations for handlers without a directory of their own. */
  readonly confDir: string;
  /** How many configurations in that directory a pod gets; 0 means all of them. */
  readonly maxConfNum: number;
  /** containerd sets the configurations of a pod up one after the other, instead of at the same time. */
  readonly setupSerially: boolean;
  /** containerd sets `lo` up itself, without the plugin `loopback`. */
  readonly internalLoopback: boolean;
  /** The handler of pods without a RuntimeClass. */
  readonly defaultHandler: string;
  readonly handlers: readonly RuntimeHandler[];
}

/** containerd's defaults. */
export const containerdDefaults = { binDir: '/opt/cni/bin', confDir: '/etc/cni/net.d', handler: 'runc' } as const;

/**
 * Merges files in the order in which containerd reads them. From 2.0 on, containerd merges their sections key by key.
 * Before, a section of a later file replaces that of an earlier one, and a table of `runtimes` replaces the built-in
 * one with its `runc`.
 */
export function readSettings(files: readonly ContainerdFile[], mergesSections: boolean): ContainerdSettings {
  const plugins = files.reduce<JsonObject>(
    (joined, file) => (mergesSections ? mergeTables(joined, file.plugins) : { ...joined, ...file.plugins }),
    {},
  );
  const section = tableAt(plugins, criRuntime);
  const cni = tableAt(section, 'cni');
  const containerd = tableAt(section, 'containerd');
  const confDir = textIn(cni, 'conf_dir') ?? containerdDefaults.confDir;
  const maxConfNum = numberIn(cni, 'max_conf_num') ?? 1;
  const binDirs = textsIn(cni, 'bin_dirs');
  const tables = handlerTables(containerd, mergesSections);
  return {
    binDirs: binDirs.length > 0 ? binDirs : [textIn(cni, 'bin_dir') ?? containerdDefaults.binDir],
    confDir,
    maxConfNum,
    setupSerially: cni['setup_serially'] === true,
    internalLoopback: cni['use_internal_loopback'] === true,
    defaultHandler: textIn(containerd, 'default_runtime_name') ?? containerdDefaults.handler,
    handlers: Object.entries(tables).map(([name, table]) => readHandler(name, table, { confDir, maxConfNum })),
  };
}

// Before 2.0, two handlers had tables of their own, which count if they name a type.
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

/** A runtime handler of containerd, to which the handler of a RuntimeClass refers. */
export interface RuntimeHandler {
  readonly name: string;
  /** `runtime_type`, like `io.containerd.kata.v2`, or the absolute path of a shim. */
  readonly type: string;
  /** `runtime_path`: the path of the shim, if it is configured. */
  readonly path: string | undefined;
  /** Its shim is one of Kata's. */
  readonly isKata: boolean;
  /** `ConfigPath` of its options: the configuration file that the shim reads. */
  readonly configPath: string | undefined;
  /** The directory of its network configurations: its own `cni_conf_dir`, or containerd's. */
  readonly confDir: string;
  /** It has its own `cni_conf_dir`. */
  readonly ownConfDir: boolean;
  /** How many configurations in that directory a pod gets; 0 means all of them. */
  readonly maxConfNum: number;
  /** Patterns of the pod annotations that containerd passes to the shim. */
  readonly podAnnotations: readonly string[];
}

/** Reads the table of a handler. `shared` has the values for a handler without its own. */
export function readHandler(
  name: string,
  table: JsonObject,
  shared: Pick<RuntimeHandler, 'confDir' | 'maxConfNum'>,
): RuntimeHandler {
  const type = textIn(table, 'runtime_type') ?? '';
  const path = textIn(table, 'runtime_path') ?? (type.startsWith('/') ? type : undefined);
  const own = textIn(table, 'cni_conf_dir');
  const ownNumber = numberIn(table, 'cni_max_conf_num') ?? 0;
  return {
    name,
    type,
    path,
    isKata: /^io\.containerd\.kata\b/.test(type) || /\/containerd-shim-kata[^/]*$/.test(path ?? ''),
    configPath: textIn(tableAt(table, 'options'), 'ConfigPath'),
    confDir: own ?? shared.confDir,
    ownConfDir: own !== undefined,
    // containerd uses a handler's number only if the handler has a directory of its own.
    maxConfNum: own !== undefined && ownNumber !== 0 ? ownNumber : shared.maxConfNum,
    podAnnotations: textsIn(table, 'pod_annotations'),
  };
}

/** The file name of the shim that containerd looks for: `io.containerd.kata-qemu.v2` is `containerd-shim-kata-qemu-v2`. */
export function shimName({ type }: RuntimeHandler): string | undefined {
  const [name, version] = type.split('.').slice(-2);
  return type.startsWith('/') || name === undefined || version === undefined
    ? undefined
    : `containerd-shim-${name}-${version}`;
}

/** Whether containerd passes a pod annotation to the shim. containerd compares names with Go's `path.Match`. */
export function letsAnnotationPass({ podAnnotations }: RuntimeHandler, annotation: string): boolean {
  return podAnnotations.some((pattern) => goPattern(pattern).test(annotation));
}

/**
 * A pattern of Go's `path.Match`, with which containerd compares names: `*` is any part of a name, `?` one character,
 * `[ab]` one of these; none of them matches a slash. A malformed pattern matches nothing.
 */
export function goPattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|]/g, '\\$&')
    .replaceAll('[\\^', '[^')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /(?!)/;
  }
}
