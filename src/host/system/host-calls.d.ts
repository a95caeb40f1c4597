/**
 * What the executable's host provides (native/): system calls, named after their manual pages. A failed call returns
 * the negative error number. Everything is opened with O_CLOEXEC, and a call that a signal interrupted (EINTR) is
 * repeated. A wrong type, too short or detached bytes, or a NUL in a text that becomes a C string is a TypeError.
 *
 * Only `native*.ts` in this folder, `src/bytes/native.ts` and `src/host/netlink` use it.
 */
declare const native: {
  // The process
  /** Calls a function when the process starts, then `turn` repeatedly until it returns false. */
  readonly onStart: (main: () => void, turn: () => boolean) => void;
  /** Calls a function with the reason of each rejected promise that was not handled before the next turn. */
  readonly onRejection: (listener: (reason: unknown) => void) => void;
  /** The bytes of a part of the executable; undefined if it has no part of that name. */
  readonly part: (name: string) => Uint8Array | undefined;
  /** The environment, as `NAME=value` strings. */
  readonly environ: () => string[];
  /** All words of the command line, the program's name first. */
  readonly argv: () => string[];
  readonly getcwd: () => string | number;
  readonly geteuid: () => number;
  readonly getpid: () => number;
  readonly _exit: (code: number) => never;
  readonly kill: (pid: number, signal: number) => number;
  /** Milliseconds of CLOCK_MONOTONIC, with fractions. */
  readonly clock_gettime: () => number;
  readonly getrandom: (into: Uint8Array) => number;

  // Files
  /** In these calls, the `directory` -100 (AT_FDCWD) leaves the path as it is. With another, openat follows no link. */
  readonly openat: (directory: number, path: string, flags: number, mode: number) => number;
  readonly close: (file: number) => number;
  readonly read: (file: number, into: Uint8Array) => number;
  readonly write: (file: number, bytes: Uint8Array) => number;
  readonly fsync: (file: number) => number;
  /** `[st_mode, st_uid, st_gid, st_dev, st_ino, st_rdev, st_size, st_mtime, st_nlink]` */
  readonly fstat: (file: number) => number[] | number;
  readonly fstatat: (directory: number, path: string, flags: number) => number[] | number;
  readonly access: (path: string, mode: number) => number;
  /** The names in a directory, without `.` and `..`. */
  readonly readdir: (path: string) => string[] | number;
  readonly readlinkat: (directory: number, path: string) => string | number;
  readonly realpath: (path: string) => string | number;
  readonly umask: (mask: number) => number;
  readonly mkdirat: (directory: number, path: string, mode: number) => number;
  readonly unlinkat: (directory: number, path: string, flags: number) => number;
  readonly renameat: (fromDirectory: number, from: string, toDirectory: number, to: string) => number;
  readonly chmod: (path: string, mode: number) => number;
  readonly fchmod: (file: number, mode: number) => number;
  readonly chown: (path: string, user: number, group: number) => number;
  /** `mode` includes S_IF…; the device is given by its major and minor number. */
  readonly mknod: (path: string, mode: number, major: number, minor: number) => number;
  readonly flock: (file: number, operation: number) => number;
  readonly isatty: (file: number) => 0 | 1;
  readonly mount: (source: string, target: string, type: string, flags: number, data: string) => number;
  /** fsopen(2), fsconfig(2) with FSCONFIG_CMD_CREATE, fsmount(2): a file system as an open, unmounted directory. */
  readonly fsmount: (type: string) => number;

  // Sockets and namespaces
  readonly socket: (family: number, kind: number, protocol: number) => number;
  readonly connect: (socket: number, address: Uint8Array) => number;
  readonly bind: (socket: number, address: Uint8Array) => number;
  readonly listen: (socket: number, waiting: number) => number;
  readonly accept4: (socket: number, flags: number) => number;
  readonly getsockname: (socket: number, into: Uint8Array) => number;
  readonly shutdown: (socket: number, how: number) => number;
  readonly setsockopt: (socket: number, level: number, option: number, value: Uint8Array) => number;
  readonly getsockopt: (socket: number, level: number, option: number, into: Uint8Array) => number;
  readonly send: (socket: number, message: Uint8Array, flags: number) => number;
  /** sendmsg(2) with one part, and with copies of at most 253 files (SCM_RIGHTS). */
  readonly sendmsg: (socket: number, message: Uint8Array, files: readonly number[], flags: number) => number;
  readonly recv: (socket: number, into: Uint8Array, flags: number) => number;
  readonly ioctl: (file: number, request: number, argument: number | Uint8Array) => number;
  readonly setns: (namespace: number, kind: number) => number;

  // Programs and waiting
  /**
   * Starts a program. `files[i]` becomes its file i; a negative one is left out. Signals have their default actions.
   * With `isOwn`, it gets a session of its own, and is killed when this process ends. A negative `umask` keeps that of
   * this process.
   */
  readonly vfork: (
    path: string,
    args: readonly string[],
    variables: readonly string[],
    files: readonly number[],
    isOwn: boolean,
    umask: number,
  ) => number;
  readonly pidfd_open: (pid: number) => number;
  /** The exit code; -1000 if a signal ended it. Other negative numbers are errors. */
  readonly waitpid: (pid: number) => number;
  /** `[read end, write end]`. dan's end is O_NONBLOCK: `write` for a program's input, `read` for its output. */
  readonly pipe2: (nonblocking: 'read' | 'write') => [number, number] | number;
  /** Blocks signals and returns a file from which they are read. */
  readonly signalfd: (signals: readonly number[]) => number;
  /** Waits for files: pairs of file and events (POLLIN = 1, POLLOUT = 4). Returns the events that occurred for each. */
  readonly poll: (files: readonly number[], events: readonly number[], milliseconds: number) => number[] | number;

  // Bytes
  readonly bytes: HostBytes;
};

/** {@link Bytes} of src/bytes/bytes.ts. A file of global declarations cannot use a normal import. */
// oxlint-disable-next-line typescript/consistent-type-imports
type HostBytes = import('../../bytes/bytes.ts').Bytes;
