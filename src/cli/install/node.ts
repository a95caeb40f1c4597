import { sha256 } from '#bytes';
import { namesIn, onFile, readBytes } from '../../host/files.ts';
import type { FileStatus } from '../../host/system/system.ts';
import { containerdDefaults } from '../../config/containerd.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { dirname } from '../../model/path.ts';
import { type Containerd, readContainerd } from '../../node/containerd.ts';
import { askPlugins } from '../../node/cni/plugin-versions.ts';
import type { PluginVersions } from '../../node/list.ts';
import { resolvedIn, statusIn } from '../../node/paths.ts';
import { findKataConfigs, type KataConfigFile, lookAtHandler } from '../../node/kata.ts';
import type { Handler } from './conf-dir.ts';

/** What an installation must know about the node to decide which files it needs. */
export interface InstallNode {
  readonly containerd: Containerd | undefined;
  readonly handlers: readonly Handler[];
  /** Where the runtime looks for CNI plugins. */
  readonly binDir: string;
  /** The Kata configurations in force, each once. */
  readonly kata: readonly KataConfigFile[];
  /** The answers to VERSION of the other plugins in the network configuration. */
  readonly plugins: readonly PluginVersions[];
}

/** What to look for on a node. */
interface Asked {
  /** The Kata configuration that the operator names. */
  readonly kataConfig: string | undefined;
  /** The directory of plugins that the operator names. */
  readonly binDir: string | undefined;
  /** The types of the other plugins in the network configuration. */
  readonly plugins: readonly string[];
}

/** Looks at a node. Throws `io-failure`. */
export async function lookAtNode(tree: Tree, { kataConfig, binDir, plugins }: Asked): Promise<InstallNode> {
  const containerd = await readContainerd(tree);
  const kataHandlers = (containerd?.settings.handlers ?? []).filter(({ isKata }) => isKata);
  // If containerd has no Kata handler, as under CRI-O, the places where Kata looks by default are searched.
  const isAsked = kataConfig === undefined && kataHandlers.length > 0;
  const looked = await Promise.all(isAsked ? kataHandlers.map((one) => lookAtHandler(tree, one, undefined)) : []);
  const found = isAsked ? looked.flatMap(({ configs }) => configs) : findKataConfigs(tree, kataConfig, undefined);
  const files = found.flatMap(({ file }) => (file === undefined ? [] : [[file.resolved, file] as const]));
  const binDirs = containerd?.settings.binDirs ?? [containerdDefaults.binDir];
  return {
    containerd,
    handlers: handlersOf(tree, containerd),
    binDir: binDirs[0] ?? containerdDefaults.binDir,
    plugins: await askPlugins(tree, binDir === undefined ? binDirs : [binDir], plugins),
    kata: [...new Map(files).values()],
  };
}

/** containerd's handlers, with symbolic links in their directories resolved: two names may be one directory. */
export function handlersOf(tree: Tree, containerd: Containerd | undefined): readonly Handler[] {
  const handlers = containerd?.settings.handlers ?? [];
  return handlers.map((handler) => ({ ...handler, confDir: resolvedIn(tree, handler.confDir) }));
}

/** What is at a path of the node: nothing, something other than a file, or a file. */
export type FileState = 'missing' | 'no-file' | { readonly sha256: string; readonly mode: number };

/** The state of a file on the node. Throws `io-failure`. */
export function fileState(tree: Tree, path: string): FileState {
  const status = statusOf(tree, path);
  if (status === undefined) return 'missing';
  return status.type === 'file' ? { sha256: hashOf(pathIn(tree, path)), mode: status.mode } : 'no-file';
}

function statusOf(tree: Tree, path: string): FileStatus | undefined {
  return onFile(`${pathIn(tree, path)} cannot be looked at`, () => statusIn(tree, path));
}

/** SHA-256 of a file of this system, in hexadecimal digits. Throws `io-failure`. */
export function hashOf(path: string): string {
  return sha256(onFile(`${path} cannot be read`, () => readBytes(path, Number.POSITIVE_INFINITY)));
}

/** The names in a directory of the node; none if it is missing. Throws `io-failure`. */
export function namesOf(tree: Tree, directory: string): readonly string[] {
  return namesIn(pathIn(tree, directory));
}

/** The missing directories above a path of the node, the outermost first, as paths on the node. Throws `io-failure`. */
export function missingAbove(tree: Tree, path: string): readonly string[] {
  const above = dirname(path);
  if (above === '/' || statusOf(tree, above) !== undefined) return [];
  return [...missingAbove(tree, above), above];
}
