import { latin1, text, utf8 } from '#bytes';
import { system } from '#system';
import { danError } from '../model/error.ts';
import { limitText } from '../model/limit.ts';
import { messageOf } from '../json/thrown.ts';
import { type CniError } from '../protocol/error.ts';
import type { Variables } from '../protocol/environment.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { closeDirectories } from './directory.ts';
import { codeOf } from './files.ts';
import type { Program, ProgramOptions } from './system/system.ts';

/** How a command ended. A signal counts as exit code -1. */
export interface Finished {
  readonly exitCode: number;
  /** It was killed because it printed too much. */
  readonly isTooMuch?: true;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface CommandOptions
  extends Pick<ProgramOptions, 'callersUmask' | 'descriptor' | 'group' | 'lock'>,
    Partial<Pick<ProgramOptions, 'outputLimit'>> {
  readonly timeoutSeconds: number;
  readonly input?: string | Uint8Array | undefined;
  /** A file that becomes the program's standard input, instead of `input`. */
  readonly inputFile?: number;
  /** How output is decoded; `latin1` keeps every byte. */
  readonly encoding?: 'utf8' | 'latin1';
  /** Happens when the program is no longer wanted. The program is then killed. */
  readonly interrupted?: Interruption | undefined;
  /** The whole environment; if left out, a minimal one. */
  readonly variables?: Variables;
}

/** The environment of the node's own programs: no locale, and no variable of the caller. */
export const minimalVariables = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } as const;

/** The most bytes of output that are kept, unless a command has another limit. Exceeding it is a failure. */
const usualOutput = 8 * 1024 * 1024;

/**
 * Runs a program by absolute path, without a shell, to its end. An exit code is a value, not an error. Throws
 * `command-failed` if it cannot be started. If it does not end in time or is interrupted, kills it and throws
 * `command-timeout` or `interrupted`.
 */
export async function run(path: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  const {
    timeoutSeconds: seconds,
    interrupted,
    variables = minimalVariables,
    descriptor,
    lock,
    group,
    callersUmask,
  } = options;
  const { outputLimit = usualOutput } = options;
  // A program needs file descriptors, and the caller's limit may be low.
  closeDirectories();
  const program = system.start(path, args, {
    variables,
    ...inputOf(options),
    descriptor,
    lock,
    group,
    callersUmask,
    outputLimit,
  });
  const what = `${path} ${args.join(' ')}`;
  const ended = program.ended.catch((error: unknown) => {
    const limit = limitText(codeOf(error), 'program');
    throw danError('command-failed', `${what} cannot be started: ${messageOf(error)}${limit}`);
  });
  const { stdout, stderr, ...how } = await within({ seconds, interrupted }, program, what, ended);
  const decode = options.encoding === 'latin1' ? latin1 : text;
  return { ...how, stdout: decode(stdout), stderr: decode(stderr) };
}

function inputOf({ input = '', inputFile }: CommandOptions): { readonly input?: number | Uint8Array } {
  if (inputFile !== undefined) return { input: inputFile };
  if (input.length === 0) return {};
  return { input: typeof input === 'string' ? utf8(input) : input };
}

/**
 * Waits for a running program. After the time limit, or when dan is told to end, kills it, waits until it has ended and
 * can change nothing any more, and throws `command-timeout` or `interrupted`.
 */
export async function within<T>(
  { seconds, interrupted }: { readonly seconds: number; readonly interrupted?: Interruption | undefined },
  child: Pick<Program, 'kill'>,
  what: string,
  work: Promise<T>,
): Promise<T> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<CniError>();
  const timer = system.startTimer(seconds * 1000, () => {
    stop(tooLate(what, seconds));
  });
  const stopListening = interrupted?.onInterrupt(() => {
    stop(interruption(interrupted.reason));
  });
  try {
    const first = await Promise.race([work.then((value) => ({ value })), stopped.then((reason) => ({ reason }))]);
    if ('value' in first) return first.value;
    child.kill();
    // A killed program ends at once, unless a disk or a driver hangs.
    await Promise.race([work.catch(() => undefined), wait(1000)]);
    throw first.reason;
  } finally {
    timer.cancel();
    stopListening?.();
  }
}

/** Lets pending signals be heard, and throws `interrupted` if dan was told to end. */
export async function refuseToldToEnd(interrupted: Interruption | undefined): Promise<void> {
  if (interrupted === undefined) return;
  await system.hearSignals();
  refuseInterrupted(interrupted);
}

/** Throws `interrupted` if dan was told to end. */
export function refuseInterrupted(interrupted: Interruption | undefined): void {
  if (interrupted?.reason !== undefined) throw interruption(interrupted.reason);
}

/** Waits the given milliseconds. 0 waits until everything else that is due has happened. */
export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    system.startTimer(milliseconds, resolve);
  });
}

function interruption(reason: string | undefined): CniError {
  return danError('interrupted', `${String(reason)} came before it was done: everything was undone`);
}

function tooLate(what: string, seconds: number): CniError {
  return danError(
    'command-timeout',
    `${what} did not end within ${seconds} s and was killed; see why it hangs, or raise "commandTimeout"`,
  );
}
