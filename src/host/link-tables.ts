import type { InterfaceName } from '../model/interface-name.ts';
import type { PodView, SavedRoutes } from '../model/pod-view.ts';

/** A routing table of one family. */
export type LinkTable = Pick<SavedRoutes, 'family' | 'table'>;

/**
 * The tables whose routes over a link disappear with its addresses, the main ones first: when a link loses its last
 * IPv4 address, the kernel removes its routes from every table. The kernel itself makes the routes in `local`.
 */
export function tablesOf(link: InterfaceName, { routes }: PodView): readonly LinkTable[] {
  const tables = new Map<string, LinkTable>();
  for (const family of [4, 6] as const) tables.set(`${family} main`, { family, table: 'main' });
  for (const { family, table, links } of routes) {
    // A route over several links disappears with the first of them, and belongs to no single link.
    if (links.length === 1 && links[0] === link && table !== 'local')
      tables.set(`${family} ${table}`, { family, table });
  }
  return [...tables.values()];
}
