import { readFileSync } from 'node:fs';

/** A reader's answer to a file, as recorded. */
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

/** A file and the answers of both readers. */
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

/** A reader's verdict on a file, and the error, or what was dropped. */
export interface Outcome {
  readonly word: 'accepted' | 'dropped' | 'rejected';
  readonly remark: string;
}

/** The outcome of a recording. If the guest agent refuses a value, the sandbox fails, too. */
export function outcomeOf({ accepted, error = '', devices = [] }: Recording): Outcome {
  if (!accepted) return { word: 'rejected', remark: error };
  for (const { guest_agent: agent = {}, silently_dropped: dropped = {}, dropped_neighbors: neighbors = 0 } of devices) {
    const refusal = Object.values(agent)
      .flat()
      .find((answer) => answer.error !== undefined);
    if (refusal?.error !== undefined) return { word: 'rejected', remark: `in the guest agent: ${refusal.error}` };
    const lost = Object.entries({ ...dropped, neighbors }).filter(([, count]) => count > 0);
    if (lost.length > 0) {
      return { word: 'dropped', remark: lost.map(([what, count]) => `${what}: ${count}`).join(', ') };
    }
  }
  return { word: 'accepted', remark: '' };
}
