/** The functions of the C library that dan calls itself; each as its manual page has it. A failure is -1. */
export interface Libc {
  readonly flock: (file: number, operation: number) => number;
  readonly isatty: (file: number) => number;
  readonly ioctl: (file: number, request: number, argument: number | Uint8Array) => number;
  readonly read: (file: number, buffer: Uint8Array, length: number) => number;
  readonly recv: (socket: number, buffer: Uint8Array, length: number, flags: number) => number;
  readonly send: (socket: number, message: Uint8Array, length: number, flags: number) => number;
  readonly setns: (namespace: number, kind: number) => number;
  readonly setsockopt: (socket: number, level: number, option: number, value: Uint8Array, length: number) => number;
  readonly socket: (family: number, kind: number, protocol: number) => number;
  readonly write: (file: number, bytes: Uint8Array, length: number) => number;
  readonly strerror: (errno: number) => string;
  /** The error number of the last function that failed; to be asked before anything else is called. */
  readonly errno: () => number;
}

const functions = {
  __errno_location: { args: [], returns: 'ptr' },
  flock: { args: ['i32', 'i32'], returns: 'i32' },
  isatty: { args: ['i32'], returns: 'i32' },
  ioctl: { args: ['i32', 'u64', 'ptr'], returns: 'i32' },
  // What these return is longer, but no buffer of ours.
  read: { args: ['i32', 'ptr', 'u64'], returns: 'i32' },
  write: { args: ['i32', 'ptr', 'u64'], returns: 'i32' },
  recv: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i32' },
  send: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i32' },
  setns: { args: ['i32', 'i32'], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'i32'], returns: 'i32' },
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  strerror: { args: ['i32'], returns: 'cstring' },
} as const;

let opened: Promise<Libc | undefined> | undefined;

/** The C library, where the runtime can call it: under Bun, with the GNU C library. Elsewhere undefined. */
export function openLibc(): Promise<Libc | undefined> {
  opened ??= 'Bun' in globalThis ? load() : Promise.resolve(undefined);
  return opened;
}

async function load(): Promise<Libc | undefined> {
  const { dlopen, read } = await import('bun:ffi');
  try {
    const { symbols } = dlopen('libc.so.6', functions);
    // It is one place for a thread, and stays.
    const errno = symbols.__errno_location();
    return {
      ...symbols,
      errno: () => read.i32(errno, 0), // Bun returns an object that only looks like a text.
      strerror: (number) => symbols.strerror(number).toString(),
    };
  } catch {
    return undefined;
  }
}
