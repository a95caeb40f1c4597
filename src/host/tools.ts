import { system } from '#system';
import { danError } from '../model/error.ts';
import type { Tool } from '../model/tool.ts';
import { pathIn, type Tree } from './tree.ts';

/** The programs of the node that dan runs, each with its Debian package. */
const packages: Readonly<Record<Tool, string>> = {
  bridge: 'iproute2',
  cat: 'coreutils',
  flock: 'util-linux',
  ip: 'iproute2',
  mknod: 'coreutils',
  mount: 'mount',
  nft: 'nftables',
  nsenter: 'util-linux',
  'ovs-vsctl': 'openvswitch-switch',
  tc: 'iproute2',
  tee: 'coreutils',
  unshare: 'util-linux',
};

// Never the caller's PATH: dan runs as root, but others control its environment.
const directories = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin'] as const;

/** The absolute path of a program. Throws `command-missing`. */
export function toolPath(tool: Tool): string {
  const path = inDirectories(tool);
  if (path !== undefined) return path;
  throw danError(
    'command-missing',
    `the program "${tool}" is in none of ${directories.join(', ')}: install the package ${packages[tool]}`,
  );
}

/** Whether a program is installed. */
export function hasTool(tool: Tool): boolean {
  return inDirectories(tool) !== undefined;
}

function inDirectories(tool: Tool): string | undefined {
  return directories.map((directory) => `${directory}/${tool}`).find(isExecutable);
}

/**
 * The path of a program on a node, as seen there; undefined if none of the directories has it. `order` is dan's own
 * search order by default; programs that others start are searched in their order.
 */
export function findProgram(name: string, tree: Tree, order: readonly string[] = directories): string | undefined {
  return order.map((directory) => `${directory}/${name}`).find((path) => isExecutable(pathIn(tree, path)));
}

/** The Debian package that has a program. */
export function packageOf(tool: Tool): string {
  return packages[tool];
}

/** Whether a path is a file that may be executed. */
export function isExecutable(path: string): boolean {
  return system.access(path, 'execute') && system.stat(path)?.type === 'file';
}
