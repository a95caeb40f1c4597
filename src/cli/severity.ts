import type { Meaning } from './text/paint.ts';

/** An `error`: pods fail, or lose their network. A `warning`: some do, or go without something. A `note`: worth knowing. */
export type Severity = 'error' | 'note' | 'warning';

/** What the colour of each says. */
export const meanings = { error: 'bad', warning: 'warning', note: 'strong' } as const satisfies Record<
  Severity,
  Meaning
>;

/** How many there are of each severity. */
export function countsOf(all: readonly { readonly severity: Severity }[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity): number => all.filter((one) => one.severity === severity).length;
  return { error: count('error'), warning: count('warning'), note: count('note') };
}
