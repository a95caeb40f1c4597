import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { FileStatus, FileType, System } from './system.ts';

type Files = Pick<
  System,
  | 'access'
  | 'chmod'
  | 'chown'
  | 'close'
  | 'fchmod'
  | 'fstat'
  | 'fsync'
  | 'lstat'
  | 'mkdir'
  | 'open'
  | 'read'
  | 'readdir'
  | 'readlink'
  | 'realpath'
  | 'rename'
  | 'rmdir'
  | 'stat'
  | 'unlink'
  | 'write'
>;

/** What the system does with files. */
export const files: Files = {
  // Node calls the modes the same, and opens all with O_CLOEXEC.
  open: (path, how, mode) => openSync(path, how, mode),
  close: closeSync,
  read: (file, into) => readSync(file, into),
  write: (file, bytes) => writeSync(file, bytes),
  fsync: fsyncSync,
  fstat: (file) => statusOf(fstatSync(file)),
  stat: (path) => statusAt(path, statSync),
  lstat: (path) => statusAt(path, lstatSync),
  access: (path, to) => {
    try {
      accessSync(path, accessModes[to]);
      return true;
    } catch {
      return false;
    }
  },
  readdir: (path) => readdirSync(path),
  readlink: (path) => readlinkSync(path),
  realpath: (path) => realpathSync.native(path),
  mkdir: (path, mode) => {
    mkdirSync(path, mode);
  },
  rmdir: (path) => {
    rmdirSync(path);
  },
  unlink: unlinkSync,
  rename: renameSync,
  chmod: chmodSync,
  fchmod: fchmodSync,
  chown: chownSync,
};

const accessModes = {
  exist: constants.F_OK,
  read: constants.R_OK,
  write: constants.W_OK,
  execute: constants.X_OK,
} as const;

// Versions of Node differ in what `throwIfNoEntry` leaves out.
function statusAt(path: string, look: (path: string) => Stats): FileStatus | undefined {
  try {
    return statusOf(look(path));
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}

function statusOf({ mode, uid, gid, dev, ino, rdev, size }: Stats): FileStatus {
  return { type: types[mode & constants.S_IFMT] ?? 'unknown', mode: mode & 0o7777, uid, gid, dev, ino, rdev, size };
}

const types: Readonly<Record<number, FileType>> = {
  [constants.S_IFBLK]: 'block-device',
  [constants.S_IFCHR]: 'character-device',
  [constants.S_IFDIR]: 'directory',
  [constants.S_IFIFO]: 'fifo',
  [constants.S_IFREG]: 'file',
  [constants.S_IFSOCK]: 'socket',
  [constants.S_IFLNK]: 'symbolic-link',
};
