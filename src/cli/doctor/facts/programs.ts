import { run } from '../../../host/command.ts';
import { findProgram } from '../../../host/tools.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';
import { basename } from '../../../model/path.ts';
import type { Tool } from '../../../model/tool.ts';
import { messageOf } from '../../../json/thrown.ts';

/** A program of iproute2, or what has its name. */
export interface VersionedProgram {
  readonly name: 'ip' | 'tc';
  /** Its path on the node. */
  readonly path: string;
  /** The first line that it prints for `-V`; undefined if it was not run. */
  readonly says: string | undefined;
  /** Whether it is a link to busybox. */
  readonly isBusybox: boolean;
}

/** The programs of a node. */
export interface Programs {
  /** The existing ones. */
  readonly there: ReadonlySet<Tool>;
  /** Those whose kind and age matter. */
  readonly versioned: readonly VersionedProgram[];
}

const tools: readonly Tool[] = 'bridge cat flock ip mknod mount nsenter ovs-vsctl tc tee unshare'.split(' ') as Tool[];

/** Looks for the programs that dan runs, and asks those of iproute2 for their version if they may be run. */
export async function lookAtPrograms(tree: Tree, mayRun: boolean): Promise<Programs> {
  const versioned = (['ip', 'tc'] as const).map(async (name): Promise<readonly VersionedProgram[]> => {
    const path = findProgram(name, tree);
    if (path === undefined) return [];
    const isBusybox = basename(pathIn(tree, path)).startsWith('busybox');
    return [{ name, path, says: mayRun ? await versionOf(path) : undefined, isBusybox }];
  });
  return {
    there: new Set(tools.filter((tool) => findProgram(tool, tree) !== undefined)),
    versioned: (await Promise.all(versioned)).flat(),
  };
}

async function versionOf(path: string): Promise<string> {
  try {
    const { exitCode, stdout, stderr } = await run(path, ['-V'], { timeoutSeconds: 5 });
    const [line = ''] = `${stdout.trim()}\n${stderr.trim()}`.trim().split('\n');
    return line === '' ? `nothing, and ended with ${exitCode}` : line;
  } catch (error) {
    return messageOf(error);
  }
}
