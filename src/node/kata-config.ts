import { type KataSettings, readKataSettings } from '../config/kata/settings.ts';
import { mergeTables, parseToml } from '../config/toml.ts';
import type { Tree } from '../host/tree.ts';
import { join } from '../model/path.ts';
import type { JsonObject } from '../json/object.ts';
import { directoryIn, existsIn, namesAt, resolvedIn, textAt } from './paths.ts';
import type { KataRuntime } from './kata-shim.ts';

/** A configuration of Kata on a node, with its drop-ins. */
export interface KataConfigFile {
  /** As it is named: by the handler, the operator, or the list of places. */
  readonly path: string;
  /** The file itself, with links followed. */
  readonly resolved: string;
  /** The directory of its drop-ins, `config.d` beside the file itself; it may be missing. */
  readonly dropInDirectory: string;
  /** The drop-ins that were merged into it, in their order: all files of that directory count, whatever their names. */
  readonly dropIns: readonly string[];
  /** Why it cannot be used, as a sentence that begins with a file; then the settings are those of what could be read. */
  readonly fault: string | undefined;
  readonly settings: KataSettings;
}

/** The drop-in in which dan puts what it needs, and says that it is best put: it survives an update of Kata. */
export function ownDropIn({ dropInDirectory }: Pick<KataConfigFile, 'dropInDirectory'>): string {
  return join(dropInDirectory, '50-dan.toml');
}

/** Where each runtime looks by itself, in this order. */
const searchOrders = {
  rust: [
    '/etc/kata-containers/runtime-rs/configuration.toml',
    '/usr/share/defaults/kata-containers/runtime-rs/configuration.toml',
    '/opt/kata/share/defaults/kata-containers/runtime-rs/configuration.toml',
  ],
  // The last two are one place, set when the runtime is built; /opt/kata is that of Kata's own packages.
  go: [
    '/etc/kata-containers/configuration.toml',
    '/usr/share/defaults/kata-containers/configuration.toml',
    '/opt/kata/share/defaults/kata-containers/configuration.toml',
  ],
} as const satisfies Record<KataRuntime, readonly string[]>;

/** What decides which configuration is in force. */
export interface ConfigQuestion {
  /** What the operator or the handler names. */
  readonly named: string | undefined;
  /** Which runtime reads it; undefined: either may. */
  readonly runtime: KataRuntime | undefined;
}

/** A configuration that is in force, as far as files tell: the variable KATA_CONF_FILE of the shim cannot be known. */
export interface ConfigInForce {
  /** The runtime that would read it. */
  readonly runtime: KataRuntime | undefined;
  /** Undefined: there is none in any of the places. */
  readonly file: KataConfigFile | undefined;
  /** The places that were looked at, in their order, up to the one where it was found. */
  readonly lookedAt: readonly string[];
}

/**
 * Finds the configuration that is in force: the one that is named, or the first that the runtime finds. Where nothing is
 * named and the runtime is not known, there may be two, one for each. Nothing is thrown: see `fault`.
 */
export function findKataConfigs(tree: Tree, { named, runtime }: ConfigQuestion): readonly ConfigInForce[] {
  if (named !== undefined) {
    const file = existsIn(tree, named) ? readKataConfigFile(tree, named) : undefined;
    return [{ runtime, file, lookedAt: [named] }];
  }
  const runtimes = runtime === undefined ? (['rust', 'go'] as const) : [runtime];
  const found = runtimes.map((one) => search(tree, one));
  const some = found.filter(({ file }) => file !== undefined);
  if (some.length > 0) return some;
  return [{ runtime, file: undefined, lookedAt: found.flatMap(({ lookedAt }) => lookedAt) }];
}

function search(tree: Tree, runtime: KataRuntime): ConfigInForce {
  const places = searchOrders[runtime];
  const at = places.findIndex((path) => existsIn(tree, path));
  const path = places[at];
  if (path === undefined) return { runtime, file: undefined, lookedAt: places };
  return { runtime, file: readKataConfigFile(tree, path), lookedAt: places.slice(0, at + 1) };
}

/** Reads a configuration with its drop-ins, each laid over what came before, in the order of their names. */
function readKataConfigFile(tree: Tree, path: string): KataConfigFile {
  const dropInDirectory = join(directoryIn(tree, path), 'config.d');
  const dropIns = namesAt(tree, dropInDirectory).map((name) => join(dropInDirectory, name));
  let document: JsonObject = {};
  const faults: string[] = [];
  for (const one of [path, ...dropIns]) {
    const read = textAt(tree, one);
    const parsed = read !== undefined && 'text' in read ? parseToml(read.text) : undefined;
    if (parsed?.ok === true) document = mergeTables(document, parsed.value);
    else faults.push(whyNot(one, read, parsed));
  }
  return {
    path,
    resolved: resolvedIn(tree, path),
    dropInDirectory,
    dropIns,
    fault: faults.length === 0 ? undefined : faults.join('; '),
    settings: readKataSettings(document),
  };
}

function whyNot(
  path: string,
  read: ReturnType<typeof textAt>,
  parsed: ReturnType<typeof parseToml> | undefined,
): string {
  if (parsed?.ok === false) return `${path} ${parsed.why}`;
  return read !== undefined && 'fault' in read ? read.fault : `${path} does not exist`;
}
