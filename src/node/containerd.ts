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

/** The containerd of a node, as its configuration has it. */
export interface Containerd {
  /** Its configuration file, as the node calls it; undefined: there is none, and its defaults hold. */
  readonly path: string | undefined;
  /** It runs, and this is the configuration that it was started with. */
  readonly isRunning: boolean;
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

const ownPath = '/etc/containerd/config.toml';

/** Where distributions of Kubernetes that bring a containerd write its configuration, and last where its own is. */
export const containerdPaths = [
  '/var/lib/rancher/k3s/agent/etc/containerd/config.toml',
  '/var/lib/rancher/rke2/agent/etc/containerd/config.toml',
  '/etc/k0s/containerd.toml',
  '/var/snap/microk8s/current/args/containerd.toml',
  ownPath,
] as const;

/**
 * Looks at a node's containerd. The configuration of the one that runs counts; where none is seen running, the first of
 * those that the node has, that of a distribution of Kubernetes before its own. Undefined where there is neither a
 * process, nor a configuration, nor the program. Nothing is thrown: see `faults`.
 */
export async function readContainerd(tree: Tree): Promise<Containerd | undefined> {
  const running = runningContainerd(tree);
  const found = containerdPaths.filter((one) => existsIn(tree, one));
  // A containerd without a configuration file has its defaults.
  const named = running?.config === ownPath && !existsIn(tree, ownPath) ? undefined : running?.config;
  const path = running === undefined ? found[0] : named;
  const others = found.filter((one) => one !== path);
  const program = running?.program ?? programOf(tree, 'containerd');
  if (path === undefined && program === undefined) return undefined;
  const { read, faults } =
    path === undefined ? { read: new Map<string, ContainerdFile>(), faults: [] } : readFiles(tree, path);
  const files = [...read.values()];
  const format = files[0]?.version ?? 0;
  // The program in the usual directories is not that of a distribution that brings its own.
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
    // Where the version is not known, what a current one does.
    settings: readSettings(files, isBefore2 !== true),
  };
}

/** A containerd that runs on a node. */
interface Running {
  /** What `/proc` has for its program: it can be run even if an update has replaced the file. */
  readonly program: string;
  /** The configuration that it was started with. */
  readonly config: string;
}

// The one that starts pods: what dockerd starts for itself has its configuration below a directory of Docker's. Under
// another root /proc may be that of the node; of one's own node, a process with other mounts belongs to a container.
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

/** The configuration that a command line starts containerd with; undefined for another program, or a command of it. Pure. */
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
    return undefined; // It has ended, or belongs to somebody else.
  }
}

// The main file, then those it imports, then those they import; each once.
function readFiles(
  tree: Tree,
  main: string,
): { readonly read: ReadonlyMap<string, ContainerdFile>; readonly faults: readonly string[] } {
  const read = new Map<string, ContainerdFile>();
  const faults: string[] = [];
  const paths = new Set([main]);
  // What is added to a set meanwhile is gone through, too.
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
