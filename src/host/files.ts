import { text as decodeText, utf8 } from '#bytes';
import { system } from '#system';
import { limitText } from '../model/limit.ts';
import { basename, dirname } from '../model/path.ts';
import { type CniError, messageOf, protocolError } from '../protocol/error.ts';

// --- What a system call alone does not do; what the system refuses is thrown as it is

/** Bytes that are asked for first; most files have fewer. */
const usualLength = 4096;

/** Reads a whole file as UTF-8; what is none becomes U+FFFD. */
export function readText(path: string): string {
  return decodeText(readBytes(path));
}

/** Reads a whole file. */
export function readBytes(path: string): Uint8Array {
  return readOpen(system.open(path, 'r'));
}

function readOpen(file: number): Uint8Array {
  return closing(file, (open) => readAll(open, Number.POSITIVE_INFINITY));
}

/** Does work with an open file, and closes it. */
export function closing<T>(file: number, work: (file: number) => T): T {
  try {
    return work(file);
  } finally {
    system.close(file);
  }
}

/** Reads an open file to its end, or up to so many bytes. The length that the system tells of a file in /proc is 0. */
export function readAll(file: number, limit: number, first = usualLength): Uint8Array {
  let bytes = new Uint8Array(Math.min(first, limit));
  let length = 0;
  for (;;) {
    const count = system.read(file, length === 0 ? bytes : bytes.subarray(length));
    length += count;
    if (count === 0 || length === limit) return bytes.subarray(0, length);
    if (length < bytes.length) continue;
    const more = new Uint8Array(Math.min(2 * length, limit));
    more.set(bytes);
    bytes = more;
  }
}

/** Writes all of the bytes. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += system.write(file, bytes.subarray(written));
}

/** Writes a file from its start, or at its end; one that is made gets mode 0600. */
export function writeText(path: string, text: string, how: 'w' | 'a'): void {
  closing(system.open(path, how, 0o600), (file) => {
    writeAll(file, utf8(text));
  });
}

/** Whether a path leads to something that the process may see. */
export function exists(path: string): boolean {
  return system.access(path, 'exist');
}

/** Whether a path is a directory, or a link to one. */
export function isDirectory(path: string): boolean {
  return unlessMissing(() => system.stat(path))?.type === 'directory';
}

/** Where a symbolic link leads; undefined where there is none, or none that the process may read. */
export function linkTarget(path: string): string | undefined {
  try {
    return system.readlink(path);
  } catch {
    return undefined;
  }
}

/** Removes a file, if there is one. */
export function removeIfThere(path: string): void {
  // A file system that is read-only refuses to remove what is not there, too.
  if (unlessMissing(() => system.lstat(path)) === undefined) return;
  unlessMissing(() => {
    system.unlink(path);
  });
}

/** Makes a directory and those above it, each with the mode, before the umask; true: it was not there. */
export function makeDirectories(path: string, mode = 0o777): boolean {
  if (isDirectory(path)) return false;
  makeDirectories(dirname(path), mode);
  try {
    system.mkdir(path, mode);
    return true;
  } catch (error) {
    // Somebody else made it at this time.
    if (isDirectory(path)) return false;
    throw error;
  }
}

// --- What becomes an `io-failure` if the system refuses it

/** Reads a text file; undefined if there is none. Throws `io-failure` for anything else. */
export function readIfThere(path: string): string | undefined {
  try {
    const file = system.openIfThere(path);
    return file === undefined ? undefined : decodeText(readOpen(file));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioFailure(`${path} cannot be read`, error);
  }
}

/** How a file is written and removed. */
interface FileOptions {
  /** Waits for the disk. */
  readonly durable: boolean;
  /** Path of the temporary file, in the same directory; without it, one that the file's name leads to. */
  readonly temporary?: string;
}

/**
 * Writes a file so that a reader sees the old one or the new one, whole. One process at a time may write to a path.
 * The directory is made with mode 0700 if it is missing, the file gets 0600. Throws `io-failure`.
 */
export function writeWhole(path: string, text: string, { durable, temporary = temporaryOf(path) }: FileOptions): void {
  const directory = dirname(path);
  makeDirectory(directory);
  onFile(`${path} cannot be written`, () => {
    try {
      closing(openNew(temporary), (file) => {
        writeAll(file, utf8(text));
        if (durable) system.fsync(file);
      });
      system.rename(temporary, path);
    } catch (error) {
      removeIfThere(temporary);
      throw error;
    }
    if (durable) syncDirectory(directory);
  });
}

// In the place of what a writer left that was killed.
function openNew(path: string): number {
  try {
    return system.open(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    system.unlink(path);
    return system.open(path, 'wx', 0o600);
  }
}

/** Removes a file, and what a writer left that was killed; one that is missing is removed already. Throws `io-failure`. */
export function removeFile(path: string, { durable, temporary = temporaryOf(path) }: FileOptions): void {
  onFile(`${path} cannot be removed`, () => {
    for (const one of [path, temporary]) removeIfThere(one);
    if (durable && isDirectory(dirname(path))) syncDirectory(dirname(path));
  });
}

/** What has a path, without following it. Throws `io-failure`. */
export function lookAtFile(path: string): 'device-node' | 'missing' | 'other' | 'socket' {
  const there = onFile(`${path} cannot be looked at`, () => system.lstat(path));
  if (there === undefined) return 'missing';
  if (there.type === 'socket') return 'socket';
  return there.type === 'character-device' ? 'device-node' : 'other';
}

function unlessMissing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

// Below a file there is nothing, either.
function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
}

/** Makes a directory, for root alone unless another mode is asked for, and those above it. Throws `io-failure`. */
export function makeDirectory(directory: string, mode = 0o700): void {
  if (isDirectory(directory)) return;
  onFile(`${directory} cannot be made`, () => {
    makeDirectories(dirname(directory));
    // Whoever calls may have a umask of any kind.
    if (makeDirectories(directory, mode)) system.chmod(directory, mode);
  });
}

/** Why files must not be written to a directory. */
export type DirectoryFault =
  | { readonly is: 'no-directory' | 'symbolic-link' | 'writable' }
  | { readonly is: 'of-another'; readonly user: number };

/**
 * Why files must not be written to a directory: somebody else could put others in their place, or lead them elsewhere.
 * undefined: it is root's own, or is still to be made.
 */
export function directoryFault(directory: string): DirectoryFault | undefined {
  const there = onFile(`${directory} cannot be looked at`, () => system.lstat(directory));
  if (there === undefined) return undefined;
  if (there.type === 'symbolic-link') return { is: 'symbolic-link' };
  if (there.type !== 'directory') return { is: 'no-directory' };
  if (there.uid !== system.geteuid()) return { is: 'of-another', user: there.uid };
  return (there.mode & 0o022) === 0 ? undefined : { is: 'writable' };
}

/** The names in a directory, sorted; none where it is missing. Throws `io-failure`. */
export function namesIn(directory: string): readonly string[] {
  if (!isDirectory(directory)) return [];
  return onFile(`${directory} cannot be read`, () => system.readdir(directory).sort());
}

/** Does something with files; what the system refuses becomes an `io-failure` whose message begins with `what`. */
export function onFile<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw ioFailure(what, error);
  }
}

function temporaryOf(path: string): string {
  return `${dirname(path)}/.${basename(path)}.tmp`;
}

/** The error code of a failed system call, like ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Waits until the names in a directory are on the disk. */
export function syncDirectory(directory: string): void {
  closing(system.open(directory, 'r'), (file) => {
    system.fsync(file);
  });
}

function ioFailure(what: string, error: unknown): CniError {
  const limit = limitText(codeOf(error), 'file');
  const cure = limit === '' ? '; check the directory, its file system and its permissions' : limit;
  return protocolError('io-failure', `${what}: ${messageOf(error)}${cure}`);
}
