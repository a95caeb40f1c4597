import * as core from '../attach/client.ts';
import type { DanEntry } from '../dan/encode.ts';
import { encodeRoute } from '../dan/encode.ts';
import type { GuestFault, GuestInterface } from '../model/guest.ts';
import { addedFaults } from '../dan/guest-entry.ts';
import { type Cures, guestErrors } from '../dan/guest-texts.ts';
import { withChanged } from '../dan/merge.ts';
import { changeEntries } from '../dan/store.ts';
import { elementsIn, isObject, type JsonObject, objectIn, stringIn } from '../json/object.ts';
import { cidrText, type InterfaceAddress, parseDestination, parseInterfaceAddress } from '../model/cidr.ts';
import { danError } from '../model/error.ts';
import { type Change, changeSandbox } from './change.ts';
import { parseMac } from '../model/mac.ts';
import type { Route } from '../model/route.ts';
import { type AddedInterface, type InterfaceRecord, interfacesOf, kataNetworkName } from './interfaces.ts';
import { reader } from './plan-interface.ts';
import { type GivenRoute, type RequestedRoute, readRoute, type RouteSelection } from './requests/route-request.ts';

/** A route of the sandbox's file, and how it was given. */
export interface FileRoute {
  readonly given: GivenRoute;
  /** As it is in the file. */
  readonly route: JsonObject;
}

/** The routes of an interface in the sandbox's file. A route that someone else wrote there is returned verbatim. */
export function routesOf({ record, entry }: Pick<AddedInterface, 'entry' | 'record'>): readonly FileRoute[] {
  const device = record.ifname;
  const known = new Map(record.clientData.routes.map((given) => [keyOf(given), given]));
  return elementsIn(objectIn(entry['network_info'])['routes'])
    .filter(isObject)
    .map((route) => {
      const [dest = '', gateway = ''] = [stringIn(route['dest']), stringIn(route['gateway'])];
      return { route, given: known.get(`${dest} ${gateway}`) ?? { dest, gateway, device } };
    });
}

/** An interface with changed routes: its new entry, and how the routes were given. */
interface Rerouted<Added> {
  readonly added: Added;
  readonly entry: JsonObject;
  readonly given: readonly GivenRoute[];
}

/** An interface with other routes. Manual edits of its entry stay. */
export function withRoutes<Added extends Pick<AddedInterface, 'entry'>>(
  added: Added,
  routes: readonly FileRoute[],
): Rerouted<Added> {
  const network_info = { ...objectIn(added.entry['network_info']), routes: routes.map(({ route }) => route) };
  return { added, entry: { ...added.entry, network_info }, given: routes.map(({ given }) => given) };
}

/** Whether a selection selects a route of an interface. */
export function isSelected({ dst, gw, device }: RouteSelection, { given, route }: FileRoute): boolean {
  const network = parseDestination(route['dest']);
  return (
    network.ok &&
    (dst === 'default' ? network.value.prefix === 0 : cidrText(dst) === cidrText(network.value)) &&
    (gw === undefined || gw.text === route['gateway']) &&
    (device === undefined || device === given.device)
  );
}

function keyOf(given: GivenRoute): string {
  const { dst, gw } = readRoute({ ...given }).route;
  return `${cidrText(dst)} ${gw?.text ?? ''}`;
}

/**
 * Adds routes to interfaces of a sandbox: all of them or none. A running guest gets them through its agent. Throws
 * `not-found`, `duplicate-route`, `second-default-route`, `mtu-too-small-for-ipv6`, and `invalid-configuration` if a
 * gateway is the guest itself.
 */
export async function addRoutes(change: Change, requests: readonly RequestedRoute[]): Promise<void> {
  await changeSandbox(change, async ({ undo, running, site: { timeoutSeconds } }) => {
    const there = interfacesOf(change.sandbox);
    const wanted = requests.map((request) => ({ request, added: interfaceOf(request, change.sandbox, there) }));
    const changed = there.flatMap((added) => {
      const its = wanted.filter((route) => route.added === added);
      const routes = [...routesOf(added), ...its.map(({ request }) => fileRoute(request, added))];
      return its.length === 0 ? [] : [withRoutes(added, routes)];
    });
    refuseFaults(changed);
    if (running !== undefined) {
      for (const { added } of changed) {
        const routes = wanted.filter((one) => one.added === added).map(({ request }) => plannedRoute(request, added));
        // If some of them fail, the guest has only its earlier routes.
        if (added.record.plugged !== undefined)
          undo.add(`take routes from "${added.record.ifname}"`, () => setUpAgain(running, added, timeoutSeconds));
        // The interface's other routes and its link stay.
        await core.inGuest(running, timeoutSeconds, (agent) => agent.updateRoutes(added.record.ifname, routes));
      }
    }
    // Records, which keep how routes were given, come first: they may have a route too many, never one too few.
    writeRecords(changed, undo);
    writeEntries(changed, undo);
  });
}

/**
 * Removes every selected route from the interfaces of a sandbox, and returns them. An agent cannot remove routes: in a
 * running sandbox, it sets the interface up again with the remaining routes. If a selection matches no route, throws
 * `not-found`; if an interface has had its routes since the sandbox started, throws `sandbox-runs`. In both cases
 * nothing is changed.
 */
export async function delRoutes(change: Change, selections: readonly RouteSelection[]): Promise<readonly GivenRoute[]> {
  return await changeSandbox(change, async ({ undo, running, site: { timeoutSeconds } }) => {
    const there = interfacesOf(change.sandbox).map((added) => ({ added, routes: routesOf(added) }));
    const all = there.flatMap(({ routes }) => routes);
    const useless = selections.find((selection) => !all.some((route) => isSelected(selection, route)));
    if (useless !== undefined) throw noRoute(change.sandbox, useless);
    const selected = all.filter((route) => selections.some((selection) => isSelected(selection, route)));
    const changed = there
      .filter(({ routes }) => routes.some((route) => selected.includes(route)))
      .map(({ added, routes }) =>
        withRoutes(
          added,
          routes.filter((route) => !selected.includes(route)),
        ),
      );
    if (running !== undefined) {
      const kept = changed.find(({ added }) => added.record.plugged === undefined);
      if (kept !== undefined) throw core.guestKeeps(running, `the routes of "${kept.added.record.ifname}"`);
      for (const { added, entry } of changed) {
        undo.add(`give "${added.record.ifname}" its routes back`, () => setUpAgain(running, added, timeoutSeconds));
        await setUpAgain(running, { ...added, entry }, timeoutSeconds);
      }
    }
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

const cures: Cures = {
  'default-route-taken':
    'leave it out, or take the other one away first: with del-route, or with "defaultRoute": false in its network if CNI ' +
    'added it',
  'route-taken': 'leave it out, or take the other one away first with del-route, if add-route gave it',
};

function refuseFaults(changed: readonly Rerouted<AddedInterface>[]): void {
  for (const inFile of Map.groupBy(changed, ({ added }) => added.file).values()) {
    const [one] = inFile;
    if (one === undefined) continue;
    const { document } = one.added;
    const isChanged = ({ name }: GuestInterface): boolean => inFile.some(({ added }) => added.record.ifname === name);
    // A fault that two interfaces share is reported for the one with the new route, whichever comes first in the file.
    const faults = addedFaults(document, withChanged(document, inFile.map(changedEntry))).map((fault) =>
      isChanged(fault.on) || !isShared(fault) ? fault : { ...fault, on: fault.other, other: fault.on },
    );
    const [error] = guestErrors(faults, cures);
    if (error !== undefined) throw error;
  }
}

function isShared({ of }: GuestFault): boolean {
  return of === 'route-taken' || of === 'default-route-taken';
}

function fileRoute(request: RequestedRoute, added: AddedInterface): FileRoute {
  return { given: request.given, route: { ...encodeRoute(reader, plannedRoute(request, added)) } };
}

function plannedRoute({ route }: Pick<RequestedRoute, 'route'>, { record }: Pick<AddedInterface, 'record'>): Route {
  const addresses = addressesOf(record).map((address) => ({ address }));
  const [planned = { ...route, onlink: false }] = core.planRoutes({ addresses, routes: [route], defaultRoute: true });
  return planned;
}

function addressesOf({ clientData }: InterfaceRecord): readonly InterfaceAddress[] {
  return clientData.interface.IPAddresses.flatMap(({ Address, Mask }) => {
    const parsed = parseInterfaceAddress(`${Address}/${Mask}`);
    return parsed.ok ? [parsed.value] : [];
  });
}

// The agent sets the interface up according to the entry.
async function setUpAgain(
  running: core.Running,
  { record, entry }: Pick<AddedInterface, 'entry' | 'record'>,
  timeoutSeconds: number,
): Promise<void> {
  const { plugged, ifname: name, guestMac, clientData } = record;
  const mac = parseMac(guestMac);
  if (plugged?.devicePath === undefined || !mac.ok) throw core.guestKeeps(running, `the interface "${name}"`);
  const guest = { name, mac: mac.value, mtu: clientData.interface.mtu, addresses: addressesOf(record) };
  const routes = routesOf({ record, entry }).map(({ given }) => plannedRoute(readRoute({ ...given }), { record }));
  const { devicePath } = plugged;
  await core.setUpAgain(running, { devicePath }, { guest, routes, neighbors: [] }, timeoutSeconds);
}

// Which routes exist is decided by the file alone.
function writeEntries(changed: readonly Rerouted<AddedInterface>[], undo: core.Undo): void {
  for (const [file, inFile] of Map.groupBy(changed, ({ added }) => added.file)) {
    undo.add(`put the routes of ${file} back`, () => {
      changeEntries(
        file,
        inFile.map(({ added }) => owned(added, added.entry)),
      );
    });
    changeEntries(file, inFile.map(changedEntry));
  }
}

function changedEntry({ added, entry }: Rerouted<AddedInterface>): ReturnType<typeof owned> {
  return owned(added, entry);
}

function owned({ record: { ifname } }: AddedInterface, entry: JsonObject) {
  return { network: kataNetworkName, ifname, entry };
}

function writeRecords(changed: readonly Rerouted<AddedInterface>[], undo: core.Undo): void {
  for (const { added, entry, given } of changed) {
    const { record } = added;
    undo.add(`write the record of "${record.ifname}" as it was`, () => {
      core.writeRecord(record);
    });
    const clientData = { ...record.clientData, routes: given };
    core.writeRecord({ ...record, clientData, entry: entry as unknown as DanEntry });
  }
}
