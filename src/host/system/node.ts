import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { connect } from 'node:net';
import { isatty } from 'node:tty';
import { lock, start } from './node-programs.ts';
import type { FileStatus, FileType, System } from './system.ts';

/** The system for the program for Node, with what Node has built in. */
export const system: System = {
  // Modules may still be evaluated when it is called: `main` comes after them.
  onStart: (main) => {
    for (const signal of unasked) process.on(signal, () => undefined);
    queueMicrotask(main);
  },
  environment: () => process.env,
  args: () => process.argv.slice(2),
  executable: () => undefined,
  getcwd: () => process.cwd(),
  geteuid: () => process.geteuid?.() ?? -1,
  getpid: () => process.pid,
  exit: (code) => process.exit(code),
  kill: (pid, signal) => {
    process.kill(pid, signal);
  },
  onSignal: (signals, listener) => {
    for (const signal of signals) {
      process.on(signal, () => {
        listener(signal);
      });
    }
  },
  onUncaught: (listener) => {
    process.on('uncaughtException', listener);
    process.on('unhandledRejection', listener);
  },
  trace: (error) => error.stack ?? String(error),

  now: () => performance.now(),
  startTimer: (milliseconds, work) => {
    const due = milliseconds === 0 ? setImmediate(work) : setTimeout(work, milliseconds);
    return {
      cancel: () => {
        due[Symbol.dispose]();
      },
    };
  },
  randomBytes,

  // Node calls the modes the same, and opens all with O_CLOEXEC.
  open: fs.openSync,
  close: fs.closeSync,
  read: (file, into) => waitedFor(() => fs.readSync(file, into)),
  write: (file, bytes) => waitedFor(() => fs.writeSync(file, bytes)),
  fsync: fs.fsyncSync,
  fstat: (file) => statusOf(fs.fstatSync(file)),
  stat: (path) => statusAt(path, fs.statSync),
  lstat: (path) => statusAt(path, fs.lstatSync),
  access: (path, to) => {
    try {
      fs.accessSync(path, accessModes[to]);
      return true;
    } catch {
      return false;
    }
  },
  readdir: (path) => fs.readdirSync(path),
  readlink: (path) => fs.readlinkSync(path),
  realpath: (path) => fs.realpathSync.native(path),
  mkdir: fs.mkdirSync,
  rmdir: fs.rmdirSync,
  unlink: fs.unlinkSync,
  rename: fs.renameSync,
  chmod: fs.chmodSync,
  fchmod: fs.fchmodSync,
  chown: fs.chownSync,
  isatty,
  lock,
  tryConnect: (path) =>
    new Promise((resolve, fail) => {
      const socket = connect(path);
      socket.on('error', fail);
      socket.on('connect', () => {
        socket.destroy();
        resolve();
      });
    }),
  start,
};

/**
 * Signals that ask dan for nothing and would end it halfway. Node begins to listen for a debugger at the first of them, until
 * somebody else hears it. Of real-time signals Node hears none.
 */
const unasked = [
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
  'SIGXCPU',
  'SIGXFSZ',
] as const satisfies readonly NodeJS.Signals[];

const accessModes = {
  exist: fs.constants.F_OK,
  read: fs.constants.R_OK,
  write: fs.constants.W_OK,
  execute: fs.constants.X_OK,
} as const;

// Versions of Node differ in what `throwIfNoEntry` leaves out.
function statusAt(path: string, look: (path: string) => fs.Stats): FileStatus | undefined {
  try {
    return statusOf(look(path));
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}

function statusOf({ mode, uid, gid, dev, ino, rdev, size, mtimeMs }: fs.Stats): FileStatus {
  const type = types[mode & fs.constants.S_IFMT] ?? 'unknown';
  return { type, mode: mode & 0o7777, uid, gid, dev, ino, rdev, size, mtime: Math.floor(mtimeMs / 1000) };
}

const types: Readonly<Record<number, FileType>> = {
  [fs.constants.S_IFBLK]: 'block-device',
  [fs.constants.S_IFCHR]: 'character-device',
  [fs.constants.S_IFDIR]: 'directory',
  [fs.constants.S_IFIFO]: 'fifo',
  [fs.constants.S_IFREG]: 'file',
  [fs.constants.S_IFSOCK]: 'socket',
  [fs.constants.S_IFLNK]: 'symbolic-link',
};

// The caller may have given a standard input or output that does not block. Node has no poll(2): a millisecond is waited.
function waitedFor(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
