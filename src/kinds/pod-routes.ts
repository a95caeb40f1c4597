import type { PodView } from '../model/pod-view.ts';

/**
 * The routes of a link in the pod that a plugin or a user added, in the form of `ip`: without those that the kernel
 * makes for addresses, and without those that a router advertises.
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
 * How a link's routes differ from those that ADD found. Multus, for instance, moves the default route after the ADDs of
 * all networks. With `taken`, the device has taken the link's routes, so only new ones are faults.
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
