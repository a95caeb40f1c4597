import { type ChildProcessWithoutNullStreams, spawn, type StdioOptions } from 'node:child_process';
import { danError } from '../model/error.ts';
import type { CniError } from '../protocol/error.ts';

/** How a command ended. A signal counts as exit code -1. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface CommandOptions {
  readonly timeoutSeconds: number;
  readonly input?: string | Uint8Array;
  /** A file that the program reads as its standard input, instead of `input`. */
  readonly inputFile?: number;
  /** How output becomes text; `latin1` keeps every byte. */
  readonly encoding?: 'utf8' | 'latin1';
  /** A file that the program gets as its fourth, such as the pod's namespace. */
  readonly descriptor?: number;
  /** A lock that the program holds too, as its fifth file. */
  readonly lock?: number;
  /** The whole environment; without it, a minimal one. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/** The environment of the node's own programs: no locale, no variable of the caller. */
const minimalVariables = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } as const;

/** Bytes of output that are kept of one command; more is a failure. */
const outputLimit = 64 * 1024 * 1024;

/**
 * Runs a program by absolute path, without a shell, to its end. An exit code is a value, not an error.
 * Throws `command-failed` if it cannot be started and `command-timeout` if it does not end in time; then it is killed.
 */
export async function run(path: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  const child = start(path, args, options);
  const finished = collect(child, path, args, options.encoding);
  // With a file for it, there is no stream. A program that ends without reading its input: its exit code tells.
  const stdin = child.stdin as ChildProcessWithoutNullStreams['stdin'] | null;
  stdin?.on('error', () => undefined);
  stdin?.end(options.input ?? '');
  return await within(options.timeoutSeconds, child, `${path} ${args.join(' ')}`, finished);
}

/** Starts a program by absolute path, without a shell; its first three files are pipes. */
export function start(
  path: string,
  args: readonly string[],
  {
    variables = minimalVariables,
    descriptor,
    lock,
    inputFile,
  }: Pick<CommandOptions, 'variables' | 'descriptor' | 'lock' | 'inputFile'> = {},
): ChildProcessWithoutNullStreams {
  const files =
    lock === undefined && descriptor === undefined
      ? []
      : [descriptor ?? ('ignore' as const), lock ?? ('ignore' as const)];
  const stdio: StdioOptions = [inputFile ?? 'pipe', 'pipe', 'pipe', ...files];
  return spawn(path, args, { env: variables, cwd: '/', stdio }) as ChildProcessWithoutNullStreams;
}

/** Waits for a running program at most so long; then kills it and throws `command-timeout`. */
export async function within<T>(
  seconds: number,
  child: { kill: (signal: 'SIGKILL') => boolean },
  what: string,
  work: Promise<T>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, fail) => {
    timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(
        danError(
          'command-timeout',
          `${what} did not end within ${seconds} s and was killed; see why it hangs, or raise "commandTimeout"`,
        ),
      );
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Gathers a child's output until it ends. */
export function collect(
  child: ChildProcessWithoutNullStreams,
  path: string,
  args: readonly string[],
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<Finished> {
  return new Promise((resolve, fail) => {
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding(encoding).on('data', (text: string) => {
        output[name] += text;
        if (output[name].length > outputLimit) child.kill('SIGKILL');
      });
    }
    child.on('error', (error) => {
      fail(notStarted(path, args, error));
    });
    child.on('close', (exitCode) => {
      resolve({ exitCode: exitCode ?? -1, ...output });
    });
  });
}

function notStarted(path: string, args: readonly string[], error: Error): CniError {
  return danError('command-failed', `${path} ${args.join(' ')} cannot be started: ${error.message}`);
}
