import { messageOf } from '../../json/thrown.ts';

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
  /** The links of a namespace; of the host without `netns`. */
  | { readonly of: 'links'; readonly netns: string | undefined }
  /** The database of an Open vSwitch. */
  | { readonly of: 'ovs'; readonly database: string };

/** A place that could not be read, so that its content is unknown. */
export type PlaceFault =
  | (Place & {
      /** Why reading failed, as a sentence that names the place. */
      readonly why: string;
    })
  /** A record that was read, but that dan did not write. */
  | { readonly of: 'record'; readonly file: string; readonly why: undefined };

/** What a place shows, and which parts of it could not be read. */
export interface Seen<T> {
  readonly found: readonly T[];
  readonly faults: readonly PlaceFault[];
}

/** The fault of a place whose reading threw an error. */
export function faultOf(place: Place, error: unknown): PlaceFault {
  return { ...place, why: messageOf(error) };
}
