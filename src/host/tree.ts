import { join } from '../model/path.ts';
import { linkTarget } from './files.ts';

/** A node's file system: this system's own, or one that is mounted here, like the host's in an installing container. */
export interface Tree {
  /** Absolute path of the directory that is `/` on that node. */
  readonly root: string;
}

/** The most symbolic links that are followed before they count as a loop: the kernel's own limit (MAXSYMLINKS). */
const mostLinks = 40;

/**
 * The path on this system for an absolute path of the node. Symbolic links are followed as on the node: an absolute
 * target stays below the root. Missing names are kept as they are.
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
