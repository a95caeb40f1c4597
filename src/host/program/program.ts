import { danError } from '../../model/error.ts';
import type { CniError } from '../../protocol/error.ts';

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
export const minimalVariables = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } as const;

/** Bytes of output that are kept of one command; more is a failure. */
export const outputLimit = 64 * 1024 * 1024;

/** A running program that can be killed. */
export interface Killable {
  readonly kill: (signal: 'SIGKILL') => boolean;
}

/** A program that was started. */
export interface Program extends Killable {
  /** When it has ended and its output is read. Fails with `command-failed` if it could not be started. */
  readonly finished: Promise<Finished>;
}

/** The files that a program gets beside its first three. */
export function furtherFiles({
  descriptor,
  lock,
}: Pick<CommandOptions, 'descriptor' | 'lock'>): readonly (number | 'ignore')[] {
  return lock === undefined && descriptor === undefined ? [] : [descriptor ?? 'ignore', lock ?? 'ignore'];
}

/** Kills a process with all of its group. False if it has ended. */
export function killGroup(pid: number | undefined, signal: 'SIGKILL'): boolean {
  try {
    return pid !== undefined && process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** The error of a program that cannot be started. */
export function notStarted(path: string, args: readonly string[], error: Error): CniError {
  return danError('command-failed', `${path} ${args.join(' ')} cannot be started: ${error.message}`);
}
