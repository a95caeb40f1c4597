import { containerdDefaults } from '../../config/containerd.ts';
import { namesIn, readIfThere } from '../../host/files.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { type Containerd, readContainerd } from '../../node/containerd.ts';
import { type ConfigInForce, findKataConfigs, lookAtHandler } from '../../node/kata.ts';
import { resolvedIn } from '../../node/paths.ts';
import type { Handler } from './conf-dir.ts';
import type { KataPlace } from './kata-drop-in.ts';
import { emptyManifest, type Manifest, manifestPath, parseManifest } from './manifest.ts';

/** What an installation must know of the node before it can say which files it wants. */
export interface InstallNode {
  readonly containerd: Containerd | undefined;
  readonly handlers: readonly Handler[];
  /** Where CNI plugins are looked for. */
  readonly binDir: string;
  /** The Kata configurations in force, each once. */
  readonly kata: readonly KataPlace[];
  readonly manifest: Manifest | 'unreadable';
}

/** Looks at a node; `kataConfig` is the Kata configuration that the operator names. Throws `io-failure`. */
export async function lookAtNode(tree: Tree, kataConfig: string | undefined): Promise<InstallNode> {
  const containerd = await readContainerd(tree);
  const found = await kataConfigs(tree, containerd, kataConfig);
  const places = found.flatMap(({ file }) => (file === undefined ? [] : [file]));
  const once = new Map(places.map((file) => [file.resolved, file]));
  return {
    containerd,
    handlers: handlersOf(tree, containerd),
    binDir: containerd?.settings.binDirs[0] ?? containerdDefaults.binDir,
    kata: [...once.values()].map(({ resolved, dropInDirectory, fault, settings }) => ({
      path: resolved,
      dropInDirectory,
      danConf: settings.danConf,
      fault,
    })),
    manifest: readManifest(tree),
  };
}

/** What was installed on a node, as it was written down. Throws `io-failure`. */
export function readManifest(tree: Tree): Manifest | 'unreadable' {
  const text = readIfThere(pathIn(tree, manifestPath));
  return text === undefined ? emptyManifest : (parseManifest(text) ?? 'unreadable');
}

/** The handlers of containerd, with the links in their directories followed: two names may be one directory. */
export function handlersOf(tree: Tree, containerd: Containerd | undefined): readonly Handler[] {
  return (containerd?.settings.handlers ?? []).map(({ name, isKata, confDir, ownConfDir, maxConfNum }) => ({
    name,
    isKata,
    confDir: resolvedIn(tree, confDir),
    ownConfDir,
    maxConfNum,
  }));
}

/** The names in a directory of the node; none where it is missing. Throws `io-failure`. */
export function namesOf(tree: Tree, directory: string): readonly string[] {
  return namesIn(pathIn(tree, directory));
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
