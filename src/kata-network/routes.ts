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

/** A route of the sandbox's file, with how it was given. */
export interface FileRoute {
  readonly given: GivenRoute;
  /** As it stands in the file. */
  readonly route: JsonObject;
}

/** The routes of an interface in the sandbox's file. One that somebody else wrote there is given as it stands. */
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

/** An interface that is to have other routes: its entry then, and how they were given. */
interface Rerouted<Added> {
  readonly added: Added;
  readonly entry: JsonObject;
  readonly given: readonly GivenRoute[];
}

/** An interface with other routes. Whatever somebody edited in its entry stays as it is. */
export function withRoutes<Added extends Pick<AddedInterface, 'entry'>>(
  added: Added,
  routes: readonly FileRoute[],
): Rerouted<Added> {
  const network_info = { ...objectIn(added.entry['network_info']), routes: routes.map(({ route }) => route) };
  return { added, entry: { ...added.entry, network_info }, given: routes.map(({ given }) => given) };
}

/** Whether a route of an interface is among those that are meant. */
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
 * Gives interfaces of a sandbox routes: all of them or none. One that runs gets them from its agent. Throws `not-found`, `duplicate-route`,
 * `second-default-route`, `mtu-too-small-for-ipv6`, and `invalid-configuration` for a gateway that is the guest itself.
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
        // Where some of them fail, the guest has only those that it had.
        if (added.record.plugged !== undefined)
          undo.add(`take routes from "${added.record.ifname}"`, () => setUpAgain(running, added, timeoutSeconds));
        // The others of the interface stay, and so does its link.
        await core.inGuest(running, timeoutSeconds, (agent) => agent.updateRoutes(added.record.ifname, routes));
      }
    }
    // A record has how routes were written: it knows more than it needs to, never less.
    writeRecords(changed, undo);
    writeEntries(changed, undo);
  });
}

/**
 * Takes every route that is meant from the interfaces of a sandbox, and returns them. No agent takes routes away: that of a
 * sandbox that runs sets the interface up again, with those that stay. Throws `not-found` where one of the selections means
 * none, `sandbox-runs` where an interface has them since the sandbox started; then nothing is changed.
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
    // What an interface has already is said of the other one, whichever comes first in the file.
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

// As its entry has it, by the agent.
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

// The file alone says which routes there are.
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
