import type { Finished } from '../../host/command.ts';
import type { Interruption } from '../../protocol/interruption.ts';

/** A program that runs in a sandbox's network. */
type Program = 'conntrack' | 'ipvsadm';

/** A program with its arguments. All of them are checked, so none needs quoting in any shell on the way. */
export interface Call {
  readonly program: Program;
  readonly words: readonly string[];
  /** Its standard input; empty if left out. */
  readonly input?: string;
  /** The time limit for it. */
  readonly seconds: number;
  /** Interrupts it; left out if it must run to its end. */
  readonly interrupted?: Interruption;
}

/** Runs a program in a sandbox's network. An exit code is a value. Throws a `CniError` if the program cannot be run. */
export type RunInSandbox = (call: Call) => Promise<Finished>;
