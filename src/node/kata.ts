import { type RuntimeHandler, shimName } from '../config/containerd.ts';
import { type KataSettings, readKata } from '../config/kata.ts';
import { isExecutable } from '../host/tools.ts';
import { pathIn, type Tree } from '../host/tree.ts';
import { dirname, join } from '../model/path.ts';
import { existsIn, namesAt, resolvedIn, textAt } from './paths.ts';
import { programOf, versionOutput } from './programs.ts';

/** Kata's two runtimes. */
export type KataRuntime = 'go' | 'rust';

/** A Kata configuration of a node, with its drop-ins. */
export interface KataConfigFile {
  /** Its path as the handler, the operator or the list of places gives it. */
  readonly path: string;
  /** The file itself, with symbolic links resolved. */
  readonly resolved: string;
  /** The directory of its drop-ins, `config.d` beside the resolved file. It may be missing. */
  readonly dropInDirectory: string;
  /** The drop-ins, in order. All files of that directory count, whatever their names. */
  readonly dropIns: readonly string[];
  /** Why it cannot be used, as a sentence that begins with a file. The settings are then those that could be read. */
  readonly fault: string | undefined;
  readonly settings: KataSettings;
}

/** The drop-in into which dan writes its settings, and which its messages recommend: an update of Kata keeps it. */
export function ownDropIn({ dropInDirectory }: Pick<KataConfigFile, 'dropInDirectory'>): string {
  return join(dropInDirectory, '50-dan.toml');
}

/** Where each runtime looks by default, in this order. The last two are one place, set when the runtime is built. */
const roots = ['/etc', '/usr/share/defaults', '/opt/kata/share/defaults'];
const places: Readonly<Record<KataRuntime, readonly string[]>> = {
  rust: roots.map((root) => `${root}/kata-containers/runtime-rs/configuration.toml`),
  go: roots.map((root) => `${root}/kata-containers/configuration.toml`),
};

/** A configuration in force, as far as files show. The shim's variable KATA_CONF_FILE cannot be known. */
export interface ConfigInForce {
  /** The runtime that would read it. */
  readonly runtime: KataRuntime | undefined;
  /** undefined if none of the places has one. */
  readonly file: KataConfigFile | undefined;
  /** The places that were searched, in order, up to the one where it was found. */
  readonly lookedAt: readonly string[];
}

/**
 * Finds the configuration in force: the one that the operator or the handler names, or the first that the runtime
 * finds. If none is named and the runtime is unknown, there may be two, one for each runtime. Throws nothing: see
 * `fault`.
 */
export function findKataConfigs(
  tree: Tree,
  named: string | undefined,
  runtime: KataRuntime | undefined,
): readonly ConfigInForce[] {
  if (named !== undefined) return [search(tree, runtime, [named])];
  const runtimes = runtime === undefined ? (['rust', 'go'] as const) : [runtime];
  const found = runtimes.map((one) => search(tree, one, places[one]));
  const some = found.filter(({ file }) => file !== undefined);
  if (some.length > 0) return some;
  return [{ runtime, file: undefined, lookedAt: found.flatMap(({ lookedAt }) => lookedAt) }];
}

function search(tree: Tree, runtime: KataRuntime | undefined, paths: readonly string[]): ConfigInForce {
  const at = paths.findIndex((path) => existsIn(tree, path));
  const path = paths[at];
  if (path === undefined) return { runtime, file: undefined, lookedAt: paths };
  return { runtime, file: readKataConfigFile(tree, path), lookedAt: paths.slice(0, at + 1) };
}

function readKataConfigFile(tree: Tree, path: string): KataConfigFile {
  const resolved = resolvedIn(tree, path);
  const dropInDirectory = join(dirname(resolved), 'config.d');
  const dropIns = namesAt(tree, dropInDirectory).map((name) => join(dropInDirectory, name));
  const read = [path, ...dropIns].map((one) => ({
    path: one,
    ...(textAt(tree, one) ?? { fault: `${one} does not exist` }),
  }));
  const { settings, faults } = readKata(read.filter((one) => 'text' in one));
  const all = [
    ...read.flatMap((one) => ('fault' in one ? [one.fault] : [])),
    ...faults.map((fault) => `${fault.path} ${fault.why}`),
  ];
  return { path, resolved, dropInDirectory, dropIns, fault: all.length === 0 ? undefined : all.join('; '), settings };
}

/** The shim of a handler: the program that starts the virtual machine. */
export interface KataShim {
  /** Its path on the node; undefined if it is in none of the usual directories, or not where the handler says. */
  readonly path: string | undefined;
  /** The name or path that was searched for. */
  readonly name: string;
  /** Which of the two runtimes it is; undefined if unknown. */
  readonly runtime: KataRuntime | undefined;
  /** Its version, like `3.29.0`; undefined if it cannot be run. */
  readonly version: string | undefined;
}

/**
 * Looks at what starts the pods of a Kata handler: the shim, which is asked for its version if the tree is this node's
 * own, and the configurations that may be in force. `named` is the one that the operator names.
 */
export async function lookAtHandler(
  tree: Tree,
  handler: RuntimeHandler,
  named: string | undefined,
): Promise<{ readonly shim: KataShim; readonly configs: readonly ConfigInForce[] }> {
  const name = handler.path ?? shimName(handler) ?? 'containerd-shim-kata-v2';
  const isThere = name.startsWith('/') && isExecutable(pathIn(tree, name));
  const path = name.startsWith('/') ? (isThere ? name : undefined) : programOf(tree, name);
  const said = readShimVersion(await versionOutput(tree, path));
  const shim = { path, name, runtime: said?.runtime ?? runtimeOfPath(handler), version: said?.version };
  return { shim, configs: findKataConfigs(tree, named ?? handler.configPath, shim.runtime) };
}

/** Parses a shim's `--version` output: `Kata Containers containerd shim (Rust): id: …, version: 4.0.0, commit: …`. */
export function readShimVersion(said: string | undefined): { runtime: KataRuntime; version: string } | undefined {
  const [, language, version = ''] = /containerd shim \((Golang|Rust)\):.*?\bversion: ([^,\s]+)/.exec(said ?? '') ?? [];
  return language === undefined ? undefined : { runtime: language === 'Rust' ? 'rust' : 'go', version };
}

// Kata's own packages put the Rust runtime and its configurations into directories of this name.
function runtimeOfPath({ path, configPath }: RuntimeHandler): KataRuntime | undefined {
  return [path, configPath].some((one) => one?.includes('/runtime-rs/') === true) ? 'rust' : undefined;
}
