import { system } from '#system';
import { defaultDanConf, lockDirectory, recordDirectory } from '../../../attach/directories.ts';
import { type TemporaryFile, temporaryFiles } from '../../../attach/gc/dead-writers.ts';
import { parseDocument } from '../../../dan/merge.ts';
import { findDirectory } from '../../../host/directory.ts';
import { type FaultAt } from '../../../host/directory-fault.ts';
import { namesIn, readIfThere } from '../../../host/files.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';
import { accept, type Parsed, reject } from '../../../model/parsed.ts';
import { basename, dirname, join } from '../../../model/path.ts';
import { type Attachments, lockOf, lookAtAttachments } from '../../../node/attachments/attachments.ts';
import type { Inventory } from '../../../node/attachments/inventory.ts';
import type { CniFacts } from '../../../node/cni/facts.ts';
import type { HeldLock } from '../../../node/locks.ts';
import { isLive } from '../../../node/paths.ts';
import { messageOf } from '../../../json/thrown.ts';
import type { KernelFacts } from './kernel.ts';
import type { OvsSwitch } from './ovs.ts';

/** What is known about what dan has left on the node. */
export interface StateFacts {
  readonly files: StateFiles;
  /** undefined if only files are read. */
  readonly locks: readonly HeldLock[] | undefined;
  /** The attachments that no ADD or DEL is working on; undefined if only files are read. */
  readonly inventory: Inventory | undefined;
}

/** dan's directories and files on a node. */
interface StateFiles {
  /** Directories that ADD refuses. */
  readonly unsafe: readonly FaultAt[];
  /** Directories and files that users other than their owner may read or write. */
  readonly open: readonly { readonly path: string; readonly mode: number; readonly wanted: '0600' | '0700' }[];
  readonly unreadableFiles: readonly PathFault[];
  readonly unreadableRecords: readonly PathFault[];
  /** Temporary files of killed writers. */
  readonly temporary: readonly TemporaryFile[];
  /** What could not be read. Each fault is a whole sentence. */
  readonly faults: readonly PathFault[];
}

/** What is wrong with a file, as a clause that follows its path on the node. */
interface PathFault {
  readonly path: string;
  readonly fault: string;
}

/** The facts that the checks of dan's leftovers use. */
export interface StateView {
  readonly cni: CniFacts;
  readonly state: StateFacts;
  readonly kernel: Pick<KernelFacts, 'user'>;
  readonly ovs: { readonly switches: readonly Pick<OvsSwitch, 'database' | 'view'>[] };
}

/** Looks at what dan has left on a node. If its root is not this system's, reads only files. */
export async function lookAtState(tree: Tree, cni: CniFacts): Promise<StateFacts> {
  if (!isLive(tree)) return { files: lookAtFiles(tree, danConfsOf(cni)), locks: undefined, inventory: undefined };
  return stateOf(await lookAtAttachments(cni));
}

/** The state of this system, from its attachments. */
export function stateOf({ attachments, faults, locks, cni }: Attachments): StateFacts {
  const tree = { root: '/' };
  const named = danConfsOf(cni);
  const files = lookAtFiles(tree, [...named, ...attachments.flatMap(({ item }) => item.record?.danConf ?? [])]);
  // A writer that holds its sandbox's lock is still working.
  const temporary = files.temporary.filter(({ sandbox }) => lockOf(sandbox, locks) === undefined);
  const items = attachments.flatMap(({ item, standing }) => (standing.state === 'changing' ? [] : [item]));
  return { files: { ...files, temporary }, locks, inventory: { items, faults } };
}

function danConfsOf({ networks }: CniFacts): readonly string[] {
  return [defaultDanConf, ...networks.map(({ config, danConf }) => config?.danConf ?? danConf)];
}

// Never throws: a failure to read is a fault.
function lookAtFiles(tree: Tree, places: readonly string[]): StateFiles {
  const faults: PathFault[] = [];
  const each = <T>(paths: readonly string[], work: (path: string) => readonly T[]): readonly T[] =>
    paths.flatMap((path) => {
      try {
        return work(path);
      } catch (error) {
        faults.push({ path, fault: messageOf(error) });
        return [];
      }
    });
  const filesIn = (directories: readonly string[], form: RegExp): readonly string[] =>
    each(directories, (directory) =>
      namesIn(pathIn(tree, directory))
        .filter((name) => form.test(name))
        .map((name) => join(directory, name)),
    );
  const danConfs = [...new Set(places)];
  const danFiles = filesIn(danConfs, /^[^.].*\.json$/);
  const records = filesIn([recordDirectory], /^dan[0-9a-f]{11}\.json$/);
  // The temporary files of the records are found with each directory.
  const temporary = each(danConfs, (danConf) => temporaryIn(tree, danConf));
  return {
    unsafe: onceEach(each([recordDirectory, lockDirectory, ...danConfs], (path) => unsafe(tree, path))),
    open: [
      ...each(danConfs, (path) => openToOthers(tree, path, '0700')),
      ...each([...danFiles, ...records], (path) => openToOthers(tree, path, '0600')),
    ],
    unreadableFiles: each(danFiles, (path) => unreadable(tree, path, parseDocument)),
    unreadableRecords: each(records, (path) => unreadable(tree, path, parseJson)),
    temporary: [...new Map(temporary.map((file) => [file.path, file])).values()],
    faults,
  };
}

function onceEach(faults: StateFiles['unsafe']): StateFiles['unsafe'] {
  return [...new Map(faults.map((one) => [one.path, one])).values()];
}

// Only the last part of the path may not be a symbolic link.
function placeOf(tree: Tree, path: string): string {
  return join(pathIn(tree, dirname(path)), basename(path));
}

// For a mounted node, the directories above its root are not the node's.
function unsafe({ root }: Tree, path: string): StateFiles['unsafe'] {
  const found = findDirectory(placeOf({ root }, path)).fault;
  if (found === undefined || !`${found.path}/`.startsWith(root)) return [];
  return [{ path: join('/', found.path.slice(root.length)), fault: found.fault }];
}

function openToOthers(tree: Tree, path: string, wanted: '0600' | '0700'): StateFiles['open'] {
  const there = system.lstat(placeOf(tree, path));
  if (there === undefined || there.type === 'symbolic-link' || (there.mode & 0o077) === 0) return [];
  return [{ path, mode: there.mode, wanted }];
}

function unreadable(tree: Tree, path: string, parse: (text: string) => Parsed<unknown>): readonly PathFault[] {
  const text = readIfThere(pathIn(tree, path));
  const parsed = text === undefined ? undefined : parse(text);
  return parsed?.ok === false ? [{ path, fault: parsed.why }] : [];
}

function parseJson(text: string): Parsed<unknown> {
  try {
    return accept(JSON.parse(text));
  } catch (error) {
    return reject(`is not JSON: ${messageOf(error)}`);
  }
}

function temporaryIn(tree: Tree, danConf: string): readonly TemporaryFile[] {
  const [here, records] = [pathIn(tree, danConf), pathIn(tree, recordDirectory)];
  return temporaryFiles(here, records).map(({ path, sandbox }) => ({
    path: join(dirname(path) === here ? danConf : recordDirectory, basename(path)),
    sandbox,
  }));
}
