/** An `error`: it fails the sandbox. A `warning`: it starts without something. A `note`: worth knowing, no finding. */
export type Severity = 'error' | 'note' | 'warning';

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
