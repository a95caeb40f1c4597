/** What a place shows, and what of it could not be read, as sentences. */
export interface Seen<T> {
  readonly found: readonly T[];
  readonly faults: readonly string[];
}

/** Looks at a place. One that is unreadable is a fault then, and no reason not to look at the others. */
export async function look<T>(place: () => Promise<readonly T[]> | readonly T[]): Promise<Seen<T>> {
  return await lookAll(async () => ({ found: await place(), faults: [] }));
}

/** As {@link look}, for a place of which parts may be unreadable. */
export async function lookAll<T>(place: () => Promise<Seen<T>> | Seen<T>): Promise<Seen<T>> {
  try {
    return await place();
  } catch (error) {
    return { found: [], faults: [error instanceof Error ? error.message : String(error)] };
  }
}

/** What several places show together. */
export function together<T>(seen: readonly Seen<T>[]): Seen<T> {
  return { found: seen.flatMap(({ found }) => found), faults: seen.flatMap(({ faults }) => faults) };
}
