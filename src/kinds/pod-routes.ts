import type { PodView } from '../model/pod-view.ts';

/**
 * The routes of a link in the pod that somebody gave it, as `ip` has them: not those that the kernel makes for addresses, and
 * not those that a router advertises.
 */
export function podRoutes(link: string, { routes }: Pick<PodView, 'routes'>): readonly string[] {
  return routes
    .filter(
      ({ links, table, protocol, expires = false }) =>
        links.includes(link) && table === 'main' && !expires && !['kernel', 'ra', 'redirect'].includes(protocol),
    )
    .map(({ destination, family, gateway }) => {
      const all = family === 4 ? '0.0.0.0/0' : '::/0';
      return [destination === 'default' ? all : destination, ...(gateway === undefined ? [] : ['via', gateway])].join(
        ' ',
      );
    });
}

/**
 * What of a link's routes is not as ADD found it: Multus, for one, moves the default route after the ADDs of all networks.
 * `taken`: the device has taken the link's routes, and only new ones say something.
 */
export function podRouteFaults(
  link: string,
  {
    before,
    now,
    taken,
  }: { readonly before: readonly string[]; readonly now: readonly string[]; readonly taken: boolean },
): readonly string[] {
  const where = `${link} in the pod's namespace`;
  const [had, has] = [new Set(before), new Set(now)];
  const came = now.filter((route) => !had.has(route));
  const gone = taken ? [] : before.filter((route) => !has.has(route));
  return [
    ...came.map(
      (route) =>
        `${where} has the route ${route} since ADD, and the guest has not: have the network's plugins or "routes" give it`,
    ),
    ...gone.map((route) => `${where} no longer has the route ${route}, which it had when the guest got its routes`),
  ];
}
