import type { Finished } from '../../host/command.ts';
import type { Interruption } from '../../protocol/interruption.ts';

/** A program that works where a sandbox's network is. */
type Program = 'conntrack' | 'ipvsadm';

/** A program with its arguments, all of them checked: none needs quoting in any shell that it may pass. */
export interface Call {
  readonly program: Program;
  readonly words: readonly string[];
  /** What it reads on its standard input; without it, that is empty. */
  readonly input?: string;
  /** How long it may take. */
  readonly seconds: number;
  /** Tells when it is not wanted any more; left out where it must come to its end. */
  readonly interrupted?: Interruption;
}

/** Runs a program where a sandbox's network is. An exit code is a value; throws a `CniError` where it cannot be run. */
export type RunInSandbox = (call: Call) => Promise<Finished>;
