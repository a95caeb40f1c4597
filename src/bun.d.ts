// What dan uses of Bun; Bun's own types would bring all of Bun's globals.

declare const Bun: {
  readonly CryptoHasher: new (
    algorithm: 'sha256',
  ) => {
    readonly update: (text: string) => { readonly digest: (encoding: 'hex') => string };
  };
  /** Throws where the program cannot be started. */
  readonly spawn: (
    command: readonly string[],
    options: {
      readonly env: Readonly<Record<string, string | undefined>>;
      readonly cwd: string;
      /** Further files follow the first three. */
      readonly stdio: readonly (number | 'ignore' | 'pipe' | Uint8Array)[];
      readonly detached: boolean;
      /** Bytes of output over which it is killed. */
      readonly maxBuffer: number;
      readonly killSignal: 'SIGKILL';
    },
  ) => BunProcess;
};

/** A program that Bun started. */
interface BunProcess {
  readonly pid: number;
  /** null for one that a signal ended. */
  readonly exitCode: number | null;
  readonly exited: Promise<unknown>;
  readonly stdout: ReadableStream;
  readonly stderr: ReadableStream;
  readonly kill: (signal: 'SIGKILL') => void;
}

/** Bun's foreign function interface. */
declare module 'bun:ffi' {
  /** A type of C; a pointer is to bytes of ours, or a number that is passed as it is. */
  type ForeignType = 'cstring' | 'i32' | 'ptr' | 'u64';

  interface ForeignFunction {
    readonly args: readonly ForeignType[];
    readonly returns: ForeignType;
  }

  interface Values {
    /** An object that only looks like a text. */
    readonly cstring: { readonly toString: () => string };
    readonly i32: number;
    readonly ptr: number | Uint8Array | null;
    readonly u64: number;
  }

  type Arguments<Types extends readonly ForeignType[]> = { -readonly [At in keyof Types]: Values[Types[At]] };

  type Callable<F extends ForeignFunction> = (
    ...args: Arguments<F['args']>
  ) => F['returns'] extends 'ptr' ? number : Values[F['returns']];

  export function dlopen<const Table extends Readonly<Record<string, ForeignFunction>>>(
    library: string,
    symbols: Table,
  ): { symbols: { readonly [Name in keyof Table]: Callable<Table[Name]> } };

  /** Reads memory that a pointer leads to. */
  export const read: { readonly i32: (pointer: number, offset: number) => number };
}
