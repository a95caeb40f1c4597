import { system } from '#system';
import { goPattern } from '../config/containerd.ts';
import { codeOf, exists, namesIn, readIfThere } from '../host/files.ts';
import type { FileStatus } from '../host/system/system.ts';
import { pathIn, type Tree } from '../host/tree.ts';
import { join } from '../model/path.ts';
import { messageOf } from '../json/thrown.ts';

/** Whether the node's root is this system's own, so that its programs can be run and not only its files read. */
export function isLive({ root }: Tree): boolean {
  return root === '/';
}

/** A path of the node, with every symbolic link resolved, as seen on the node. */
export function resolvedIn(tree: Tree, path: string): string {
  return join('/', pathIn(tree, path).slice(tree.root.length));
}

/** Whether the node has a file, of any kind, at a path. */
export function existsIn(tree: Tree, path: string): boolean {
  return exists(pathIn(tree, path));
}

/** The status of a path of the node; undefined if it does not exist. Nothing exists below a file. */
export function statusIn(tree: Tree, path: string): FileStatus | undefined {
  try {
    return system.stat(pathIn(tree, path));
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The result of reading a file: its text, why it cannot be read, or undefined if it does not exist. */
export type ReadText = { readonly text: string } | { readonly fault: string } | undefined;

/** Reads a text file of the node. */
export function textAt(tree: Tree, path: string): ReadText {
  try {
    const text = readIfThere(pathIn(tree, path));
    return text === undefined ? undefined : { text };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

/** The names in a directory of the node, sorted; none if it is missing or cannot be read. */
export function namesAt(tree: Tree, directory: string): readonly string[] {
  try {
    return namesIn(pathIn(tree, directory));
  } catch {
    return [];
  }
}

/** The files of the node that match a path in which `*` stands for any part of a name. */
export function globIn(tree: Tree, pattern: string): readonly string[] {
  const parts = pattern.split('/').filter((part) => part !== '');
  return parts.reduce<readonly string[]>(
    (found, part) =>
      part.includes('*')
        ? found.flatMap((directory) =>
            namesAt(tree, directory)
              .filter((name) => goPattern(part).test(name))
              .map((name) => join(directory, name)),
          )
        : found.map((directory) => join(directory, part)),
    ['/'],
  );
}
