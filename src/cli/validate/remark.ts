import type { Severity } from '../severity.ts';

/** A remark about a document. */
export interface Remark {
  readonly severity: Severity;
  /** The place in the document, like `devices[0]`; empty for the whole document. */
  readonly where: string;
  readonly text: string;
  /** The name of the error with which ADD refuses it, for `dan explain`. */
  readonly error?: string;
}

/** The most remarks that are shown. The rest is only counted. */
export const mostRemarks = 100;

/** The first remarks, and one that counts the rest, with the severity of the worst of them. */
export function firstRemarks(all: readonly Remark[]): readonly Remark[] {
  const others = all.slice(mostRemarks);
  if (others.length === 0) return all;
  const severity = (['error', 'warning', 'note'] as const).find((one) =>
    others.some((other) => other.severity === one),
  );
  return [...all.slice(0, mostRemarks), { severity: severity ?? 'note', where: '', text: `and ${others.length} more` }];
}

/** A function that makes remarks about one place. */
export function remarksAt(where: string): (severity: Severity, text: string) => Remark {
  return (severity, text) => ({ severity, where, text });
}
