import { messageOf } from '../../protocol/error.ts';

/** How to take one step back, and its name for the one who reads that it failed. */
interface UndoStep {
  readonly what: string;
  readonly run: () => Promise<void> | void;
  /** Only if everything after it was taken back. */
  readonly ifClean: boolean;
}

/** What an ADD must take back if it fails. A step registers its undo before it starts. */
export class Undo {
  readonly #steps: UndoStep[] = [];

  /** Registers how a step is taken back; `what` completes "could not ...". */
  add(what: string, run: () => Promise<void> | void): void {
    this.#steps.push({ what, run, ifClean: false });
  }

  /** Registers what is taken back only if all later steps were: the record, which a DEL needs for what is left. */
  addIfClean(what: string, run: () => Promise<void> | void): void {
    this.#steps.push({ what, run, ifClean: true });
  }

  /** Takes every step back, the last first. One that fails does not stop the others; returns what failed. */
  async run(): Promise<readonly string[]> {
    const failures: string[] = [];
    for (const { what, run, ifClean } of this.#steps.toReversed()) {
      if (ifClean && failures.length > 0) continue;
      try {
        await run();
      } catch (error) {
        failures.push(`could not ${what}: ${messageOf(error)}`);
      }
    }
    this.#steps.length = 0;
    return failures;
  }
}
