import { createHash } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, onFile } from '../../host/files.ts';
import { pathIn, type Tree } from '../../host/tree.ts';

/** What is at a path of the node: nothing, something that is no file, or a file. */
export type FileState = 'missing' | 'no-file' | { readonly sha256: string; readonly mode: number };

/** Looks at a file of the node. Throws `io-failure`. */
export function fileState(tree: Tree, path: string): FileState {
  const there = pathIn(tree, path);
  const stat = onFile(`${there} cannot be looked at`, () => statIfThere(there));
  if (stat === undefined) return 'missing';
  if (!stat.isFile()) return 'no-file';
  return { sha256: hashOf(there), mode: stat.mode & 0o7777 };
}

// Below a file there is nothing, either.
function statIfThere(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** SHA-256 of a file of this system, in hexadecimal digits; an executable is too large to be read at once. Throws `io-failure`. */
export function hashOf(path: string): string {
  return onFile(`${path} cannot be read`, () => {
    const file = openSync(path, 'r');
    try {
      const hash = createHash('sha256');
      const buffer = new Uint8Array(Math.min(1024 * 1024, Math.max(fstatSync(file).size, 1)));
      for (;;) {
        const count = readSync(file, buffer, 0, buffer.length, null);
        if (count === 0) return hash.digest('hex');
        hash.update(buffer.subarray(0, count));
      }
    } finally {
      closeSync(file);
    }
  });
}

/** SHA-256 of a text, in hexadecimal digits. */
export function hashOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
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
