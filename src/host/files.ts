import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CniError, protocolError } from '../protocol/error.ts';

/** Reads a text file; undefined if there is none. Throws `io-failure` for anything else. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
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
      // What a writer left that was killed.
      rmSync(temporary, { force: true });
      writeNew(temporary, text, durable);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    if (durable) syncDirectory(directory);
  });
}

/** Removes a file, and what a writer left that was killed; one that is missing is removed already. Throws `io-failure`. */
export function removeFile(path: string, { durable, temporary = temporaryOf(path) }: FileOptions): void {
  onFile(`${path} cannot be removed`, () => {
    // A file system that is read-only refuses to remove what is not there, too.
    for (const one of [path, temporary]) if (isThere(one)) rmSync(one, { force: true });
    if (durable && isDirectory(dirname(path))) syncDirectory(dirname(path));
  });
}

/** What has a path, without following it. Throws `io-failure`. */
export function lookAtFile(path: string): 'device-node' | 'missing' | 'other' | 'socket' {
  const there = onFile(`${path} cannot be looked at`, () => lstatSync(path, { throwIfNoEntry: false }));
  if (there === undefined) return 'missing';
  if (there.isSocket()) return 'socket';
  return there.isCharacterDevice() ? 'device-node' : 'other';
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (isMissing(error)) return false;
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
    mkdirSync(dirname(directory), { recursive: true });
    // Whoever calls may have a umask of any kind.
    if (mkdirSync(directory, { recursive: true, mode }) !== undefined) chmodSync(directory, mode);
  });
}

/**
 * Why files must not be written to a directory: somebody else could put others in their place, or lead them elsewhere.
 * undefined: it is root's own, or is still to be made.
 */
export function directoryFault(directory: string): string | undefined {
  const there = onFile(`${directory} cannot be looked at`, () => lstatSync(directory, { throwIfNoEntry: false }));
  if (there === undefined) return undefined;
  if (there.isSymbolicLink()) return 'is a symbolic link: name the directory that it leads to';
  if (!there.isDirectory()) return 'is no directory';
  if (there.uid !== process.geteuid?.()) return `belongs to user ${there.uid}: "chown root ${directory}"`;
  return (there.mode & 0o022) === 0 ? undefined : `can be written to by others: "chmod go-w ${directory}"`;
}

/** The names in a directory, sorted; none where it is missing. Throws `io-failure`. */
export function namesIn(directory: string): readonly string[] {
  if (!isDirectory(directory)) return [];
  return onFile(`${directory} cannot be read`, () => readdirSync(directory).sort());
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
  return join(dirname(path), `.${basename(path)}.tmp`);
}

/** Whether a path is a directory, or a link to one. */
function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The error code of a failed system call, like ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function writeNew(path: string, text: string, durable: boolean): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    const bytes = new TextEncoder().encode(text);
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function ioFailure(what: string, error: unknown): CniError {
  const why = error instanceof Error ? error.message : String(error);
  return protocolError('io-failure', `${what}: ${why}; check the directory, its file system and its permissions`);
}
