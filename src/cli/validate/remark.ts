import type { Severity } from '../severity.ts';

/** What there is to say about a document. */
export interface Remark {
  readonly severity: Severity;
  /** The place in the document, like `devices[0]`; empty for the whole of it. */
  readonly where: string;
  readonly text: string;
  /** The name of the error with which ADD refuses it, for `dan explain`. */
  readonly error?: string;
}

/** A function that makes remarks about one place. */
export function remarksAt(where: string): (severity: Severity, text: string) => Remark {
  return (severity, text) => ({ severity, where, text });
}
