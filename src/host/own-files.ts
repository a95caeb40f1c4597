import { text as decodeText, utf8 } from '#bytes';
import { system } from '#system';
import { basename, dirname, join } from '../model/path.ts';
import { danError } from '../model/error.ts';
import {
  entryIn,
  findDirectory,
  isOwn,
  itself,
  makeDirectory,
  type OpenDirectory,
  safeDirectory,
} from './directory.ts';
import { directoryUnsafe } from './directory-fault.ts';
import { closing, codeOf, largestFile, onFile, readAll, removeIfThere, syncDirectory, writeAll } from './files.ts';
import type { Entry, FileStatus, FileType } from './system/system.ts';

// Files that dan keeps, in directories that only root can write to. Each file is opened relative to its open directory.

/**
 * How safe a directory must be: `safe`, or `anyway` for files that are to be removed. In an unsafe directory, a file
 * counts only if it is root's alone. Other users' symbolic links are not followed there either.
 */
export type Trust = 'anyway' | 'safe';

/** Why something is not a file of dan's. */
export type FileFault =
  | { readonly is: 'no-file'; readonly type: FileType }
  | { readonly is: 'of-another'; readonly user: number }
  /** Others may write to it, or it has a second hard link. This matters only if its directory is not root's alone. */
  | { readonly is: 'exposed' }
  | { readonly is: 'too-long' };

/** The result of reading a file; undefined if it does not exist. */
export type OwnText = { readonly fault: FileFault } | { readonly text: string } | undefined;

/** Reads a text file of dan's. Throws `directory-unsafe`, `io-failure`. */
export function readOwn(path: string, trust: Trust = 'safe'): OwnText {
  const directory = directoryOf(path, trust);
  if (directory === undefined) return undefined;
  return onFile(`${path} cannot be read`, () => {
    const file = openOwn(entryIn(directory, path), 'r', isExposed(directory));
    if (typeof file !== 'number') return file === undefined ? undefined : { fault: file };
    return closing(file, () => {
      const bytes = readAll(file, largestFile + 1);
      return bytes.length > largestFile ? { fault: { is: 'too-long' } } : { text: decodeText(bytes) };
    });
  });
}

/** Opens a file of dan's; `a` makes it if it is missing. An existing entry is checked first, and must be a file. */
export function openOwn(entry: Entry, how: 'a' | 'r', exposed = false): number | FileFault | undefined {
  const there = system.lstat(entry);
  if (there === undefined && how === 'r') return undefined;
  const fault = there && fileFault(there, exposed);
  if (fault !== undefined) return fault;
  const file = openIfThere(entry, how);
  if (file === undefined) return undefined;
  const changed = fileFault(system.fstat(file), exposed);
  if (changed === undefined) return file;
  system.close(file);
  return changed;
}

// Another call may have removed it since it was checked.
function openIfThere(entry: Entry, how: 'a' | 'r'): number | undefined {
  try {
    return system.open(entry, how, 0o600);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && how === 'r') return undefined;
    throw error;
  }
}

function fileFault(status: FileStatus, exposed: boolean): FileFault | undefined {
  const { type, mode, links, uid } = status;
  if (type !== 'file') return { is: 'no-file', type };
  if (!isOwn(status)) return { is: 'of-another', user: uid };
  return exposed && ((mode & 0o022) !== 0 || links > 1) ? { is: 'exposed' } : undefined;
}

/** What is wrong with a file, as a clause that follows its path. */
export function fileFaultText(fault: FileFault): string {
  switch (fault.is) {
    case 'no-file':
      return `is ${typeTexts[fault.type]}, and no file`;
    case 'of-another':
      return `belongs to user ${fault.user}`;
    case 'exposed':
      return 'can be changed by others';
    case 'too-long':
      return `has more than ${largestFile} bytes`;
    default:
      return fault satisfies never;
  }
}

const typeTexts: Readonly<Record<FileType, string>> = {
  'block-device': 'a block device',
  'character-device': 'a character device',
  directory: 'a directory',
  fifo: 'a FIFO',
  file: 'a file',
  socket: 'a socket',
  'symbolic-link': 'a symbolic link',
  unknown: 'something unknown',
};

/** The error for something unexpected in the place of a file of dan's. */
export function fileUnsafe(path: string, fault: FileFault): Error {
  return danError('directory-unsafe', `${path} ${fileFaultText(fault)}: find out whose it is, and remove it`);
}

/** How a file is written and removed. */
interface FileOptions {
  /** Whether to wait until the change is on disk. */
  readonly durable: boolean;
  /** Path of the temporary file, in the same directory. If left out, it is derived from the file's name. */
  readonly temporary?: string;
  readonly trust?: Trust;
}

/**
 * Writes a file so that a reader sees either the whole old one or the whole new one. Only one process at a time may
 * write to a path. A missing directory is made with mode 0700; the file gets 0600. Throws `directory-unsafe`,
 * `io-failure`.
 */
export function writeWhole(path: string, text: string, options: FileOptions): void {
  const { durable, temporary = temporaryOf(path), trust = 'safe' } = options;
  const there = trust === 'anyway' ? directoryOf(path, trust) : undefined;
  const directory = there ?? makeDirectory(dirname(path));
  const [target, beside] = [entryIn(directory, path), entryIn(directory, temporary)];
  onFile(`${path} cannot be written`, () => {
    try {
      closing(openNew(beside), (file) => {
        writeAll(file, utf8(text));
        if (durable) system.fsync(file);
      });
      system.rename(beside, target);
    } catch (error) {
      removeIfThere(beside);
      throw error;
    }
    if (durable) syncDirectory(itself(directory));
  });
}

// Replaces what a killed writer left.
function openNew(entry: Entry): number {
  try {
    return system.open(entry, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    system.unlink(entry);
    return system.open(entry, 'wx', 0o600);
  }
}

/** How a file is removed. */
interface RemovalOptions extends FileOptions {
  /** The type that is removed. Anything else stays. */
  readonly type?: FileType;
}

/**
 * Removes a file, and the temporary file that a killed writer left. A missing file counts as removed. An entry of
 * another type, or a file of another user, stays. If the directory is not safe, nothing outside it is touched. Throws
 * `io-failure`.
 */
export function removeFile(path: string, options: RemovalOptions): void {
  const { durable, temporary = temporaryOf(path), type = 'file' } = options;
  const directory = directoryOf(path, 'anyway');
  if (directory === undefined) return;
  onFile(`${path} cannot be removed`, () => {
    const entries = [path, temporary].map((one) => entryIn(directory, one));
    for (const entry of entries) {
      const there = system.lstat(entry);
      if (there?.type === type && (type !== 'file' || isOwn(there))) removeIfThere(entry);
    }
    if (durable) syncDirectory(itself(directory));
  });
}

/** The type of what is at a path, without following symbolic links. Throws `io-failure`. */
export function lookAtFile(path: string): 'device-node' | 'missing' | 'other' | 'socket' {
  const directory = directoryOf(path, 'anyway');
  if (directory === undefined) return 'missing';
  const there = onFile(`${path} cannot be looked at`, () => system.lstat(entryIn(directory, path)));
  if (there === undefined) return 'missing';
  if (there.type === 'socket') return 'socket';
  return there.type === 'character-device' ? 'device-node' : 'other';
}

/** The names in a directory of dan's, sorted; none if it is missing. Throws `directory-unsafe`, `io-failure`. */
export function ownNames(path: string): readonly string[] {
  const directory = safeDirectory(path);
  if (directory === undefined) return [];
  return onFile(`${path} cannot be read`, () => system.readdir(`/proc/self/fd/${directory.file}`).sort());
}

function directoryOf(path: string, trust: Trust): OpenDirectory | undefined {
  const { directory, fault } = findDirectory(dirname(path));
  if (trust === 'safe' && fault !== undefined) throw directoryUnsafe([fault]);
  return directory;
}

function isExposed({ status, above }: OpenDirectory): boolean {
  return above !== undefined || !isOwn(status) || (status.mode & 0o022) !== 0;
}

function temporaryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp`);
}
