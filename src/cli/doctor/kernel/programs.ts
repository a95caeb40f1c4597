import { run } from '../../../host/command.ts';
import { findProgram } from '../../../host/tools.ts';
import type { Tool } from '../../../model/tool.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';
import { basename } from '../../../model/path.ts';

/** Programs whose kind and age matter. */
const versioned = ['ip', 'tc'] as const;

/** A program of iproute2, or what is in its place. */
export interface VersionedProgram {
  readonly name: (typeof versioned)[number];
  /** As the node calls it. */
  readonly path: string;
  /** What it says to `-V`, its first line; undefined where it was not run. */
  readonly says: string | undefined;
  /** It is a link to busybox. */
  readonly isBusybox: boolean;
}

/** The programs of a node. */
export interface Programs {
  /** Those that are there. */
  readonly there: ReadonlySet<Tool>;
  readonly versioned: readonly VersionedProgram[];
}

const tools: readonly Tool[] = [
  'bridge',
  'cat',
  'flock',
  'ip',
  'mknod',
  'mount',
  'nsenter',
  'ovs-vsctl',
  'tc',
  'tee',
  'unshare',
];

/** Looks for the programs that dan runs, and asks those of iproute2 who they are where they may be run. */
export async function lookAtPrograms(tree: Tree, mayRun: boolean): Promise<Programs> {
  const found = await Promise.all(versioned.map((name) => lookAtVersion(name, tree, mayRun)));
  return {
    there: new Set(tools.filter((tool) => findProgram(tool, tree) !== undefined)),
    versioned: found.filter((program) => program !== undefined),
  };
}

async function lookAtVersion(
  name: VersionedProgram['name'],
  tree: Tree,
  mayRun: boolean,
): Promise<VersionedProgram | undefined> {
  const path = findProgram(name, tree);
  if (path === undefined) return undefined;
  const isBusybox = basename(pathIn(tree, path)).startsWith('busybox');
  return { name, path, says: mayRun ? await versionOf(path) : undefined, isBusybox };
}

async function versionOf(path: string): Promise<string> {
  try {
    const { exitCode, stdout, stderr } = await run(path, ['-V'], { timeoutSeconds: 5 });
    const [line = ''] = `${stdout.trim()}\n${stderr.trim()}`.trim().split('\n');
    return line === '' ? `nothing, and ended with ${exitCode}` : line;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
