import type { Reason } from '../../src/reader/verdict.ts';

/** The reasons of a refusal as one text. */
export function reasonsText(refusals: readonly Reason[]): string {
  return refusals.map(({ where, why }) => (where === '' ? why : `${where}: ${why}`)).join('; ');
}
