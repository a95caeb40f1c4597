import type { ChildProcessWithoutNullStreams, StdioOptions } from 'node:child_process';
import { danError } from '../model/error.ts';
import type { CniError } from '../protocol/error.ts';
import { wait } from './wait.ts';

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
  /** Aborted when the program is not wanted any more: then it is killed. */
  readonly interrupted?: AbortSignal;
  /** It gets a process group of its own, all of which is killed with it: a program that may start others. */
  readonly group?: boolean;
  /** The whole environment; without it, a minimal one. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/** The environment of the node's own programs: no locale, no variable of the caller. */
const minimalVariables = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } as const;

/** Bytes of output that are kept of one command; more is a failure. */
const outputLimit = 64 * 1024 * 1024;

/**
 * Runs a program by absolute path, without a shell, to its end. An exit code is a value, not an error.
 * Throws `command-failed` if it cannot be started, `command-timeout` if it does not end in time and `interrupted`; then it
 * is killed.
 */
export async function run(path: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  const child = await start(path, args, options);
  const finished = collect(child, path, args, options.encoding);
  // With a file for it, there is no stream. A program that ends without reading its input: its exit code tells.
  const stdin = child.stdin as ChildProcessWithoutNullStreams['stdin'] | null;
  stdin?.on('error', () => undefined);
  stdin?.end(options.input ?? '');
  const limits = { seconds: options.timeoutSeconds, interrupted: options.interrupted };
  const killable = options.group === true ? groupOf(child) : child;
  return await within(limits, killable, `${path} ${args.join(' ')}`, finished);
}

/** Starts a program by absolute path, without a shell; its first three files are pipes. */
export async function start(
  path: string,
  args: readonly string[],
  {
    variables = minimalVariables,
    descriptor,
    lock,
    inputFile,
    group = false,
  }: Pick<CommandOptions, 'variables' | 'descriptor' | 'lock' | 'inputFile' | 'group'> = {},
): Promise<ChildProcessWithoutNullStreams> {
  // Most calls start none, and it takes a millisecond to load.
  const { spawn } = await import('node:child_process');
  const files =
    lock === undefined && descriptor === undefined
      ? []
      : [descriptor ?? ('ignore' as const), lock ?? ('ignore' as const)];
  const stdio: StdioOptions = [inputFile ?? 'pipe', 'pipe', 'pipe', ...files];
  const child = spawn(path, args, {
    env: variables,
    cwd: '/',
    stdio,
    detached: group,
  }) as ChildProcessWithoutNullStreams;
  // Whoever gets it may come to listen a moment later.
  child.on('error', () => undefined);
  return child;
}

function groupOf({ pid }: ChildProcessWithoutNullStreams): Killable {
  return {
    kill: (signal) => {
      try {
        return pid !== undefined && process.kill(-pid, signal);
      } catch {
        return false; // It has ended.
      }
    },
  };
}

/** A running program that can be killed. */
interface Killable {
  readonly kill: (signal: 'SIGKILL') => boolean;
}

/**
 * Waits for a running program at most so long. Then, or when dan is told to end, kills it, waits for its end so that it
 * changes nothing any more, and throws `command-timeout` or `interrupted`.
 */
export async function within<T>(
  { seconds, interrupted }: { readonly seconds: number; readonly interrupted?: AbortSignal | undefined },
  child: Killable,
  what: string,
  work: Promise<T>,
): Promise<T> {
  let stop: (reason: CniError) => void = () => undefined;
  const stopped = new Promise<CniError>((resolve) => {
    stop = resolve;
  });
  const timer = setTimeout(() => {
    stop(tooLate(what, seconds));
  }, seconds * 1000);
  const onAbort = (): void => {
    stop(interruption(interrupted));
  };
  interrupted?.addEventListener('abort', onAbort);
  if (interrupted?.aborted === true) onAbort();
  try {
    const first = await Promise.race([work.then((value) => ({ value })), stopped.then((reason) => ({ reason }))]);
    if ('value' in first) return first.value;
    child.kill('SIGKILL');
    // Nothing but a disk or a driver that hangs keeps a killed program.
    await Promise.race([work.catch(() => undefined), wait(1000)]);
    throw first.reason;
  } finally {
    clearTimeout(timer);
    interrupted?.removeEventListener('abort', onAbort);
  }
}

/** Throws `interrupted` once dan was told to end. */
export function refuseInterrupted(interrupted: AbortSignal | undefined): void {
  if (interrupted?.aborted === true) throw interruption(interrupted);
}

function interruption(interrupted: AbortSignal | undefined): CniError {
  return danError('interrupted', `${String(interrupted?.reason)} came before it was done: everything is taken back`);
}

function tooLate(what: string, seconds: number): CniError {
  return danError(
    'command-timeout',
    `${what} did not end within ${seconds} s and was killed; see why it hangs, or raise "commandTimeout"`,
  );
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
