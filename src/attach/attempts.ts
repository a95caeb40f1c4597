import { CniError, messageOf } from '../protocol/error.ts';

/** Something to remove or to take back. */
type Attempt = () => Promise<void> | void;

/** What to read about what could not be removed or undone. */
export const whereLeft = 'what is left shows in "dan list --orphans"';

/**
 * Makes every attempt, in order, whatever becomes of the others. Throws the first failure, with the others in its
 * details, after all were made.
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

/** What an ADD must take back if it fails. A step registers its undo before it starts. */
export class Undo {
  readonly #steps: Step[] = [];

  /**
   * Registers how a step is undone; `what` completes "could not ...". `otherwise` says what becomes of it if that fails,
   * where it is more than that a DEL tries again.
   */
  add(what: string, run: Attempt, otherwise?: string): void {
    this.#steps.push({ what, run, otherwise, ifClean: false });
  }

  /** Registers what is undone only if all later steps were: the record, which a DEL needs for what is left. */
  addIfClean(what: string, run: Attempt): void {
    this.#steps.push({ what, run, ifClean: true });
  }

  /**
   * Takes every step back, the last first. One that fails does not stop the others; returns what failed. What it failed
   * of is not said again where that is `cause`, of which ADD failed.
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
