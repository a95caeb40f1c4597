import type { Meaning } from './text/paint.ts';

/** `error`: pods fail, or lose their network. `warning`: some pods do, or lack something. `note`: worth knowing. */
export type Severity = 'error' | 'note' | 'warning';

/** The meaning of each color. */
export const meanings = { error: 'bad', warning: 'warning', note: 'strong' } as const satisfies Record<
  Severity,
  Meaning
>;

/** The number of items of each severity. */
export function countsOf(all: readonly { readonly severity: Severity }[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity): number => all.filter((one) => one.severity === severity).length;
  return { error: count('error'), warning: count('warning'), note: count('note') };
}
