import { sha256 } from '#bytes';
import { system } from '#system';
import { codeOf, onFile, readBytes } from '../../host/files.ts';
import type { FileStatus } from '../../host/system/system.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { dirname } from '../../model/path.ts';

/** What is at a path of the node: nothing, something that is no file, or a file. */
export type FileState = 'missing' | 'no-file' | { readonly sha256: string; readonly mode: number };

/** Looks at a file of the node. Throws `io-failure`. */
export function fileState(tree: Tree, path: string): FileState {
  const there = pathIn(tree, path);
  const stat = onFile(`${there} cannot be looked at`, () => statIfThere(there));
  if (stat === undefined) return 'missing';
  if (stat.type !== 'file') return 'no-file';
  return { sha256: hashOf(there), mode: stat.mode };
}

// Below a file there is nothing, either.
function statIfThere(path: string): FileStatus | undefined {
  try {
    return system.lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** SHA-256 of a file of this system, in hexadecimal digits. Throws `io-failure`. */
export function hashOf(path: string): string {
  return sha256(onFile(`${path} cannot be read`, () => readBytes(path)));
}

/** The directories above a path that the node lacks, the outermost first; paths as the node calls them. */
export function missingAbove(tree: Tree, path: string): readonly string[] {
  const missing: string[] = [];
  for (let above = dirname(path); above !== '/'; above = dirname(above)) {
    if (statIfThere(pathIn(tree, above)) !== undefined) break;
    missing.unshift(above);
  }
  return missing;
}
