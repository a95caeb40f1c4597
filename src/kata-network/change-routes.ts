import * as core from '../attach/client.ts';
import type { DanEntry } from '../dan/encode.ts';
import { encodeRoute } from '../dan/encode.ts';
import type { GuestFault, GuestInterface } from '../model/guest.ts';
import { addedFaults } from '../dan/guest-entry.ts';
import { guestErrors } from '../dan/guest-texts.ts';
import { withChanged } from '../dan/merge.ts';
import { changeEntries } from '../dan/store.ts';
import { parseInterfaceAddress } from '../model/cidr.ts';
import { danError } from '../model/error.ts';
import { type Change, changeSandbox } from './change.ts';
import { type FileRoute, isSelected, routesOf, withRoutes } from './file-routes.ts';
import { type AddedInterface, interfacesOf } from './interfaces.ts';
import { reader } from './plan-interface.ts';
import type { GivenRoute } from './requests/given.ts';
import type { RequestedRoute, RouteSelection } from './requests/route-request.ts';

/** An interface with the routes that it is to have. */
interface ChangedRoutes {
  readonly added: AddedInterface;
  readonly routes: readonly FileRoute[];
}

/**
 * Gives interfaces of a sandbox that does not run routes: all of them or none. Throws `not-found`, `duplicate-route`,
 * `second-default-route`, `mtu-too-small-for-ipv6`, and `invalid-configuration` for a gateway that is the guest itself.
 */
export async function addRoutes(change: Change, requests: readonly RequestedRoute[]): Promise<void> {
  await changeSandbox(change, (_site, undo) => {
    const there = interfacesOf(change.sandbox);
    const wanted = requests.map((request) => ({ request, added: interfaceOf(request, change.sandbox, there) }));
    const changed = there.flatMap((added) => {
      const its = wanted.filter((route) => route.added === added);
      const routes = [...routesOf(added), ...its.map(({ request }) => fileRoute(request, added))];
      return its.length === 0 ? [] : [{ added, routes }];
    });
    refuseFaults(changed);
    // A record has how routes were written: it knows more than it needs to, never less.
    writeRecords(changed, undo);
    writeEntries(changed, undo);
  });
}

/**
 * Takes every route that is meant from the interfaces of a sandbox that does not run, and returns them. Throws `not-found`
 * where one of the selections means none; then nothing is changed.
 */
export async function delRoutes(change: Change, selections: readonly RouteSelection[]): Promise<readonly GivenRoute[]> {
  return await changeSandbox(change, (_site, undo) => {
    const there = interfacesOf(change.sandbox).map((added) => ({ added, routes: routesOf(added) }));
    const all = there.flatMap(({ routes }) => routes);
    const useless = selections.find((selection) => !all.some((route) => isSelected(selection, route)));
    if (useless !== undefined) throw noRoute(change.sandbox, useless);
    const selected = all.filter((route) => selections.some((selection) => isSelected(selection, route)));
    const changed = there
      .filter(({ routes }) => routes.some((route) => selected.includes(route)))
      .map(({ added, routes }) => ({ added, routes: routes.filter((route) => !selected.includes(route)) }));
    writeEntries(changed, undo);
    writeRecords(changed, undo);
    return selected.map(({ given }) => given);
  });
}

function interfaceOf({ device }: RequestedRoute, sandbox: string, there: readonly AddedInterface[]): AddedInterface {
  const found = there.find(({ record }) => record.ifname === device);
  if (found !== undefined) return found;
  throw danError(
    'not-found',
    `sandbox ${sandbox} has no interface "${device}" that was added by "dan kata-network add-iface", so the route would ` +
      "lead nowhere: add the interface first; what CNI added is CNI's",
  );
}

function noRoute(sandbox: string, { text }: RouteSelection): Error {
  return danError(
    'not-found',
    `sandbox ${sandbox} has no route ${text} that was added by "dan kata-network add-route": "dan kata-network ` +
      `list-routes ${sandbox}" shows those it has`,
  );
}

function refuseFaults(changed: readonly ChangedRoutes[]): void {
  for (const inFile of Map.groupBy(changed, ({ added }) => added.file).values()) {
    const [one] = inFile;
    if (one === undefined) continue;
    const { document } = one.added;
    const isChanged = ({ name }: GuestInterface): boolean => inFile.some(({ added }) => added.record.ifname === name);
    // What an interface has already is said of the other one, whichever comes first in the file.
    const faults = addedFaults(document, withChanged(document, changedEntries(inFile))).map((fault) =>
      isChanged(fault.on) || !isShared(fault) ? fault : { ...fault, on: fault.other, other: fault.on },
    );
    const [error] = guestErrors(faults);
    if (error !== undefined) throw error;
  }
}

function isShared({ of }: GuestFault): boolean {
  return of === 'route-taken' || of === 'default-route-taken';
}

function fileRoute({ given, route }: RequestedRoute, { record }: AddedInterface): FileRoute {
  const { IPAddresses } = record.clientData.interface;
  const addresses = IPAddresses.flatMap(({ Address, Mask }): readonly core.GuestAddress[] => {
    const parsed = parseInterfaceAddress(`${Address}/${Mask}`);
    return parsed.ok ? [{ address: parsed.value }] : [];
  });
  const [planned = { ...route, onlink: false }] = core.planRoutes({ addresses, routes: [route], defaultRoute: true });
  return { given, route: { ...encodeRoute(reader, planned) } };
}

// The file alone says which routes there are.
function writeEntries(changed: readonly ChangedRoutes[], undo: core.Undo): void {
  for (const [file, inFile] of Map.groupBy(changed, ({ added }) => added.file)) {
    const entries = inFile.map(({ added: { record, entry } }) => ({ ...ownerOf(record), entry }));
    undo.add(`put the routes of ${file} back`, () => {
      changeEntries(file, entries);
    });
    changeEntries(file, changedEntries(inFile));
  }
}

function changedEntries(changed: readonly ChangedRoutes[]): Parameters<typeof changeEntries>[1] {
  return changed.map((one) => ({ ...ownerOf(one.added.record), entry: entryWith(one) }));
}

function writeRecords(changed: readonly ChangedRoutes[], undo: core.Undo): void {
  for (const one of changed) {
    const { record } = one.added;
    undo.add(`write the record of "${record.ifname}" as it was`, () => {
      core.writeRecord(record);
    });
    const clientData = { ...record.clientData, routes: one.routes.map(({ given }) => given) };
    core.writeRecord({ ...record, clientData, entry: entryWith(one) as unknown as DanEntry });
  }
}

function ownerOf({ network, ifname }: AddedInterface['record']): { readonly network: string; readonly ifname: string } {
  return { network, ifname };
}

// Whatever somebody edited in an entry of ours stays as it is.
function entryWith({ added: { entry }, routes }: ChangedRoutes): AddedInterface['entry'] {
  return withRoutes(
    entry,
    routes.map(({ route }) => route),
  );
}
