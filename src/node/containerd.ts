import { system } from '#system';
import {
  type ContainerdFile,
  type ContainerdSettings,
  parseContainerdFile,
  readSettings,
} from '../config/containerd.ts';
import type { Tree } from '../host/tree.ts';
import { basename, dirname, isAbsolute, join } from '../model/path.ts';
import { existsIn, globIn, isLive, namesAt, textAt } from './paths.ts';
import { programOf, versionOf } from './programs.ts';

/** A node's containerd, according to its configuration. */
export interface Containerd {
  /** The path of its configuration file on the node; undefined if there is none and the defaults apply. */
  readonly path: string | undefined;
  /** Whether it runs, with this configuration. */
  readonly isRunning: boolean;
  /** Every file that was read: the main one, then the imported ones, in the order in which they are merged. */
  readonly files: readonly string[];
  /** Other containerd configuration files of this node, which were not read. */
  readonly others: readonly string[];
  /** What could not be read, as sentences that begin with the file. */
  readonly faults: readonly string[];
  /** Version of the configuration format. */
  readonly format: number;
  /** Version of the program, like `1.7.24`; undefined if it cannot be run. */
  readonly version: string | undefined;
  /** Whether it is older than 2.0; undefined if unknown. */
  readonly isBefore2: boolean | undefined;
  /** Whether its CRI plugin, which starts pods, is disabled. */
  readonly criDisabled: boolean;
  readonly settings: ContainerdSettings;
}

const ownPath = '/etc/containerd/config.toml';

/** Where Kubernetes distributions that bundle a containerd write its configuration, and last, containerd's own path. */
export const containerdPaths = [
  '/var/lib/rancher/k3s/agent/etc/containerd/config.toml',
  '/var/lib/rancher/rke2/agent/etc/containerd/config.toml',
  '/etc/k0s/containerd.toml',
  '/var/snap/microk8s/current/args/containerd.toml',
  ownPath,
] as const;

/**
 * Looks at a node's containerd. Uses the configuration of a running one. If none is seen running, uses the first
 * existing file of {@link containerdPaths}, so a Kubernetes distribution's file comes before containerd's own.
 * undefined if there is neither a process, nor a configuration, nor the program. Throws nothing: see `faults`.
 */
export async function readContainerd(tree: Tree): Promise<Containerd | undefined> {
  const running = runningContainerd(tree);
  const found = containerdPaths.filter((one) => existsIn(tree, one));
  // A containerd without a configuration file uses its defaults.
  const named = running?.config === ownPath && !existsIn(tree, ownPath) ? undefined : running?.config;
  const path = running === undefined ? found[0] : named;
  const others = found.filter((one) => one !== path);
  const program = running?.program ?? programOf(tree, 'containerd');
  if (path === undefined && program === undefined) return undefined;
  const { read, faults } =
    path === undefined ? { read: new Map<string, ContainerdFile>(), faults: [] } : readFiles(tree, path);
  const files = [...read.values()];
  const format = files[0]?.version ?? 0;
  // The program in the usual directories is not the one of a distribution that bundles its own.
  const isOwn = running !== undefined || path === undefined || path === ownPath;
  const version = isOwn ? await versionOf(tree, program, /\bv?(\d+\.\d+\.\d\S*)/) : undefined;
  const isBefore2 = version === undefined ? (format >= 3 ? false : undefined) : Number.parseInt(version) < 2;
  return {
    path,
    isRunning: running !== undefined,
    files: [...read.keys()],
    others,
    faults,
    format,
    version,
    isBefore2,
    criDisabled: files.some((file) => file.criDisabled),
    // If the version is unknown, assume the behavior of a current one.
    settings: readSettings(files, isBefore2 !== true),
  };
}

/** A running containerd of the node. */
interface Running {
  /** Its `exe` link in `/proc`, which can be run even if an update has replaced the file. */
  readonly program: string;
  /** The configuration that it was started with. */
  readonly config: string;
}

// The containerd that starts pods: the one that dockerd starts for itself has its configuration below one of Docker's
// directories. If the tree has another root, its /proc may still be the node's. On this node itself, a process in
// another mount namespace belongs to a container.
function runningContainerd(tree: Tree): Running | undefined {
  const mounts = linkIn(tree, '/proc/self/ns/mnt');
  const all = namesAt(tree, '/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const read = textAt(tree, `/proc/${pid}/cmdline`);
      const config = read !== undefined && 'text' in read ? startedWith(read.text.split('\0')) : undefined;
      if (config === undefined || (isLive(tree) && linkIn(tree, `/proc/${pid}/ns/mnt`) !== mounts)) return [];
      const absolute = isAbsolute(config) ? config : join(linkIn(tree, `/proc/${pid}/cwd`) ?? '/', config);
      return [{ program: `/proc/${pid}/exe`, config: absolute }];
    });
  return all.find(({ config }) => !config.includes('/docker/'));
}

/**
 * The configuration file that a command line starts containerd with; undefined if it is another program or a
 * subcommand. Pure.
 */
export function startedWith([program = '', ...words]: readonly string[]): string | undefined {
  if (basename(program) !== 'containerd' || words[0] === 'config') return undefined;
  const at = words.findIndex((word) => /^--?(?:c|config)(?:=|$)/.test(word));
  const [, value = words[at + 1]] = /=(.*)/.exec(words[at] ?? '') ?? [];
  return at < 0 ? ownPath : value;
}

function linkIn({ root }: Tree, path: string): string | undefined {
  try {
    return system.readlink(join(root, path));
  } catch {
    return undefined; // It has ended, or belongs to another user.
  }
}

// Reads the main file, then those that it imports, then those that they import; each once.
function readFiles(
  tree: Tree,
  main: string,
): { readonly read: ReadonlyMap<string, ContainerdFile>; readonly faults: readonly string[] } {
  const read = new Map<string, ContainerdFile>();
  const faults: string[] = [];
  const paths = new Set([main]);
  // The loop also visits the paths that are added to the set meanwhile.
  for (const path of paths) {
    const found = textAt(tree, path) ?? { fault: `${path} does not exist` };
    if ('fault' in found) {
      faults.push(found.fault);
      continue;
    }
    const parsed = parseContainerdFile(found.text);
    if (!parsed.ok) {
      faults.push(`${path} ${parsed.why}`);
      continue;
    }
    read.set(path, parsed.value);
    for (const named of parsed.value.imports) {
      const absolute = isAbsolute(named) ? named : join(dirname(path), named);
      for (const one of absolute.includes('*') ? globIn(tree, absolute) : [absolute]) paths.add(one);
    }
  }
  return { read, faults };
}
