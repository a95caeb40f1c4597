import type {
  ClientConnection,
  Connection,
  ConnectionEvents,
  Listener,
  SocketAddress,
  TcpAddress,
} from './connection.ts';
import type { Interruption } from '../../protocol/interruption.ts';
import type { Variables } from '../../protocol/environment.ts';

/**
 * What dan needs from the operating system. There are two implementations: `native.ts`, over the system calls of the
 * executable's host (native/), and `node.ts`, for the program for Node. `#system` is one or the other (package.json,
 * "imports").
 *
 * A method that is exactly one system call has the name of its manual page. A refusal by the system is thrown as a
 * {@link SystemError}.
 */
export interface System {
  // --- The process

  /** Runs `main` when the process starts. The build evaluates modules, so these must not read the caller's data. */
  onStart(main: () => void): void;
  /** The caller's environment. */
  environment(): Variables;
  /** The words of the command line, without the program's name. */
  args(): readonly string[];
  /** The running executable's file; undefined for the program for Node, which is more than one file. */
  executable(): string | undefined;
  /** The caller's working directory. Throws if it was deleted. */
  getcwd(): string;
  geteuid(): number;
  getpid(): number;
  /** Ends the process. */
  exit(code: number): never;
  /** Sends a signal to a process, or to a process group if the id is negative. */
  kill(pid: number, signal: Signal): void;
  /** Calls the listener for each of these signals from now on, instead of ending the process. */
  onSignal(signals: readonly Signal[], listener: (signal: Signal) => void): void;
  /** Delivers pending signals to the listeners: before it returns undefined, or before its promise resolves. */
  hearSignals(): Promise<void> | undefined;
  /** Calls the listener for an uncaught error or an unhandled rejection. */
  onUncaught(listener: (error: unknown) => void): void;
  /** The stack of an error, with functions and lines of the TypeScript sources. */
  trace(error: Error): string;

  // --- Time and random numbers

  /** Milliseconds of a clock that never goes back (CLOCK_MONOTONIC), with fractions. */
  now(): number;
  /** Does work after the given milliseconds, or as soon as everything else that is due has been done (0). */
  startTimer(milliseconds: number, work: () => void): Timer;
  /** This many random bytes. */
  randomBytes(length: number): Uint8Array;

  // --- Files. Every file is opened with O_CLOEXEC

  /**
   * Opens a file. For a FIFO, does not wait for its other end. `mode` is the mode of a new file before the umask, by
   * default 0o666.
   */
  open(target: Target, how: OpenMode, mode?: number): number;
  /** Opens a path with O_PATH, to look at it or at what is in it; undefined if it does not exist (ENOENT). */
  openPlace(target: Target): number | undefined;
  close(file: number): void;
  /** Reads the available bytes, and returns their number; 0 at the end. */
  read(file: number, into: Uint8Array): number;
  /** Writes as many bytes as the system takes at once, and returns their number. */
  write(file: number, bytes: Uint8Array): number;
  fsync(file: number): void;
  fstat(file: number): FileStatus;
  /** The status of what a path leads to; undefined if it does not exist (ENOENT). */
  stat(path: string): FileStatus | undefined;
  /** The status of a path itself, without following a symbolic link; undefined if it does not exist (ENOENT). */
  lstat(target: Target): FileStatus | undefined;
  /** Whether the process has this access to a file. */
  access(path: string, to: 'exist' | 'read' | 'write' | 'execute'): boolean;
  /** The names in a directory, without `.` and `..`, in no particular order. */
  readdir(path: string): string[];
  readlink(target: Target): string;
  realpath(path: string): string;
  /** Sets the permission bits that new files do not get. The original umask is remembered. */
  umask(mask: number): void;
  mkdir(target: Target, mode?: number): void;
  rmdir(path: string): void;
  unlink(target: Target): void;
  rename(from: Target, to: Target): void;
  chmod(path: string, mode: number): void;
  fchmod(file: number, mode: number): void;
  chown(path: string, user: number, group: number): void;
  /** Whether an open file is a network namespace (NS_GET_NSTYPE of ioctl_ns(2)). */
  isNetns(file: number): boolean;
  /** Whether an open file is a terminal. */
  isatty(file: number): boolean;
  /**
   * Locks an open file with flock(2), exclusively. Waits at most the given seconds, or until interrupted. Returns false
   * if it did not get the lock.
   */
  lock(file: number, seconds: number, interrupted: Interruption | undefined): Promise<boolean>;

  // --- Sockets and programs

  /** Connects to a socket of the file system and closes the connection. Throws the system's error. */
  tryConnect(path: string): Promise<void>;
  /**
   * Connects to a stream socket without waiting. Events report the outcome, including a refusal by the system. They all
   * come after this returns.
   */
  connect(to: SocketAddress, events: ConnectionEvents): Connection;
  /** Listens for TCP connections, and calls the listener with each, to be closed there. Throws the system's error. */
  listen(at: TcpAddress, onClient: (client: ClientConnection) => void): Promise<Listener>;
  /** Starts a program by absolute path, without a shell, in the directory `/`. */
  start(path: string, args: readonly string[], options: ProgramOptions): Program;
}

/** The object of a call: a path, or a name in an open directory. */
export type Target = Entry | string;

/** A name in an open directory. A symbolic link of that name is not followed. */
export interface Entry {
  readonly directory: number;
  readonly name: string;
  /** Its path in messages. */
  readonly path: string;
}

/** How a file is opened, as in fopen(3), with `x` for O_EXCL. `r` and `r+` do not create the file. */
export type OpenMode =
  /** Reading. */
  | 'r'
  /** Reading and writing. The file must exist. */
  | 'r+'
  /** Writing from the start of an emptied file, which is created if missing. */
  | 'w'
  /** Writing to a new file, which must not exist. */
  | 'wx'
  /** Appending to a file, which is created if missing. */
  | 'a';

/** The signals that dan sends or listens to. */
export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGKILL' | 'SIGQUIT' | 'SIGTERM';

/** The result of stat(2). */
export interface FileStatus {
  readonly type: FileType;
  /** Permission bits, with setuid, setgid and sticky: at most 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly dev: number;
  readonly ino: number;
  readonly rdev: number;
  /** Bytes. */
  readonly size: number;
  /** When it was last written: whole seconds since 1970. */
  readonly mtime: number;
  /** The number of its hard links. */
  readonly links: number;
}

/** The file types of inode(7). */
export type FileType =
  | 'block-device'
  | 'character-device'
  | 'directory'
  | 'fifo'
  | 'file'
  | 'socket'
  | 'symbolic-link'
  | 'unknown';

/** An error of the system, in the form of Node's errors. */
export interface SystemError extends Error {
  /** The error's name, like `ENOENT`. */
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;
}

/** A running timer. */
export interface Timer {
  cancel(): void;
}

/** How a program is started. */
export interface ProgramOptions {
  /** The whole environment. */
  readonly variables: Variables;
  /** Its standard input: bytes, then the end; an open file; or `open`, for {@link Program.write}. Empty by default. */
  readonly input?: Uint8Array | number | 'open';
  /** A file that becomes the program's file descriptor 3, such as the pod's namespace. */
  readonly descriptor?: number | undefined;
  /** A file that becomes the program's file descriptor 4, such as a lock. */
  readonly lock?: number | undefined;
  /** It gets its own session and process group. Killing it kills the whole group. It is also killed when dan ends. */
  readonly group?: boolean | undefined;
  /** It gets dan's original umask plus 022, so that nobody else can write to its files. By default, dan's own. */
  readonly callersUmask?: boolean | undefined;
  /** The most bytes of stdout, and of stderr. If it prints more, it is killed. */
  readonly outputLimit: number;
  /** Gets the output as it arrives, instead of {@link Ended}. */
  readonly onOutput?: (bytes: Uint8Array) => void;
}

/** A started program. */
export interface Program {
  /**
   * Resolves when it has ended and its output was read: all that it wrote itself, however late dan gets a processor, and
   * what its children write, to the end or for {@link lingering}. Rejects with the system's error if the program could
   * not be started.
   */
  readonly ended: Promise<Ended>;
  /** Writes to its standard input, if that was left open. Not an error if the program has ended and reads nothing. */
  write(bytes: Uint8Array): void;
  /** Closes its standard input. */
  endInput(): void;
  /** Kills it, with its group if it has one. Returns false if it had ended. */
  kill(): boolean;
}

/** Milliseconds for which output is still read after a program has ended, if a child of it keeps the output open. */
export const lingering = 100;

/** A program that could not be started. The caller may await it a moment later. */
export function notStarted(error: Error): Program {
  const ended = Promise.reject<Ended>(error);
  ended.catch(() => undefined);
  return { ended, write: () => undefined, endInput: () => undefined, kill: () => false };
}

/** How a program ended. */
export interface Ended {
  /** -1 if a signal ended it. */
  readonly exitCode: number;
  /** It was killed because it printed too much. */
  readonly isTooMuch?: true;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}
