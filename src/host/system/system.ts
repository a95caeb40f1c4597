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
 * What dan asks of an operating system. There are two implementations: `native.ts` over the system calls that the
 * executable's host gives (native/), and `node.ts` for the program for Node. `#system` is the one or the other
 * (package.json, "imports").
 *
 * A call has the name of its manual page where one call is all there is to it. What the system refuses is thrown as a
 * {@link SystemError}.
 */
export interface System {
  // --- The process

  /** Runs `main` when the process starts. Nothing of a call may be read before: modules are evaluated by the build. */
  onStart(main: () => void): void;
  /** The caller's environment. */
  environment(): Variables;
  /** The words of the command line, without the program's name. */
  args(): readonly string[];
  /** The file of the executable that runs; undefined for the program for Node, which is more than one file. */
  executable(): string | undefined;
  /** The caller's working directory. Throws where it was deleted. */
  getcwd(): string;
  geteuid(): number;
  getpid(): number;
  /** Ends the process. */
  exit(code: number): never;
  /** Sends a signal to a process, or to a process group where the id is negative. */
  kill(pid: number, signal: Signal): void;
  /** Calls the listener with each of these signals from now on, instead of being ended by them. */
  onSignal(signals: readonly Signal[], listener: (signal: Signal) => void): void;
  /** Tells listeners of signals that have come; once the promise is there, where there is one. */
  hearSignals(): Promise<void> | undefined;
  /** Calls the listener with an error that nobody caught, or a rejection that nobody handled. */
  onUncaught(listener: (error: unknown) => void): void;
  /** The stack of an error, with functions and lines of the TypeScript sources. */
  trace(error: Error): string;

  // --- Time and chance

  /** Milliseconds of a clock that only goes forward (CLOCK_MONOTONIC), with fractions. */
  now(): number;
  /** Does work after so many milliseconds, or as soon as what is due has been done (0). */
  startTimer(milliseconds: number, work: () => void): Timer;
  /** So many random bytes. */
  randomBytes(length: number): Uint8Array;

  // --- Files. Every file is opened with O_CLOEXEC

  /**
   * Opens a file, without waiting for whoever has the other end of a FIFO. `mode` is for one that is made, before the umask;
   * 0o666 without it.
   */
  open(target: Target, how: OpenMode, mode?: number): number;
  /** Opens a place only (O_PATH): for what is in it, or to look at it. undefined where there is nothing (ENOENT). */
  openPlace(target: Target): number | undefined;
  close(file: number): void;
  /** Reads into the bytes what there is, and returns how many bytes it were; 0 at the end. */
  read(file: number, into: Uint8Array): number;
  /** Writes as many of the bytes as the system takes at once, and returns how many. */
  write(file: number, bytes: Uint8Array): number;
  fsync(file: number): void;
  fstat(file: number): FileStatus;
  /** What a path leads to; undefined where there is nothing (ENOENT). */
  stat(path: string): FileStatus | undefined;
  /** What has a path, without following a symbolic link; undefined where there is nothing (ENOENT). */
  lstat(target: Target): FileStatus | undefined;
  /** Whether the process may do this with a file. */
  access(path: string, to: 'exist' | 'read' | 'write' | 'execute'): boolean;
  /** The names in a directory, without `.` and `..`, as they come. */
  readdir(path: string): string[];
  readlink(target: Target): string;
  realpath(path: string): string;
  /** Sets the permission bits that files which are made do not get. What they were before the first time stays known. */
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
   * Locks an open file with flock(2), exclusively, waiting at most so many seconds or until it is interrupted; false: it did
   * not get it.
   */
  lock(file: number, seconds: number, interrupted: Interruption | undefined): Promise<boolean>;

  // --- Sockets and programs

  /** Connects to a socket of the file system and closes the connection. Throws what the system says. */
  tryConnect(path: string): Promise<void>;
  /**
   * Connects to a stream socket, without waiting for it. What comes of it is told by the events, none of them before this
   * returns: whatever the system refuses, as well.
   */
  connect(to: SocketAddress, events: ConnectionEvents): Connection;
  /**
   * Listens for TCP connections, and calls the listener with each. Who listens closes what it gets. Throws what the system
   * says.
   */
  listen(at: TcpAddress, onClient: (client: ClientConnection) => void): Promise<Listener>;
  /** Starts a program by absolute path, without a shell, in the directory `/`. */
  start(path: string, args: readonly string[], options: ProgramOptions): Program;
}

/** What a call is about: a path, or a name in an open directory. */
export type Target = Entry | string;

/** A name in an open directory. A link of that name is not followed. */
export interface Entry {
  readonly directory: number;
  readonly name: string;
  /** What messages call it. */
  readonly path: string;
}

/** How a file is opened; each as fopen(3) has it, `x` for O_EXCL, without O_CREAT where the file must be there. */
export type OpenMode =
  /** Reading. */
  | 'r'
  /** Reading and writing; it must be there. */
  | 'r+'
  /** Writing, from the start of an empty file; it is made. */
  | 'w'
  /** Writing to a file that is made and was not there. */
  | 'wx'
  /** Writing at its end; it is made. */
  | 'a';

/** Signals that dan sends or listens to. */
export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGKILL' | 'SIGQUIT' | 'SIGTERM';

/** What stat(2) tells of a file. */
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
  /** When it was written last: whole seconds since 1970. */
  readonly mtime: number;
  /** How many names it has. */
  readonly links: number;
}

/** The kinds of file of inode(7). */
export type FileType =
  | 'block-device'
  | 'character-device'
  | 'directory'
  | 'fifo'
  | 'file'
  | 'socket'
  | 'symbolic-link'
  | 'unknown';

/** What the system said: as Node's errors are. */
export interface SystemError extends Error {
  /** The error's name, as `ENOENT`. */
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;
}

/** A timer that was started. */
export interface Timer {
  cancel(): void;
}

/** How a program is started. */
export interface ProgramOptions {
  /** The whole environment. */
  readonly variables: Variables;
  /** Its standard input: bytes, after which it ends; an open file; or `open`, for {@link Program.write}. Nothing without it. */
  readonly input?: Uint8Array | number | 'open';
  /** A file that the program gets as its fourth, such as the pod's namespace. */
  readonly descriptor?: number | undefined;
  /** A file that the program gets as its fifth, such as a lock. */
  readonly lock?: number | undefined;
  /** It gets a session and so a process group of its own, all of which is killed with it. It is killed when dan ends, too. */
  readonly group?: boolean | undefined;
  /** It gets the umask that dan was started with, and of its files, nobody else may write to any; without it, dan's own. */
  readonly callersUmask?: boolean | undefined;
  /** Bytes of stdout and of stderr, each, over which it is killed. */
  readonly outputLimit: number;
  /** Gets the output as it comes, instead of {@link Ended}. */
  readonly onOutput?: (bytes: Uint8Array) => void;
}

/** A program that was started. */
export interface Program {
  /** When it has ended and its output is read, to the end or for {@link lingering}. Fails with what the system said if it could not be started. */
  readonly ended: Promise<Ended>;
  /** Writes to its standard input, if that was left open. One that has ended reads nothing: no error. */
  write(bytes: Uint8Array): void;
  /** Closes its standard input. */
  endInput(): void;
  /** Kills it, with its group if it has one; false: it had ended. */
  kill(): boolean;
}

/** Milliseconds that the output of a program is still read when it has ended, if something that it started keeps it open. */
export const lingering = 100;

/** A program that could not be started. Whoever gets it may come to await it a moment later. */
export function notStarted(error: Error): Program {
  const ended = Promise.reject<Ended>(error);
  ended.catch(() => undefined);
  return { ended, write: () => undefined, endInput: () => undefined, kill: () => false };
}

/** How a program ended. */
export interface Ended {
  /** A signal counts as -1. */
  readonly exitCode: number;
  /** It printed more than it may, and was killed for that. */
  readonly isTooMuch?: true;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}
