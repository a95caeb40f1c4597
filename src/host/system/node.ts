import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { connect } from 'node:net';
import { isatty } from 'node:tty';
import { systemError } from './errno.ts';
import { connectTo } from './node-connection.ts';
import { listen } from './node-listener.ts';
import { lock, start } from './node-programs.ts';
import type { FileStatus, FileType, OpenMode, System, Target } from './system.ts';
import { noteUmask } from './umask.ts';

/** The system for the program for Node, with Node's built-in modules. */
export const system: System = {
  // Modules may still be evaluated when this is called. `main` runs after them.
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
  // Node delivers signals between turns of the loop.
  hearSignals: () =>
    new Promise((resolve) => {
      setImmediate(resolve);
    }),
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

  // Node opens all files with O_CLOEXEC.
  open: (target, how, mode) => {
    const follow = typeof target === 'string' ? 0 : fs.constants.O_NOFOLLOW;
    return named(target, (path) => fs.openSync(path, openFlags[how] | follow, mode));
  },
  openPlace: (target) => {
    const follow = typeof target === 'string' ? 0 : fs.constants.O_NOFOLLOW;
    return unlessMissing(() => named(target, (path) => fs.openSync(path, pathOnly | follow)));
  },
  close: fs.closeSync,
  read: (file, into) => waitedFor(() => fs.readSync(file, into)),
  write: (file, bytes) => waitedFor(() => fs.writeSync(file, bytes)),
  fsync: fs.fsyncSync,
  fstat: (file) => statusOf(fs.fstatSync(file)),
  stat: (path) => statusAt(path, fs.statSync),
  lstat: (target) => named(target, (path) => statusAt(path, fs.lstatSync)),
  access: (path, to) => {
    try {
      fs.accessSync(path, accessModes[to]);
      return true;
    } catch {
      return false;
    }
  },
  readdir: (path) => fs.readdirSync(path),
  readlink: (target) => named(target, (path) => fs.readlinkSync(path)),
  realpath: (path) => fs.realpathSync.native(path),
  umask: (mask) => {
    noteUmask(process.umask(mask));
  },
  mkdir: (target, mode) => {
    named(target, (path) => {
      fs.mkdirSync(path, mode);
    });
  },
  rmdir: fs.rmdirSync,
  unlink: (target) => {
    named(target, fs.unlinkSync);
  },
  rename: (from, to) => {
    named(from, (path) => {
      fs.renameSync(path, placeOf(to));
    });
  },
  chmod: fs.chmodSync,
  fchmod: fs.fchmodSync,
  chown: fs.chownSync,
  isNetns,
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
  connect: connectTo,
  listen,
  start,
};

const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_TRUNC, O_EXCL, O_APPEND, O_NONBLOCK, O_NOCTTY } = fs.constants;
const atOnce = O_NONBLOCK | O_NOCTTY;
const openFlags: Readonly<Record<OpenMode, number>> = {
  r: O_RDONLY | atOnce,
  'r+': O_RDWR,
  w: O_WRONLY | O_CREAT | O_TRUNC | atOnce,
  wx: O_WRONLY | O_CREAT | O_EXCL | atOnce,
  a: O_WRONLY | O_CREAT | O_APPEND | atOnce,
};

/** O_PATH of fcntl.h, for which Node has no constant. */
const pathOnly = 0o10000000;

// Node has no calls that take a directory. This path leads into an open directory, whatever its current name is
// (proc_pid_fd(5)).
function placeOf(target: Target): string {
  return typeof target === 'string' ? target : `/proc/self/fd/${target.directory}/${target.name}`;
}

function named<T>(target: Target, call: (path: string) => T): T {
  try {
    return call(placeOf(target));
  } catch (error) {
    if (typeof target === 'string') throw error;
    const { errno = 0, syscall = '' } = error as NodeJS.ErrnoException;
    throw systemError(-errno, syscall, target.path);
  }
}

// Node has no ioctl(2). The link of an open namespace shows its type. For a bind-mounted one, the mount table shows it.
function isNetns(file: number): boolean {
  const isNet = (text: string): boolean => /^net:\[\d+\]$/.test(text);
  const inode = String(fs.fstatSync(file).ino);
  if (isNet(fs.readlinkSync(`/proc/self/fd/${file}`))) return true;
  const mounts = fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return mounts.some((line) => line.split(' ')[3] === `net:[${inode}]`);
}

/**
 * Signals that mean nothing to dan but would end it halfway. On the first one, Node starts its debugger unless there is
 * a listener. Node cannot listen for real-time signals.
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

// Versions of Node differ in the errors that `throwIfNoEntry` suppresses.
function statusAt(path: string, look: (path: string) => fs.Stats): FileStatus | undefined {
  return unlessMissing(() => statusOf(look(path)));
}

function unlessMissing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}

function statusOf({ mode, uid, gid, dev, ino, rdev, size, mtimeMs, nlink: links }: fs.Stats): FileStatus {
  const type = types[mode & fs.constants.S_IFMT] ?? 'unknown';
  return { type, mode: mode & 0o7777, uid, gid, dev, ino, rdev, size, mtime: Math.floor(mtimeMs / 1000), links };
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

// The caller may have passed a non-blocking standard input or output. Node has no poll(2), so this waits a millisecond.
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
