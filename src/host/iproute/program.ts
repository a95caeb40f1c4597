import { concat, text } from '#bytes';
import type { execa as Execa } from 'execa';
import { danError } from '../../model/error.ts';
import { within } from '../command.ts';
import {
  type CommandOptions,
  type Finished,
  type Killable,
  minimalVariables,
  outputLimit,
} from '../program/program.ts';

/** How a program ended whose output need not be text. A signal counts as exit code -1. */
export interface FinishedWithBytes {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** What a program gets beside its input. */
type Surroundings = Pick<CommandOptions, 'descriptor' | 'group' | 'lock' | 'variables'>;

/** Starts a program by absolute path, without a shell, that gets lines as work goes on. */
export type StartForLines = (path: string, args: readonly string[], options: Surroundings) => ProgramForLines;

/** A program that gets lines as work goes on. */
export interface ProgramForLines extends Killable {
  /** When it has ended and its output is read. Fails with `command-failed` if it could not be started. */
  readonly finished: Promise<Finished>;
  /** Writes a line to its input. One that has ended reads nothing: no error. */
  write(line: string): void;
  /** When it prints more to its standard output. */
  printed(): Promise<void>;
  endInput(): void;
}

/**
 * Runs a program by absolute path, without a shell, to its end. An exit code is a value, not an error.
 * Throws `command-failed` if it cannot be started, `command-timeout` if it does not end in time and `interrupted`; then it
 * is killed.
 */
export async function run(path: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  return withText(await runForBytes(path, args, options));
}

/** As {@link run}, for output that need not be text. */
export async function runForBytes(
  path: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<FinishedWithBytes> {
  const { timeoutSeconds: seconds, interrupted, input = '', inputFile } = options;
  const execa = await loadExeca();
  const from = inputFile ?? (input.length === 0 ? 'ignore' : 'pipe');
  const child = execa(path, args, { ...always, ...around(options, from), ...(from === 'pipe' ? { input } : {}) });
  const what = `${path} ${args.join(' ')}`;
  return await within({ seconds, interrupted }, killable(child), what, finish(child, what));
}

/** What starts programs that get lines. It is loaded before work begins, so that it can start them at once. */
export async function loadStartForLines(): Promise<StartForLines> {
  const execa = await loadExeca();
  return (path, args, options) => {
    const child = execa(path, args, { ...always, ...around(options, 'pipe') });
    const finished = finish(child, `${path} ${args.join(' ')}`).then(withText);
    // Whoever gets it may come to listen a moment later.
    finished.catch(() => undefined);
    // A program that ends without reading its input: its exit code tells.
    child.stdin?.on('error', () => undefined);
    return {
      ...killable(child),
      finished,
      write: (line) => {
        child.stdin?.write(`${line}\n`);
      },
      printed: () =>
        new Promise((resolve) => {
          child.stdout.once('data', () => {
            resolve();
          });
        }),
      endInput: () => {
        child.stdin?.end();
      },
    };
  };
}

// It takes thirty milliseconds to load, and most calls of dan run no program.
async function loadExeca(): Promise<typeof Execa> {
  return (await import('execa')).execa;
}

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

interface Around {
  readonly env: NonNullable<Surroundings['variables']>;
  readonly killDescendants: boolean;
  readonly stdio: readonly ['ignore' | 'pipe' | OpenFile, 'pipe', 'pipe', ...('ignore' | OpenFile)[]];
}

// execa's types know no number over 9, and execa itself takes any.
type OpenFile = 3;

function around(
  { variables = minimalVariables, group = false, descriptor, lock }: Surroundings,
  input: 'ignore' | 'pipe' | number,
): Around {
  const files = [descriptor ?? 'ignore', lock ?? 'ignore'] as ('ignore' | OpenFile)[];
  const further = lock === undefined && descriptor === undefined ? [] : files;
  const first = input as 'ignore' | 'pipe' | OpenFile;
  return { env: variables, killDescendants: group, stdio: [first, 'pipe', 'pipe', ...further] };
}

/** What execa gives of a program that it started. */
interface Child extends PromiseLike<Outcome> {
  readonly stdout: Output | null;
  readonly stderr: Output | null;
  kill(signal: 'SIGKILL'): boolean;
}

interface Output {
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
}

/** What execa tells of a program that has ended, or could not be started. */
interface Outcome {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly originalMessage?: string | undefined;
}

async function finish(child: Child, what: string): Promise<FinishedWithBytes> {
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  let isTooMuch = false as boolean;
  for (const [output, parts] of [
    [child.stdout, stdout],
    [child.stderr, stderr],
  ] as const) {
    let length = 0;
    output?.on('data', (bytes) => {
      length += bytes.length;
      if (length <= outputLimit) parts.push(bytes);
      else {
        isTooMuch = true;
        child.kill('SIGKILL');
      }
    });
  }
  const { exitCode, signal, originalMessage } = await child;
  if (exitCode === undefined && signal === undefined) {
    throw danError('command-failed', `${what} cannot be started: ${originalMessage ?? 'nobody knows why'}`);
  }
  // It may have ended before it was killed: its output is not whole.
  const code = isTooMuch ? -1 : (exitCode ?? -1);
  return { exitCode: code, stdout: concat(stdout), stderr: text(concat(stderr)) };
}

function killable(child: Child): Killable {
  return { kill: () => child.kill('SIGKILL') };
}

function withText({ exitCode, stdout, stderr }: FinishedWithBytes): Finished {
  return { exitCode, stdout: text(stdout), stderr };
}
