import { type ContainerdFile, isCriDisabled, joinPlugins, parseContainerdFile } from '../config/containerd/file.ts';
import { type ContainerdSettings, readSettings } from '../config/containerd/settings.ts';
import type { Tree } from '../host/tree.ts';
import { dirname, isAbsolute, join } from '../model/path.ts';
import { existsIn, globIn, textAt } from './paths.ts';
import { programOf, versionOf } from './programs.ts';

/** The containerd of a node, as its configuration has it. */
export interface Containerd {
  /** Its configuration file, as the node calls it; undefined: there is none, and its defaults hold. */
  readonly path: string | undefined;
  /** Every file that was read, the main one first, then what is imported, in the order in which they are joined. */
  readonly files: readonly string[];
  /** Other configuration files of a containerd on this node that were not looked into. */
  readonly others: readonly string[];
  /** What could not be read, as sentences that begin with the file. */
  readonly faults: readonly string[];
  /** Version of the configuration's format. */
  readonly format: number;
  /** Version of the program, like `1.7.24`; undefined where it cannot be asked. */
  readonly version: string | undefined;
  /** It is older than 2.0; undefined: that is not known. */
  readonly isBefore2: boolean | undefined;
  /** Its CRI plugin, which starts pods, is switched off. */
  readonly criDisabled: boolean;
  readonly settings: ContainerdSettings;
}

/** Where distributions of Kubernetes that bring a containerd write its configuration, and last where its own is. */
export const containerdPaths = [
  '/var/lib/rancher/k3s/agent/etc/containerd/config.toml',
  '/var/lib/rancher/rke2/agent/etc/containerd/config.toml',
  '/etc/k0s/containerd.toml',
  '/var/snap/microk8s/current/args/containerd.toml',
  '/etc/containerd/config.toml',
] as const;

const ownPath = '/etc/containerd/config.toml';

/**
 * Looks at a node's containerd. Undefined where there is neither a configuration of one nor its program. Where several
 * have a configuration, that of the distribution of Kubernetes counts. Nothing is thrown: see `faults`.
 */
export async function readContainerd(tree: Tree): Promise<Containerd | undefined> {
  const there = containerdPaths.filter((path) => existsIn(tree, path));
  const [path, ...others] = there;
  const program = programOf(tree, 'containerd');
  if (path === undefined && program === undefined) return undefined;
  const { files, faults } = path === undefined ? { files: [], faults: [] } : readFiles(tree, path);
  const format = files[0]?.file.version ?? 0;
  // The program in the usual directories is not that of a distribution that brings its own.
  const asked =
    path === undefined || path === ownPath ? await versionOf(tree, program, /\bv?(\d+\.\d+\.\d\S*)/) : undefined;
  const isBefore2 = asked === undefined ? (format >= 3 ? false : undefined) : Number.parseInt(asked) < 2;
  // Where the version is not known, what a current one does.
  const mergesSections = isBefore2 !== true;
  const plugins = joinPlugins(
    files.map(({ file }) => file),
    mergesSections,
  );
  return {
    path,
    files: files.map((one) => one.path),
    others,
    faults,
    format,
    version: asked,
    isBefore2,
    criDisabled: files.some(({ file }) => isCriDisabled(file)),
    settings: readSettings(plugins, mergesSections),
  };
}

interface ReadFiles {
  readonly files: readonly { readonly path: string; readonly file: ContainerdFile }[];
  readonly faults: readonly string[];
}

// The main file, then those it imports, then those they import; each once.
function readFiles(tree: Tree, main: string): ReadFiles {
  const pending = [main];
  const seen = new Set<string>();
  const files: { path: string; file: ContainerdFile }[] = [];
  const faults: string[] = [];
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const read = textAt(tree, path);
    if (read === undefined) faults.push(`${path} does not exist`);
    else if ('fault' in read) faults.push(read.fault);
    else {
      const parsed = parseContainerdFile(read.text);
      if (!parsed.ok) faults.push(`${path} ${parsed.why}`);
      else {
        files.push({ path, file: parsed.value });
        pending.push(...importsOf(tree, path, parsed.value));
      }
    }
  }
  return { files, faults };
}

function importsOf(tree: Tree, parent: string, { imports }: ContainerdFile): readonly string[] {
  return imports
    .map((path) => (isAbsolute(path) ? path : join(dirname(parent), path)))
    .flatMap((path) => (path.includes('*') ? globIn(tree, path) : [path]));
}
