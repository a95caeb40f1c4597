import { system } from '#system';
import { lockDirectory, recordDirectory } from '../../../attach/directories.ts';
import { temporaryFiles, type TemporaryFile } from '../../../attach/gc/dead-writers.ts';
import { parseDocument } from '../../../dan/merge.ts';
import { type DirectoryFault, directoryFault, namesIn, readIfThere } from '../../../host/files.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';
import { basename, dirname, join } from '../../../model/path.ts';

/** What is wrong with a directory or file of dan's, in its own words. */
interface PathFault {
  /** As the node calls it. */
  readonly path: string;
  /** For the sentence that the path begins. */
  readonly fault: string;
}

/** The directories and files of dan's on a node. */
export interface StateFiles {
  /** Directories that ADD refuses. */
  readonly unsafe: readonly { readonly path: string; readonly fault: DirectoryFault }[];
  /** Directories and files that others than their owner may read or write. */
  readonly open: readonly (PathFault & { readonly mode: '0600' | '0700' })[];
  readonly unreadableFiles: readonly PathFault[];
  readonly unreadableRecords: readonly PathFault[];
  readonly temporary: readonly TemporaryFile[];
  /** What could not be looked at; each fault is a whole sentence. */
  readonly faults: readonly PathFault[];
}

/** Looks at the directories of DAN files, at dan's own, and at what is in them. Never throws: what it cannot see is a fault. */
export function lookAtStateFiles(tree: Tree, danConfs: readonly string[]): StateFiles {
  const faults: PathFault[] = [];
  const look = <T>(path: string, work: () => readonly T[]): readonly T[] => {
    try {
      return work();
    } catch (error) {
      faults.push({ path, fault: error instanceof Error ? error.message : String(error) });
      return [];
    }
  };
  const directories = ['/run/dan', recordDirectory, lockDirectory, ...danConfs];
  const danFiles = danConfs.flatMap((directory) => look(directory, () => filesIn(tree, directory, /^[^.].*\.json$/)));
  const records = look(recordDirectory, () => filesIn(tree, recordDirectory, /^dan[0-9a-f]{11}\.json$/));
  return {
    unsafe: directories.flatMap((path) => look(path, () => unsafe(tree, path))),
    open: [
      ...danConfs.flatMap((path) => look(path, () => openTo(tree, path, '0700'))),
      ...[...danFiles, ...records].flatMap((path) => look(path, () => openTo(tree, path, '0600'))),
    ],
    unreadableFiles: danFiles.flatMap((path) => look(path, () => unreadable(tree, path))),
    unreadableRecords: records.flatMap((path) => look(path, () => unreadableRecord(tree, path))),
    temporary: once(danConfs.flatMap((danConf) => look(danConf, () => temporaryIn(tree, danConf)))),
    faults,
  };
}

function filesIn(tree: Tree, directory: string, form: RegExp): readonly string[] {
  return namesIn(pathIn(tree, directory))
    .filter((name) => form.test(name))
    .map((name) => join(directory, name));
}

// The last part itself must be no link.
function placeOf(tree: Tree, path: string): string {
  return join(pathIn(tree, dirname(path)), basename(path));
}

function unsafe(tree: Tree, path: string): StateFiles['unsafe'] {
  const fault = directoryFault(placeOf(tree, path));
  // Whoever asks need not be root; what is root's is as it should be.
  const isSound = fault === undefined || (fault.is === 'of-another' && fault.user === 0);
  return isSound ? [] : [{ path, fault }];
}

function openTo(tree: Tree, path: string, mode: '0600' | '0700'): StateFiles['open'] {
  const there = system.lstat(placeOf(tree, path));
  if (there === undefined || there.type === 'symbolic-link' || (there.mode & 0o077) === 0) return [];
  const octal = there.mode.toString(8).padStart(4, '0');
  return [{ path, fault: `has the mode ${octal} instead of ${mode}`, mode }];
}

function unreadable(tree: Tree, path: string): readonly PathFault[] {
  const text = readIfThere(pathIn(tree, path));
  const parsed = text === undefined ? undefined : parseDocument(text);
  return parsed === undefined || parsed.ok ? [] : [{ path, fault: parsed.why }];
}

function unreadableRecord(tree: Tree, path: string): readonly PathFault[] {
  const text = readIfThere(pathIn(tree, path));
  try {
    if (text !== undefined) JSON.parse(text);
    return [];
  } catch (error) {
    return [{ path, fault: `is not JSON: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

function temporaryIn(tree: Tree, danConf: string): readonly TemporaryFile[] {
  const [here, records] = [pathIn(tree, danConf), pathIn(tree, recordDirectory)];
  return temporaryFiles(here, records).map(({ path, sandbox }) => {
    const directory = dirname(path) === here ? danConf : recordDirectory;
    return { path: join(directory, basename(path)), sandbox };
  });
}

// Those beside the records are found with each directory.
function once(files: readonly TemporaryFile[]): readonly TemporaryFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}
