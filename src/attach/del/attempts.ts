import { CniError } from '../../protocol/error.ts';

/** One thing to remove; all are attempted, whatever becomes of the others. */
export type Attempt = () => Promise<void> | void;

/** Makes every attempt, in order. Throws the first failure, with the others in its details, after all were made. */
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
