import { type Libc, openLibc } from './libc.ts';

/** Standard input, output and error of the process. */
export interface StandardFiles {
  /**
   * Reads standard input to its end, or so many bytes of it. What is typed at a terminal is nobody's input. Throws what the
   * system says.
   */
  readonly read: (limit: number) => Uint8Array;
  /** Writes all of a text; throws what the system says, as for a pipe that nobody reads. */
  readonly write: (file: 1 | 2, text: string) => void;
}

/** What files are read and written with: how many bytes it were. */
interface Calls {
  readonly isTerminal: (file: 0) => boolean;
  readonly read: (file: 0, room: Uint8Array) => number;
  readonly write: (file: 1 | 2, bytes: Uint8Array) => number;
}

let opened: Promise<StandardFiles> | undefined;

/** Opens them, with the C library where it can be called: node:fs takes a sixth of a VERSION's time to load. */
export function openStandardFiles(): Promise<StandardFiles> {
  opened ??= openLibc().then(async (libc) => withCalls(libc === undefined ? await nodeCalls() : libcCalls(libc)));
  return opened;
}

function withCalls(calls: Calls): StandardFiles {
  return {
    read: (limit) => {
      if (calls.isTerminal(0)) return new Uint8Array();
      const buffer = new Uint8Array(limit);
      let length = 0;
      while (length < limit) {
        const count = calls.read(0, buffer.subarray(length));
        if (count === 0) break;
        length += count;
      }
      return buffer.subarray(0, length);
    },
    write: (file, text) => {
      const bytes = new TextEncoder().encode(text);
      for (let written = 0; written < bytes.length; ) written += calls.write(file, bytes.subarray(written));
    },
  };
}

/** EINTR of errno.h: a signal came first. */
const interrupted = 4;

function libcCalls(libc: Libc): Calls {
  const done = (call: () => number): number => {
    for (;;) {
      const count = call();
      if (count >= 0) return count;
      const errno = libc.errno();
      if (errno !== interrupted) throw new Error(libc.strerror(errno));
    }
  };
  return {
    isTerminal: (file) => libc.isatty(file) === 1,
    read: (file, room) => done(() => libc.read(file, room, room.length)),
    write: (file, bytes) => done(() => libc.write(file, bytes, bytes.length)),
  };
}

async function nodeCalls(): Promise<Calls> {
  const [{ readSync, writeSync }, { isatty }] = await Promise.all([import('node:fs'), import('node:tty')]);
  return { isTerminal: isatty, read: readSync, write: (file, bytes) => writeSync(file, bytes) };
}
