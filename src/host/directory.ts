import { system } from '#system';
import { basename, dirname } from '../model/path.ts';
import { directoryUnsafe, type FaultAt } from './directory-fault.ts';
import { codeOf, onFile, readText, statusAt } from './files.ts';
import type { Entry, FileStatus } from './system/system.ts';

/** Who may write to a directory besides root: nobody, or the directory's group (such as that of a non-root switch). */
export type Writers = 'group' | 'nobody';

/** An open directory. It stays the same one even if its path changes. */
export interface OpenDirectory {
  readonly file: number;
  /** Its path without symbolic links. */
  readonly path: string;
  readonly status: FileStatus;
  /** The first fault of its parents. */
  readonly above: FaultAt | undefined;
}

/** The result of looking up a path. */
interface Found {
  /** undefined if it is missing or cannot be entered. */
  readonly directory: OpenDirectory | undefined;
  /** The first fault on the way or of the directory itself. */
  readonly fault: FaultAt | undefined;
}

interface Walked extends Found {
  /** The first missing directory, and whether it is the one that was asked for. */
  readonly missing?: Entry & { readonly isEnd: boolean };
}

/** dan keeps its files in directories below this one. */
export const ownDirectory = '/run/dan';

/** The most symbolic links that are followed before they count as a loop: the kernel's own limit (MAXSYMLINKS). */
const mostLinks = 40;

/** The open directories, by their paths without symbolic links, and by the paths that were asked for. */
const opened = new Map<string, OpenDirectory>();
const asked = new Map<string, Walked>();

/** Opens a directory, and finds its faults and those of its parents. Throws `io-failure`. */
export function findDirectory(path: string, writers: Writers = 'nobody'): Found {
  return found(look(path), writers);
}

/** Opens a directory that must be safe; undefined if it is missing. Throws `directory-unsafe`, `io-failure`. */
export function safeDirectory(path: string, writers: Writers = 'nobody'): OpenDirectory | undefined {
  const { directory, fault } = findDirectory(path, writers);
  if (fault !== undefined) throw directoryUnsafe([fault]);
  return directory;
}

/**
 * Opens a directory that must be safe. Makes the directory with its mode, and missing parents with 0755, whatever the
 * umask. Throws `directory-unsafe`, `io-failure`.
 */
export function makeDirectory(path: string, mode = 0o700, writers: Writers = 'nobody'): OpenDirectory {
  for (;;) {
    const walked = look(path);
    const { directory, fault } = found(walked, writers);
    if (fault !== undefined) throw directoryUnsafe([fault]);
    if (directory !== undefined) return directory;
    const { missing } = walked;
    onFile(`${path} cannot be made`, () => {
      if (missing !== undefined) make(missing, missing.isEnd ? mode : 0o755);
    });
    asked.delete(path);
  }
}

/** Closes all directories. They are opened again on demand, so no caller may keep one across an await. */
export function closeDirectories(): void {
  for (const { file } of opened.values()) system.close(file);
  forgetDirectories();
}

// Open directories may be in use, so they are not closed.
function forgetDirectories(): void {
  opened.clear();
  asked.clear();
}

/** The entry that a path names in its open directory. */
export function entryIn({ file }: OpenDirectory, path: string): Entry {
  return { directory: file, name: basename(path), path };
}

/** An open directory, as an entry of itself. */
export const itself = ({ file, path }: OpenDirectory): Entry => ({ directory: file, name: '.', path });

/** Whether a file or directory belongs to root or to the user that runs this. */
export function isOwn({ uid }: FileStatus): boolean {
  return uid === 0 || uid === system.geteuid() || (uid === unmapped && isOutside());
}

/** The owner that is shown for a user id that the user namespace does not map (/proc/sys/kernel/overflowuid). */
const unmapped = 65534;

// Whether this process's user namespace maps no user to this id, so that it stands only for users outside the
// namespace. The creator of the namespace, who is outside, put the file there and is trusted.
function isOutside(): boolean {
  const ranges = readText('/proc/self/uid_map').trim().split('\n');
  return ranges.every((range) => {
    const [first = 0, , count = 0] = range.trim().split(/\s+/).map(Number);
    return unmapped < first || unmapped >= first + count;
  });
}

// Each lookup checks that the path still leads to the directory that was opened, and that its status is unchanged.
function look(path: string): Walked {
  const known = asked.get(path);
  if (known?.directory !== undefined) {
    const { status, above } = known.directory;
    if (above === undefined && isSame(status, statusAt(path))) return known;
    forgetDirectories();
  }
  const walked = onFile(`${path} cannot be looked at`, () => walk(path));
  asked.set(path, walked);
  return walked;
}

function isSame(before: FileStatus, now: FileStatus | undefined): boolean {
  return before.ino === now?.ino && before.dev === now.dev && before.uid === now.uid && before.mode === now.mode;
}

function found({ directory, fault }: Walked, writers: Writers): Found {
  if (directory === undefined) return { directory, fault };
  const { path, status, above } = directory;
  return { directory, fault: above ?? fault ?? endFault(path, status, writers) };
}

/**
 * Opens one directory after the other, each within the one before, so that nobody can swap what was checked. A symbolic
 * link is followed if it is root's, like /var/run. The directory that is asked for, and dan's own, must not be symbolic
 * links: a link to a wrong place would make dan create and remove its files there. Others may write to a parent
 * directory if it is sticky, like /tmp: only root can rename or remove root's files there (inode(7)).
 */
function walk(path: string): Walked {
  let { here, left } = nearest(path);
  let refused: FaultAt | undefined;
  for (let links = 0; ; ) {
    const name = left.shift();
    if (name === undefined) return { directory: here, fault: refused };
    if (name === '' || name === '.') continue;
    if (name === '..') {
      // The parents of an open directory are open, too.
      here = opened.get(dirname(here.path)) ?? here;
      continue;
    }
    const at = here.path === '/' ? `/${name}` : `${here.path}/${name}`;
    const known = opened.get(at);
    if (known !== undefined) {
      here = known;
      continue;
    }
    const above = here.above ?? wayFault(here);
    const entry = { directory: here.file, name, path: at };
    const file = system.openPlace(entry);
    if (file === undefined) {
      return { directory: undefined, fault: above ?? refused, missing: { ...entry, isEnd: areNoNames(left) } };
    }
    const status = system.fstat(file);
    const { type } = status;
    if (type === 'directory') {
      here = { file, path: at, status, above };
      opened.set(at, here);
      continue;
    }
    system.close(file);
    const isLink = type === 'symbolic-link';
    if (!isLink || !isOwn(status) || ++links > mostLinks) {
      const fault = above ?? { path: at, fault: { is: isLink ? 'symbolic-link' : 'no-directory' } };
      return { directory: undefined, fault };
    }
    if (areNoNames(left) || at === ownDirectory) refused ??= { path: at, fault: { is: 'symbolic-link' } };
    const target = system.readlink(entry);
    left = [...target.split('/'), ...left];
    if (target.startsWith('/')) here = openRoot();
  }
}

// The closest open directory on the way to a path, and the names after it.
function nearest(path: string): { here: OpenDirectory; left: string[] } {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    const here = opened.get(path.slice(0, end));
    if (here !== undefined) return { here, left: path.slice(end).split('/') };
  }
  return { here: openRoot(), left: path.split('/') };
}

function areNoNames(left: readonly string[]): boolean {
  return left.every((one) => one === '' || one === '.');
}

function openRoot(): OpenDirectory {
  const known = opened.get('/');
  if (known !== undefined) return known;
  const file = system.openPlace('/') ?? -1;
  const root = { file, path: '/', status: system.fstat(file), above: undefined };
  opened.set('/', root);
  return root;
}

function wayFault({ path, status }: OpenDirectory): FaultAt | undefined {
  const isSticky = (status.mode & 0o1000) !== 0;
  return isSticky && isOwn(status) ? undefined : endFault(path, status, 'nobody');
}

function endFault(path: string, status: FileStatus, writers: Writers): FaultAt | undefined {
  if (!isOwn(status)) return { path, fault: { is: 'of-another', user: status.uid } };
  const others = writers === 'group' ? 0o002 : 0o022;
  return (status.mode & others) === 0 ? undefined : { path, fault: { is: 'writable' } };
}

function make(entry: Entry, mode: number): void {
  try {
    system.mkdir(entry, mode);
  } catch (error) {
    // Another process made it at the same time. The next lookup checks it.
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  const file = system.open(entry, 'r');
  try {
    system.fchmod(file, mode);
  } finally {
    system.close(file);
  }
}
