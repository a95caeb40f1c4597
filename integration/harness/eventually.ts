import { setTimeout as delay } from 'node:timers/promises';

/**
 * Repeats a question until it has an answer, for things that send no event. Returns the answer of `ask`; `undefined` or
 * an error means "not yet". Throws with the last reason when the time is over.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  { seconds = 20, signal }: { readonly seconds?: number; readonly signal?: AbortSignal } = {},
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    let reason = '';
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    signal?.throwIfAborted();
    if (Date.now() > end) throw new Error(`${what} did not come within ${seconds} s${reason}`);
    await delay(20);
  }
}
