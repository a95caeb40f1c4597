import { sha256 } from '#bytes';
import { namesIn, onFile, readBytes } from '../../host/files.ts';
import type { FileStatus } from '../../host/system/system.ts';
import { containerdDefaults } from '../../config/containerd.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { dirname } from '../../model/path.ts';
import { type Containerd, readContainerd } from '../../node/containerd.ts';
import { resolvedIn, statusIn } from '../../node/paths.ts';
import { type ConfigInForce, findKataConfigs, lookAtHandler } from '../../node/kata.ts';
import type { Handler } from './conf-dir.ts';
import type { KataPlace } from './kata-drop-in.ts';

/** What an installation must know of the node before it can say which files it wants. */
export interface InstallNode {
  readonly containerd: Containerd | undefined;
  readonly handlers: readonly Handler[];
  /** Where CNI plugins are looked for. */
  readonly binDir: string;
  /** The Kata configurations in force, each once. */
  readonly kata: readonly KataPlace[];
}

/** Looks at a node; `kataConfig` is the Kata configuration that the operator names. Throws `io-failure`. */
export async function lookAtNode(tree: Tree, kataConfig: string | undefined): Promise<InstallNode> {
  const containerd = await readContainerd(tree);
  const found = await kataConfigs(tree, containerd, kataConfig);
  const places = found.flatMap(({ file }) => (file === undefined ? [] : [[file.resolved, file] as const]));
  return {
    containerd,
    handlers: handlersOf(tree, containerd),
    binDir: containerd?.settings.binDirs[0] ?? containerdDefaults.binDir,
    kata: [...new Map(places).values()].map(({ resolved, dropInDirectory, fault, settings }) => ({
      path: resolved,
      dropInDirectory,
      danConf: settings.danConf,
      fault,
    })),
  };
}

/** The handlers of containerd, with the links in their directories followed: two names may be one directory. */
export function handlersOf(tree: Tree, containerd: Containerd | undefined): readonly Handler[] {
  return (containerd?.settings.handlers ?? []).map(({ name, isKata, confDir, ownConfDir, maxConfNum }) => {
    return { name, isKata, confDir: resolvedIn(tree, confDir), ownConfDir, maxConfNum };
  });
}

// Where containerd has no handler of Kata's, as under CRI-O, the places where Kata looks by itself.
async function kataConfigs(
  tree: Tree,
  containerd: Containerd | undefined,
  named: string | undefined,
): Promise<readonly ConfigInForce[]> {
  if (named !== undefined) return findKataConfigs(tree, named, undefined);
  const handlers = (containerd?.settings.handlers ?? []).filter(({ isKata }) => isKata);
  if (handlers.length === 0) return findKataConfigs(tree, undefined, undefined);
  const found = await Promise.all(handlers.map((handler) => lookAtHandler(tree, handler, undefined)));
  return found.flatMap(({ configs }) => configs);
}

/** What is at a path of the node: nothing, something that is not a file, or a file. */
export type FileState = 'missing' | 'no-file' | { readonly sha256: string; readonly mode: number };

/** Looks at a file of the node. Throws `io-failure`. */
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
  return sha256(onFile(`${path} cannot be read`, () => readBytes(path)));
}

/** The names in a directory of the node; none where it is missing. Throws `io-failure`. */
export function namesOf(tree: Tree, directory: string): readonly string[] {
  return namesIn(pathIn(tree, directory));
}

/** The directories above a path that the node lacks, the outermost first; paths as the node calls them. Throws `io-failure`. */
export function missingAbove(tree: Tree, path: string): readonly string[] {
  const above = dirname(path);
  if (above === '/' || statusOf(tree, above) !== undefined) return [];
  return [...missingAbove(tree, above), above];
}
