import { type ConfList, isConfFile, parseConfList } from '../../config/conf-list.ts';
import type { Tree } from '../../host/tree.ts';
import { join } from '../../model/path.ts';
import { namesAt, textAt } from '../paths.ts';

/** A file of a directory of network configurations. */
export interface ConfFile {
  /** As the node calls it. */
  readonly path: string;
  /** What it holds; undefined where it cannot be read. */
  readonly list: ConfList | undefined;
  /** Why it cannot be read, as a clause that follows the path. */
  readonly fault: string | undefined;
}

/** A directory of network configurations, its files in the order in which runtimes take them. */
export interface ConfDir {
  readonly path: string;
  readonly files: readonly ConfFile[];
}

/** Reads a directory of network configurations; a missing one has no files. */
export function readConfDir(tree: Tree, path: string): ConfDir {
  const names = namesAt(tree, path).filter(isConfFile);
  return { path, files: names.map((name) => readConfFile(tree, join(path, name))) };
}

function readConfFile(tree: Tree, path: string): ConfFile {
  const read = textAt(tree, path);
  if (read === undefined || 'fault' in read) {
    return { path, list: undefined, fault: `cannot be read: ${read?.fault ?? 'it leads nowhere'}` };
  }
  const parsed = parseConfList(path, read.text);
  return parsed.ok ? { path, list: parsed.value, fault: undefined } : { path, list: undefined, fault: parsed.why };
}

/** What the pods of a handler get of a directory: its first files, as many as are taken; 0 means all. */
export function chosenOf({ files }: ConfDir, maxConfNum: number): readonly ConfFile[] {
  return maxConfNum <= 0 ? files : files.slice(0, maxConfNum);
}
