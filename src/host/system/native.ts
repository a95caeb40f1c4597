import { readUint32 } from '#bytes';
import type { Interruption } from '../../protocol/interruption.ts';
import { done, errno, given, systemError } from './errno.ts';
import { connect, connectedTo } from './native-connection.ts';
import { listen } from './native-listener.ts';
import { onUncaught, readable, startTimer, tellUncaught, turn, watch, writable } from './native-loop.ts';
import { start } from './native-program.ts';
import { sourceTrace } from './native-trace.ts';
import type { FileStatus, FileType, OpenMode, Signal, System, Target } from './system.ts';
import { noteUmask } from './umask.ts';

// The system calls of the host (native/), used in the executable.

/** O_… of fcntl.h, the same on x86-64 and AArch64. All but `r+`, for devices, have O_NONBLOCK and O_NOCTTY. */
const openFlags: Readonly<Record<OpenMode, number>> = {
  r: 0o4400,
  'r+': 2,
  w: 0o5501,
  wx: 0o4701,
  a: 0o6501,
};
const pathOnly = 0o10000000;

/** AT_FDCWD, AT_SYMLINK_NOFOLLOW and AT_REMOVEDIR of fcntl.h. */
const at = { workingDirectory: -100, noFollow: 0x100, removeDirectory: 0x200 } as const;

/** NS_GET_NSTYPE of linux/nsfs.h, and CLONE_NEWNET of linux/sched.h. */
const namespaceType = { request: 0xb703, network: 0x40000000 } as const;

/** …_OK of unistd.h. */
const accessModes = { exist: 0, execute: 1, write: 2, read: 4 } as const;

const signalNumbers: Readonly<Record<Signal, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 };

/** S_IFMT of inode(7), shifted to the right by twelve bits. */
const fileTypes: Readonly<Record<number, FileType>> = {
  1: 'fifo',
  2: 'character-device',
  4: 'directory',
  6: 'block-device',
  8: 'file',
  10: 'symbolic-link',
  12: 'socket',
};

/** The length of struct signalfd_siginfo, whose first four bytes are the signal's number. */
const signalLength = 128;

/** LOCK_EX | LOCK_NB of sys/file.h. */
const exclusiveNow = 2 | 4;

/** Reads pending signals; undefined before any signal is listened to. */
let heard: (() => void) | undefined;

export const system: System = {
  onStart: (main) => {
    native.onRejection(tellUncaught);
    native.onStart(() => {
      try {
        main();
      } catch (error) {
        tellUncaught(error);
      }
    }, turn);
  },
  environment: () => Object.fromEntries(native.environ().map(splitVariable)),
  args: () => native.argv().slice(1),
  executable: () => {
    const path = native.readlinkat(at.workingDirectory, '/proc/self/exe');
    return typeof path === 'string' ? path : undefined;
  },
  getcwd: () => given(native.getcwd(), 'getcwd'),
  geteuid: () => native.geteuid(),
  getpid: () => native.getpid(),
  exit: (code) => native._exit(code),
  kill: (pid, signal) => void done(native.kill(pid, signalNumbers[signal]), 'kill'),
  onSignal: (signals, listener) => {
    const file = done(native.signalfd(signals.map((signal) => signalNumbers[signal])), 'signalfd');
    const came = new Uint8Array(signalLength);
    const tell = (): void => {
      if (native.read(file, came) !== signalLength) return;
      const number = readUint32(came, 0);
      const signal = signals.find((one) => signalNumbers[one] === number);
      if (signal !== undefined) listener(signal);
    };
    watch(file, readable, tell, false);
    heard = tell;
  },
  hearSignals: () => {
    heard?.();
    return undefined;
  },
  onUncaught,
  trace: sourceTrace,

  now: () => native.clock_gettime(),
  startTimer,
  randomBytes: (length) => {
    const bytes = new Uint8Array(length);
    // getrandom(2) returns up to 256 bytes in full.
    for (let at = 0; at < length; at += 256) done(native.getrandom(bytes.subarray(at, at + 256)), 'getrandom');
    return bytes;
  },

  open: (target, how, mode = 0o666) =>
    done(native.openat(directoryOf(target), nameOf(target), openFlags[how], mode), 'open', pathOf(target)),
  openPlace: (target) => {
    const file = native.openat(directoryOf(target), nameOf(target), pathOnly, 0);
    return file === -errno.ENOENT ? undefined : done(file, 'open', pathOf(target));
  },
  close: (file) => void done(native.close(file), 'close'),
  read: (file, into) => waitedFor('read', file, readable, () => native.read(file, into)),
  write: (file, bytes) => waitedFor('write', file, writable, () => native.write(file, bytes)),
  fsync: (file) => void done(native.fsync(file), 'fsync'),
  fstat: (file) => new NativeStatus(given(native.fstat(file), 'fstat')),
  stat: (path) => statusIfThere(native.fstatat(at.workingDirectory, path, 0), 'stat', path),
  lstat: (target) =>
    statusIfThere(native.fstatat(directoryOf(target), nameOf(target), at.noFollow), 'lstat', pathOf(target)),
  access: (path, to) => native.access(path, accessModes[to]) === 0,
  readdir: (path) => given(native.readdir(path), 'scandir', path),
  readlink: (target) => given(native.readlinkat(directoryOf(target), nameOf(target)), 'readlink', pathOf(target)),
  realpath: (path) => given(native.realpath(path), 'realpath', path),
  umask: (mask) => {
    noteUmask(native.umask(mask));
  },
  mkdir: (target, mode = 0o777) =>
    void done(native.mkdirat(directoryOf(target), nameOf(target), mode), 'mkdir', pathOf(target)),
  rmdir: (path) => void done(native.unlinkat(at.workingDirectory, path, at.removeDirectory), 'rmdir', path),
  unlink: (target) => void done(native.unlinkat(directoryOf(target), nameOf(target), 0), 'unlink', pathOf(target)),
  rename: (from, to) =>
    void done(native.renameat(directoryOf(from), nameOf(from), directoryOf(to), nameOf(to)), 'rename', pathOf(from)),
  chmod: (path, mode) => void done(native.chmod(path, mode), 'chmod', path),
  fchmod: (file, mode) => void done(native.fchmod(file, mode), 'fchmod'),
  chown: (path, user, group) => void done(native.chown(path, user, group), 'chown', path),
  isNetns: (file) => native.ioctl(file, namespaceType.request, 0) === namespaceType.network,
  isatty: (file) => native.isatty(file) === 1,
  lock,

  tryConnect: (path) =>
    new Promise((resolve) => {
      native.close(connectedTo(path));
      resolve();
    }),
  connect,
  listen: (at, onConnection) =>
    new Promise((resolve) => {
      resolve(listen(at, onConnection));
    }),
  start,
};

function directoryOf(target: Target): number {
  return typeof target === 'string' ? at.workingDirectory : target.directory;
}

function nameOf(target: Target): string {
  return typeof target === 'string' ? target : target.name;
}

function pathOf(target: Target): string {
  return typeof target === 'string' ? target : target.path;
}

function splitVariable(variable: string): [name: string, value: string] {
  const at = variable.indexOf('=');
  return at < 0 ? [variable, ''] : [variable.slice(0, at), variable.slice(at + 1)];
}

/** The result of stat(2). Most callers use few of its fields, and getters cost less than an object with all of them. */
class NativeStatus implements FileStatus {
  readonly #fields: readonly number[];

  constructor(fields: readonly number[]) {
    this.#fields = fields;
  }

  get type(): FileType {
    return fileTypes[(this.#fields[0] ?? 0) >>> 12] ?? 'unknown';
  }
  get mode(): number {
    return (this.#fields[0] ?? 0) & 0o7777;
  }
  get uid(): number {
    return this.#fields[1] ?? 0;
  }
  get gid(): number {
    return this.#fields[2] ?? 0;
  }
  get dev(): number {
    return this.#fields[3] ?? 0;
  }
  get ino(): number {
    return this.#fields[4] ?? 0;
  }
  get rdev(): number {
    return this.#fields[5] ?? 0;
  }
  get size(): number {
    return this.#fields[6] ?? 0;
  }
  get mtime(): number {
    return this.#fields[7] ?? 0;
  }
  get links(): number {
    return this.#fields[8] ?? 0;
  }
}

function statusIfThere(answer: number[] | number, syscall: string, path: string): FileStatus | undefined {
  return answer === -errno.ENOENT ? undefined : new NativeStatus(given(answer, syscall, path));
}

async function lock(file: number, seconds: number, interrupted: Interruption | undefined): Promise<boolean> {
  const end = native.clock_gettime() + seconds * 1000;
  for (let pause = 1; ; pause = Math.min(pause * 2, 16)) {
    const answer = native.flock(file, exclusiveNow);
    if (answer === 0) return true;
    if (answer !== -errno.EAGAIN) throw systemError(-answer, 'flock');
    if (native.clock_gettime() > end || interrupted?.reason !== undefined) return false;
    await new Promise<void>((resolve) => startTimer(pause, resolve));
  }
}

// The caller may have passed a non-blocking standard input or output, because another process uses its other end.
function waitedFor(syscall: string, file: number, event: number, call: () => number): number {
  for (;;) {
    const result = call();
    if (result !== -errno.EAGAIN) return done(result, syscall);
    native.poll([file], [event], -1);
  }
}
