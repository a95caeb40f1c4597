import { linkRows } from './link-rows.ts';
import { routeRows } from './route-rows.ts';

/**
 * All that may be in the pod's namespace when dan takes over a link of it, and what becomes of it. ADD, CHECK, `dan validate`
 * and `dan doctor` go by this table, and docs/pod-namespace.md is made from it.
 */
export const rows = { ...routeRows, ...linkRows } as const;

/** The name of a row. */
export type RowName = keyof typeof rows;

/** The names of those that hold of one kind of device alone. */
export type UnfitRow = 'lease-lost' | 'passthru-on-macvlan';

/** The names of the rows that something in a namespace is refused or warned of by. */
export type FoundRow = {
  [Name in RowName]: (typeof rows)[Name] extends { readonly next: string } ? Name : never;
}[RowName];
