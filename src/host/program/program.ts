import type { Variables } from '../../protocol/environment.ts';
import type { Interruption } from '../../protocol/interruption.ts';
import type { Program } from '../system/system.ts';

/** How a command ended. A signal counts as exit code -1. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface CommandOptions {
  readonly timeoutSeconds: number;
  readonly input?: string | Uint8Array | undefined;
  /** A file that the program reads as its standard input, instead of `input`. */
  readonly inputFile?: number;
  /** How output becomes text; `latin1` keeps every byte. */
  readonly encoding?: 'utf8' | 'latin1';
  /** A file that the program gets as its fourth, such as the pod's namespace. */
  readonly descriptor?: number | undefined;
  /** A lock that the program holds too, as its fifth file. */
  readonly lock?: number | undefined;
  /** It happens when the program is not wanted any more: then it is killed. */
  readonly interrupted?: Interruption | undefined;
  /** It gets a process group of its own, all of which is killed with it: a program that may start others. */
  readonly group?: boolean;
  /** The whole environment; without it, a minimal one. */
  readonly variables?: Variables;
}

/** The environment of the node's own programs: no locale, no variable of the caller. */
export const minimalVariables = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } as const;

/** Bytes of output that are kept of one command; more is a failure. */
export const outputLimit = 8 * 1024 * 1024;

/** A running program that can be killed. */
export type Killable = Pick<Program, 'kill'>;
