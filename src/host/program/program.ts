import type { Variables } from '../../protocol/environment.ts';
import type { Interruption } from '../../protocol/interruption.ts';
import type { ProgramOptions } from '../system/system.ts';

/** How a command ended. A signal counts as exit code -1. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface CommandOptions extends Pick<ProgramOptions, 'descriptor' | 'group' | 'lock'> {
  readonly timeoutSeconds: number;
  readonly input?: string | Uint8Array | undefined;
  /** A file that the program reads as its standard input, instead of `input`. */
  readonly inputFile?: number;
  /** How output becomes text; `latin1` keeps every byte. */
  readonly encoding?: 'utf8' | 'latin1';
  /** It happens when the program is not wanted any more: then it is killed. */
  readonly interrupted?: Interruption | undefined;
  /** The whole environment; without it, a minimal one. */
  readonly variables?: Variables;
}

/** The environment of the node's own programs: no locale, no variable of the caller. */
export const minimalVariables = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } as const;

/** Bytes of output that are kept of one command; more is a failure. */
export const outputLimit = 8 * 1024 * 1024;
