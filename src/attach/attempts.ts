import { messageOf } from '../json/thrown.ts';
import { CniError } from '../protocol/error.ts';

/** Removes or undoes something. */
type Attempt = () => Promise<void> | void;

/** Tells users where to find what could not be removed or undone. */
export const whereLeft = 'what is left shows in "dan list --orphans"';

/**
 * Makes every attempt, in order, even if others fail. Afterwards throws the first failure, with the others in its
 * details.
 */
export async function attemptAll(attempts: readonly Attempt[]): Promise<void> {
  const failures: Error[] = [];
  for (const attempt of attempts) {
    try {
      await attempt();
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  const [first, ...others] = failures;
  if (first === undefined) return;
  throw first instanceof CniError ? first.withDetails(others.map(({ message }) => message)) : first;
}

/** How a step is undone. */
interface Step {
  readonly what: string;
  readonly run: Attempt;
  readonly otherwise?: string | undefined;
  readonly ifClean: boolean;
}

/** What an ADD must undo if it fails. A step registers its undo before it starts. */
export class Undo {
  readonly #steps: Step[] = [];

  /**
   * Registers how a step is undone. `what` completes "could not ...". `otherwise` says what a failure of the undo leads
   * to if that is more than a retry by the next DEL.
   */
  add(what: string, run: Attempt, otherwise?: string): void {
    this.#steps.push({ what, run, otherwise, ifClean: false });
  }

  /** Registers a step that is undone only if all later steps were: the record, which a DEL needs to remove the rest. */
  addIfClean(what: string, run: Attempt): void {
    this.#steps.push({ what, run, ifClean: true });
  }

  /**
   * Undoes every step, the last first. A failed undo does not stop the others; the failures are returned. A reason that
   * equals `cause`, the failure of the ADD, is not repeated.
   */
  async run(cause?: unknown): Promise<readonly string[]> {
    const failures: string[] = [];
    for (const { what, run, otherwise, ifClean } of this.#steps.toReversed()) {
      if (ifClean && failures.length > 0) continue;
      try {
        await run();
      } catch (error) {
        const why = messageOf(error);
        const failure = `could not ${what}${why === messageOf(cause) ? ', for the same reason' : `: ${why}`}`;
        failures.push(otherwise === undefined ? failure : `${failure}; ${otherwise}`);
      }
    }
    this.#steps.length = 0;
    return failures;
  }
}
