import { danError } from '../model/error.ts';
import { type Change, changeSandbox } from './change.ts';
import { changeRoutes } from './change-routes.ts';
import { isSelected, routesOf } from './file-routes.ts';
import type { GivenRoute } from './requests/given.ts';
import { interfacesOf } from './interfaces.ts';
import type { RouteSelection } from './requests/route-request.ts';

/**
 * Takes every route that is meant from the interfaces of a sandbox that does not run, and returns them. Throws `not-found`
 * where one of the selections means none; then nothing is changed.
 */
export async function delRoutes(change: Change, selections: readonly RouteSelection[]): Promise<readonly GivenRoute[]> {
  return await changeSandbox(change, (_site, undo) => {
    const there = interfacesOf(change.sandbox).map((one) => ({ interface: one, routes: routesOf(one) }));
    const all = there.flatMap(({ routes }) => routes);
    const useless = selections.find((selection) => !all.some((route) => isSelected(selection, route)));
    if (useless !== undefined) throw noRoute(change.sandbox, useless);
    const selected = all.filter((route) => selections.some((selection) => isSelected(selection, route)));
    const changed = there
      .map((one) => ({ ...one, left: one.routes.filter((route) => !selected.includes(route)) }))
      .filter(({ routes, left }) => left.length < routes.length)
      .map(({ left, ...one }) => ({ ...one, routes: left }));
    changeRoutes(changed, 'remove', undo);
    return Promise.resolve(selected.map(({ given }) => given));
  });
}

function noRoute(sandbox: string, { text }: RouteSelection): Error {
  return danError(
    'not-found',
    `sandbox ${sandbox} has no route ${text} that was added by "dan kata-network add-route": "dan kata-network ` +
      `list-routes ${sandbox}" shows those it has`,
  );
}
