import { join } from '../model/path.ts';
import { linkTarget } from './files.ts';

/** A node's file system: this one's, or one that is mounted somewhere, as the host's is in a container that sets it up. */
export interface Tree {
  /** Absolute path of the directory that is `/` on that node. */
  readonly root: string;
}

/** Links that are followed before it counts as a circle; the kernel's own limit (MAXSYMLINKS). */
const mostLinks = 40;

/**
 * The path on this system of one that is absolute on the node. Symbolic links are followed as the node would follow
 * them: an absolute one stays below the root. What does not exist is given as it would be called.
 */
export function pathIn({ root }: Tree, path: string): string {
  const left = path.split('/');
  const walked: string[] = [];
  for (let links = 0; left.length > 0; ) {
    const name = left.shift() ?? '';
    if (name === '' || name === '.') continue;
    if (name === '..') {
      walked.pop();
      continue;
    }
    const target = linkTarget(join(root, ...walked, name));
    if (target === undefined || ++links > mostLinks) {
      walked.push(name);
      continue;
    }
    if (target.startsWith('/')) walked.length = 0;
    left.unshift(...target.split('/'));
  }
  return join(root, ...walked);
}
