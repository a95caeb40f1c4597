import { readFileSync } from 'node:fs';

/** What a reader made of a file, as recorded. */
interface Recording {
  readonly file: string;
  readonly accepted: boolean;
  readonly error?: string;
  readonly devices?: readonly Device[];
}

interface Device {
  readonly silently_dropped?: Readonly<Record<string, number>>;
  readonly dropped_neighbors?: number;
  readonly guest_agent?: Readonly<Record<string, readonly { readonly error?: string }[]>>;
}

/** A file and what both readers made of it. */
export interface RecordedCase {
  readonly case: string;
  readonly 'runtime-rs': Recording;
  readonly go: Recording;
}

/** All recordings. */
export const recordings = (
  JSON.parse(readFileSync(new URL('../../reader/reader-cases.json', import.meta.url), 'utf8')) as {
    readonly cases: readonly RecordedCase[];
  }
).cases;

/** How a reader deals with a file, in one word; and the error, or what was dropped. */
export interface Outcome {
  readonly word: 'dropped' | 'fails' | 'taken';
  readonly remark: string;
}

/** The outcome of a recording. What the guest agent refuses fails the sandbox, too. */
export function outcomeOf({ accepted, error = '', devices = [] }: Recording): Outcome {
  if (!accepted) return { word: 'fails', remark: error };
  for (const { guest_agent: agent = {}, silently_dropped: dropped = {}, dropped_neighbors: neighbors = 0 } of devices) {
    const refusal = Object.values(agent)
      .flat()
      .find((answer) => answer.error !== undefined);
    if (refusal?.error !== undefined) return { word: 'fails', remark: `in the guest agent: ${refusal.error}` };
    const lost = Object.entries({ ...dropped, neighbors }).filter(([, count]) => count > 0);
    if (lost.length > 0) {
      return { word: 'dropped', remark: lost.map(([what, count]) => `${what}: ${count}`).join(', ') };
    }
  }
  return { word: 'taken', remark: '' };
}
