import { concat, text } from '#bytes';
import type { execa as Execa } from 'execa';
import { danError } from '../../model/error.ts';
import { within } from '../command.ts';
import { type CommandOptions, minimalVariables, outputLimit } from '../program/program.ts';

/** How a program ended whose output need not be text. A signal counts as exit code -1. */
export interface FinishedWithBytes {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** A program that gets lines as work goes on. */
export interface FedProgram {
  /** When it has ended and its output is read. Fails with `command-failed` if it could not be started. */
  readonly finished: Promise<FinishedWithBytes>;
  /** Writes a line to its input. One that has ended reads nothing: no error. */
  readonly write: (line: string) => void;
  /** When it prints more to its standard output. */
  readonly printed: () => Promise<void>;
  readonly endInput: () => void;
  readonly kill: () => boolean;
}

/** Starts a program by absolute path, without a shell, that gets lines as work goes on. */
export type StartFed = (path: string, args: readonly string[], options: StartOptions) => FedProgram;

type StartOptions = Pick<CommandOptions, 'descriptor' | 'group' | 'lock' | 'variables'>;

// Nothing of the caller reaches a program, and only dan ends it.
const always = {
  extendEnv: false,
  cwd: '/',
  // It would put all of the output into the message of its error.
  buffer: false,
  killSignal: 'SIGKILL',
  forceKillAfterDelay: false,
  cleanup: false,
  reject: false,
  verbose: 'none',
} as const;

/**
 * Runs a program by absolute path, without a shell, to its end. An exit code is a value, not an error.
 * Throws `command-failed` if it cannot be started, `command-timeout` if it does not end in time and `interrupted`; then it
 * is killed.
 */
export async function run(path: string, args: readonly string[], options: CommandOptions): Promise<FinishedWithBytes> {
  const { timeoutSeconds: seconds, interrupted, input = '', inputFile } = options;
  const execa = await loadExeca();
  const from = (inputFile as OpenFile | undefined) ?? (input.length === 0 ? 'ignore' : 'pipe');
  const child = execa(path, args, { ...always, ...startOptions(options, from), ...(from === 'pipe' ? { input } : {}) });
  const what = `${path} ${args.join(' ')}`;
  return await within({ seconds, interrupted }, child, what, finish(child, what));
}

/** What starts programs that get lines. It is loaded before work begins, so that it can start them at once. */
export async function loadStartFed(): Promise<StartFed> {
  const execa = await loadExeca();
  return (path, args, options) => {
    const child = execa(path, args, { ...always, ...startOptions(options, 'pipe') });
    const finished = finish(child, `${path} ${args.join(' ')}`);
    // Whoever gets it may come to listen a moment later.
    finished.catch(() => undefined);
    // A program that ends without reading its input: its exit code shows what happened.
    child.stdin.on('error', () => undefined);
    return {
      finished,
      write: (line) => void child.stdin.write(`${line}\n`),
      printed: () =>
        new Promise((resolve) =>
          child.stdout.once('data', () => {
            resolve();
          }),
        ),
      endInput: () => void child.stdin.end(),
      kill: () => child.kill(),
    };
  };
}

// It takes thirty milliseconds to load, and most calls of dan run no program.
async function loadExeca(): Promise<typeof Execa> {
  return (await import('execa')).execa;
}

// execa's types know no number over 9, and execa itself takes any.
type OpenFile = 3;

function startOptions<Input extends 'ignore' | 'pipe' | OpenFile>(
  { variables = minimalVariables, group = false, descriptor, lock }: StartOptions,
  input: Input,
) {
  const further = lock === undefined && descriptor === undefined ? [] : [descriptor ?? 'ignore', lock ?? 'ignore'];
  const stdio = [input, 'pipe', 'pipe', ...(further as OpenFile[])] as const;
  return { env: variables, killDescendants: group, stdio };
}

/** What execa gives of a program that it started. */
interface Child extends PromiseLike<Outcome> {
  readonly stdout: Output | null;
  readonly stderr: Output | null;
  readonly kill: () => boolean;
}

interface Output {
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
}

/** What execa says of a program that has ended, or could not be started. */
interface Outcome {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly originalMessage?: string | undefined;
}

async function finish(child: Child, what: string): Promise<FinishedWithBytes> {
  const output = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  let isTooMuch = false as boolean;
  for (const name of ['stdout', 'stderr'] as const) {
    let length = 0;
    child[name]?.on('data', (bytes) => {
      length += bytes.length;
      if (length <= outputLimit) output[name].push(bytes);
      else {
        isTooMuch = true;
        child.kill();
      }
    });
  }
  const { exitCode, signal, originalMessage } = await child;
  if (exitCode === undefined && signal === undefined) {
    throw danError('command-failed', `${what} cannot be started: ${originalMessage ?? 'nobody knows why'}`);
  }
  // One that printed too much may have ended before it was killed: its output is not whole.
  const code = isTooMuch ? -1 : (exitCode ?? -1);
  return { exitCode: code, stdout: concat(output.stdout), stderr: text(concat(output.stderr)) };
}
