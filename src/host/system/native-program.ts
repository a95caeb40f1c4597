import { errno, given, systemError } from './errno.ts';
import { readable, startTimer, watch, writable } from './native-loop.ts';
import { type Ended, lingering, notStarted, type Program, type ProgramOptions } from './system.ts';
import { umaskOf } from './umask.ts';

/** SIGKILL of signal.h. */
const sigkill = 9;

/** The initial buffer size for a program's output, in bytes. */
const chunk = 16 * 1024;

/** The most bytes that a pipe holds, unless root has raised the limit (/proc/sys/fs/pipe-max-size). */
const mostInPipe = 1024 * 1024;

/** Starts a program by vfork(2), and waits for it by pidfd_open(2) and for its output by poll(2). */
export function start(path: string, args: readonly string[], options: ProgramOptions): Program {
  const { input, descriptor, lock, group = false } = options;
  const fromFile = typeof input === 'number';
  const opened: number[] = [];
  const pipe = (nonblocking: 'read' | 'write'): Pair => {
    const pair = given(native.pipe2(nonblocking), 'pipe2');
    opened.push(...pair);
    return pair;
  };
  let pipes: readonly [Pair, Pair, Pair];
  try {
    pipes = [fromFile ? [input, undefined] : pipe('write'), pipe('read'), pipe('read')];
  } catch (error) {
    for (const file of opened) native.close(file);
    return notStarted(error as Error);
  }
  const [stdin, stdout, stderr] = pipes;
  const further = descriptor === undefined && lock === undefined ? [] : [descriptor ?? -1, lock ?? -1];
  const files = [stdin[0], stdout[1] ?? -1, stderr[1] ?? -1, ...further];
  const variables = Object.entries(options.variables).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const pid = native.vfork(path, [path, ...args], variables, files, group, umaskOf(options) ?? -1);
  if (!fromFile) native.close(stdin[0]);
  native.close(stdout[1] ?? -1);
  native.close(stderr[1] ?? -1);
  const toStdin = new Input(stdin[1]);
  const pidfd = pid < 0 ? pid : native.pidfd_open(pid);
  if (pidfd < 0) {
    // A program that cannot be waited for must not keep running.
    if (pid >= 0) {
      native.kill(group ? -pid : pid, sigkill);
      native.waitpid(pid);
    }
    toStdin.end();
    native.close(stdout[0]);
    native.close(stderr[0]);
    return notStarted(systemError(-pidfd, `spawn ${path}`));
  }
  if (input instanceof Uint8Array) toStdin.write(input);
  if (input !== 'open') toStdin.end();

  // Until waitpid, the kernel does not reuse the id of the process or of its group, whatever is left of the group.
  let isGone = false;
  let isTooMuch = false;
  const kill = (): boolean => !isGone && native.kill(group ? -pid : pid, sigkill) === 0;
  const onTooMuch = (): void => {
    isTooMuch = true;
    kill();
  };
  const outputs = [stdout[0], stderr[0]].map((file) => new Output(file, options, onTooMuch));
  const read = Promise.all(outputs.map(({ bytes }) => bytes));
  const ended = untilExit(pidfd).then(async (): Promise<Ended> => {
    for (const output of outputs) output.drain();
    const patience = startTimer(lingering, () => {
      for (const output of outputs) output.close();
    });
    const [out = none, err = none] = await read;
    patience.cancel();
    isGone = true;
    const exitCode = Math.max(native.waitpid(pid), -1);
    const how = isTooMuch ? ({ exitCode: -1, isTooMuch } as const) : { exitCode };
    return { ...how, stdout: out, stderr: err };
  });
  return {
    ended,
    write: (bytes) => {
      toStdin.write(bytes);
    },
    endInput: () => {
      toStdin.end();
    },
    kill,
  };
}

/** The read end and the write end of a pipe. */
type Pair = readonly [read: number, write: number | undefined];

const none = new Uint8Array();

function untilExit(file: number): Promise<undefined> {
  return new Promise((resolve) => {
    const stop = watch(file, readable, () => {
      stop();
      native.close(file);
      resolve(undefined);
    });
  });
}

/** A program's output to one file. A process that it left behind may keep the other end open. */
class Output {
  readonly bytes: Promise<Uint8Array>;
  // One buffer: a program may print single bytes, and each would be an object.
  #room: Uint8Array = new Uint8Array(chunk);
  #kept = 0;
  readonly #file: number;
  /** Reads once, and returns the number of bytes. */
  readonly #read: () => number;
  readonly #stop: () => void;
  #end: ((bytes: Uint8Array) => void) | undefined;

  constructor(file: number, { outputLimit, onOutput }: ProgramOptions, onTooMuch: () => void) {
    this.#file = file;
    this.bytes = new Promise((resolve) => {
      this.#end = resolve;
    });
    let length = 0;
    this.#read = () => {
      if (this.#kept === this.#room.length) this.#grow(outputLimit);
      const count = native.read(file, this.#room.subarray(this.#kept));
      // There is nothing to read yet.
      if (count === -errno.EAGAIN) return 0;
      if (count <= 0) {
        this.close();
        return 0;
      }
      length += count;
      if (length > outputLimit) onTooMuch();
      else if (onOutput === undefined) this.#kept += count;
      else onOutput(this.#room.slice(0, count));
      return count;
    };
    this.#stop = watch(file, readable, this.#read);
  }

  /** Reads all that is there; not for ever, because a process that is left may write on. */
  drain(): void {
    for (let left = mostInPipe; left > 0 && this.#end !== undefined; ) {
      const count = this.#read();
      if (count === 0) return;
      left -= count;
    }
  }

  // Above the limit, the buffer only has room for bytes that are read and discarded.
  #grow(limit: number): void {
    const room = new Uint8Array(Math.min(2 * this.#kept, limit + chunk));
    room.set(this.#room);
    this.#room = room;
  }

  /** Stops reading. */
  close(): void {
    const end = this.#end;
    if (end === undefined) return;
    this.#end = undefined;
    this.#stop();
    native.close(this.#file);
    end(this.#room.subarray(0, this.#kept));
  }
}

/** The near end of a program's standard input. */
class Input {
  #file: number | undefined;
  readonly #left: Uint8Array[] = [];
  #isEnding = false;
  #stop: (() => void) | undefined;

  constructor(file: number | undefined) {
    this.#file = file;
  }

  write(bytes: Uint8Array): void {
    if (this.#file === undefined || this.#isEnding) return;
    this.#left.push(bytes);
    this.#flush();
  }

  end(): void {
    this.#isEnding = true;
    this.#flush();
  }

  // Writes as much as the pipe takes, and the rest when there is room again.
  #flush(): void {
    const file = this.#file;
    if (file === undefined) return;
    for (let first = this.#left[0]; first !== undefined; first = this.#left[0]) {
      const count = first.length === 0 ? 0 : native.write(file, first);
      if (count === -errno.EAGAIN) {
        this.#stop ??= watch(file, writable, () => {
          this.#flush();
        });
        return;
      }
      // The program ended without reading its input. Its exit code says why.
      if (count < 0) {
        this.#close(file);
        return;
      }
      if (count === first.length) this.#left.shift();
      else this.#left[0] = first.subarray(count);
    }
    this.#stop?.();
    this.#stop = undefined;
    if (this.#isEnding) this.#close(file);
  }

  #close(file: number): void {
    this.#stop?.();
    this.#file = undefined;
    native.close(file);
  }
}
