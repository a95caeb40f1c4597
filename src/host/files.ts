import { text as decodeText, utf8 } from '#bytes';
import { system } from '#system';
import { limitText } from '../model/limit.ts';
import { messageOf } from '../json/thrown.ts';
import { CniError, protocolError } from '../protocol/error.ts';
import type { FileStatus, Target } from './system/system.ts';

// --- What a system call alone does not do. Errors of the system are thrown unchanged

/** The number of bytes that is read first. Most files are smaller. */
const usualLength = 4096;

/** The most bytes that are read of a file that others can write. */
export const largestFile = 16 * 1024 * 1024;

/** Reads a whole file of the kernel as UTF-8; invalid bytes become U+FFFD. */
export function readText(path: string): string {
  return decodeText(closing(system.open(path, 'r'), (file) => readAll(file, Number.POSITIVE_INFINITY)));
}

/** Reads at most `limit` bytes of a file. Refuses anything else at once, such as a FIFO. Throws `io-failure`, too. */
export function readBytes(path: string, limit: number): Uint8Array {
  return closing(system.open(path, 'r'), (file) => {
    const { type } = system.fstat(file);
    if (type !== 'file' && type !== 'directory')
      throw protocolError('io-failure', `${path} cannot be read: it is no file, but a ${type}`);
    return readAll(file, limit);
  });
}

/** Does work with an open file, then closes it. */
export function closing<T>(file: number, work: (file: number) => T): T {
  try {
    return work(file);
  } finally {
    system.close(file);
  }
}

/** Reads an open file to its end, or up to a limit. Does not rely on the file's size, which is 0 in /proc. */
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

/** Writes a file from its start, or appends to it. A new file gets mode 0600. */
export function writeText(path: string, text: string, how: 'w' | 'a'): void {
  closing(system.open(path, how, 0o600), (file) => {
    writeAll(file, utf8(text));
  });
}

/** Whether a path leads to something that the process may see. */
export function exists(path: string): boolean {
  return system.access(path, 'exist');
}

/** The status of what a path leads to; undefined if there is nothing, or nothing that the process may see. */
export function statusAt(path: string): FileStatus | undefined {
  try {
    return system.stat(path);
  } catch {
    return undefined;
  }
}

/** Whether a path is a directory, or a link to one. */
export function isDirectory(path: string): boolean {
  return unlessMissing(() => system.stat(path))?.type === 'directory';
}

/** The target of a symbolic link; undefined if there is none, or if the process may not read it. */
export function linkTarget(path: string): string | undefined {
  try {
    return system.readlink(path);
  } catch {
    return undefined;
  }
}

/** Removes a file if it exists. */
export function removeIfThere(target: Target): void {
  try {
    system.unlink(target);
  } catch (error) {
    // A read-only file system refuses even to remove a missing file.
    if (unlessMissing(() => system.lstat(target)) !== undefined) throw error;
  }
}

// --- Errors of the system become an `io-failure`

/** Reads a text file; undefined if it does not exist. Throws `io-failure` for other errors. */
export function readIfThere(path: string): string | undefined {
  try {
    const bytes = readBytes(path, largestFile + 1);
    if (bytes.length > largestFile) throw protocolError('io-failure', `${path} has more than ${largestFile} bytes`);
    return decodeText(bytes);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error instanceof CniError ? error : ioFailure(`${path} cannot be read`, error);
  }
}

function unlessMissing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

// Nothing exists below a file.
function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
}

/** The names in a directory, sorted; none if it is missing. Throws `io-failure`. */
export function namesIn(directory: string): readonly string[] {
  if (!isDirectory(directory)) return [];
  return onFile(`${directory} cannot be read`, () => system.readdir(directory).sort());
}

/** Does something with files. An error of the system becomes an `io-failure` whose message begins with `what`. */
export function onFile<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof CniError ? error : ioFailure(what, error);
  }
}

/** The error code of a failed system call, like ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Waits until the names in a directory are on the disk. */
export function syncDirectory(directory: Target): void {
  closing(system.open(directory, 'r'), (file) => {
    system.fsync(file);
  });
}

function ioFailure(what: string, error: unknown): CniError {
  const limit = limitText(codeOf(error), 'file');
  const cure = limit === '' ? '; check the directory, its file system and its permissions' : limit;
  return protocolError('io-failure', `${what}: ${messageOf(error)}${cure}`);
}
