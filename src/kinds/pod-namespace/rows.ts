import { linkRows } from './link-rows.ts';
import { routeRows } from './route-rows.ts';

/**
 * Everything that may be in the pod's namespace when dan takes over a link there, and what dan does about it. ADD,
 * CHECK, `dan validate` and `dan doctor` use this table, and docs/pod-namespace.md is generated from it.
 */
export const rows = { ...routeRows, ...linkRows } as const;

/** The name of a row. */
export type RowName = keyof typeof rows;

/** The rows that apply to only one kind of device. */
export type UnfitRow = 'lease-lost' | 'passthru-on-macvlan';

/** The rows for which dan refuses something in a namespace, or warns about it. */
export type FoundRow = {
  [Name in RowName]: (typeof rows)[Name] extends { readonly next: string } ? Name : never;
}[RowName];
