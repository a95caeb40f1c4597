import { messageOf } from '../../protocol/error.ts';

/** A place where attachments show, or a part of one. */
export type Place =
  /** The directory of records. */
  | { readonly of: 'records' }
  | { readonly of: 'record'; readonly file: string }
  /** A directory of DAN files. */
  | { readonly of: 'dan-directory'; readonly directory: string }
  | { readonly of: 'dan-file'; readonly file: string }
  /** The directories of named namespaces. */
  | { readonly of: 'namespaces' }
  /** The links of a namespace; without `netns` those of the host. */
  | { readonly of: 'links'; readonly netns: string | undefined }
  /** The database of an Open vSwitch. */
  | { readonly of: 'ovs'; readonly database: string };

/** A place that could not be read: what is there is not known. */
export type PlaceFault =
  | (Place & {
      /** What the reading failed with, as a sentence that names the place. */
      readonly why: string;
    })
  /** A record that was read, and is none that dan wrote. */
  | { readonly of: 'record'; readonly file: string; readonly why: undefined };

/** What a place shows, and what of it could not be read. */
export interface Seen<T> {
  readonly found: readonly T[];
  readonly faults: readonly PlaceFault[];
}

/** Looks at a place. One that is unreadable is a fault then, and no reason not to look at the others. */
export async function look<T>(place: Place, work: () => Promise<readonly T[]> | readonly T[]): Promise<Seen<T>> {
  return await lookAll(place, async () => ({ found: await work(), faults: [] }));
}

/** As {@link look}, for a place of which parts may be unreadable. */
export async function lookAll<T>(place: Place, work: () => Promise<Seen<T>> | Seen<T>): Promise<Seen<T>> {
  try {
    return await work();
  } catch (error) {
    return { found: [], faults: [faultOf(place, error)] };
  }
}

/** The fault of a place of which the reading threw. */
export function faultOf(place: Place, error: unknown): PlaceFault {
  return { ...place, why: messageOf(error) };
}

/** What several places show together. */
export function together<T>(seen: readonly Seen<T>[]): Seen<T> {
  return { found: seen.flatMap(({ found }) => found), faults: seen.flatMap(({ faults }) => faults) };
}
