import { readIfThere } from '../../../host/files.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';

/** The node's huge pages of its usual size. */
export interface HugePages {
  readonly total: number;
  readonly free: number;
  readonly kilobytes: number;
  /** Where hugetlbfs is mounted. */
  readonly mounts: readonly string[];
}

/** Looks at the huge pages; undefined where /proc is not that of a node that runs. */
export function lookAtHugePages(tree: Tree): HugePages | undefined {
  const memory = readIfThere(pathIn(tree, '/proc/meminfo'));
  // Of a node that is mounted somewhere, that of its first process: this one has mounts of its own.
  const mounts = readIfThere(tree.root === '/' ? '/proc/self/mounts' : pathIn(tree, '/proc/1/mounts'));
  if (memory === undefined || mounts === undefined) return undefined;
  const read = (key: string): number => Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(memory)?.[1] ?? 0);
  return {
    total: read('HugePages_Total'),
    free: read('HugePages_Free'),
    kilobytes: read('Hugepagesize'),
    mounts: mounts.split('\n').flatMap((line) => {
      const [, at = '', type] = line.split(' ');
      return type === 'hugetlbfs' ? [at] : [];
    }),
  };
}
