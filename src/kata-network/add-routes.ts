import { type GuestAddress, planRoutes, refuseIpv6BelowMinimum } from '../attach/client.ts';
import { encodeRoute } from '../dan/encode.ts';
import { destinations } from '../dan/merge.ts';
import { cidrText, parseInterfaceAddress } from '../model/cidr.ts';
import { danError } from '../model/error.ts';
import { parseMtu } from '../model/mtu.ts';
import { reader } from './carried.ts';
import { type Change, changeSandbox } from './change.ts';
import { changeRoutes } from './change-routes.ts';
import { type FileRoute, routesOf } from './file-routes.ts';
import { type AddedInterface, interfacesOf } from './interfaces.ts';
import type { RequestedRoute } from './requests/route-request.ts';

/**
 * Gives interfaces of a sandbox that does not run routes: all of them or none. Throws `not-found`, `duplicate-route`,
 * `second-default-route`, `mtu-too-small-for-ipv6`, and `invalid-configuration` for a gateway that is the guest itself.
 */
export async function addRoutes(change: Change, requests: readonly RequestedRoute[]): Promise<void> {
  await changeSandbox(change, (_site, undo) => {
    const there = interfacesOf(change.sandbox);
    const wanted = requests.map((request) => ({ request, interface: interfaceOf(request, change.sandbox, there) }));
    refuseRepeated(wanted);
    const touched = there.filter((one) => wanted.some((route) => route.interface === one));
    const changed = touched.map((one) => {
      const added = wanted.filter((route) => route.interface === one).map(({ request }) => fileRoute(request, one));
      return { interface: one, routes: [...routesOf(one), ...added] };
    });
    changeRoutes(changed, 'add', undo);
    return Promise.resolve();
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

interface WantedRoute {
  readonly request: RequestedRoute;
  readonly interface: AddedInterface;
}

// The guest agent adds routes with replace: of two to one destination, the last would silently stay alone.
function refuseRepeated(wanted: readonly WantedRoute[]): void {
  const taken = new Map(wanted.flatMap((one) => [...destinations(one.interface.document)]));
  for (const { request } of wanted) {
    const destination = cidrText(request.route.dst);
    const owner = taken.get(destination);
    if (owner !== undefined) throw repeated(destination, owner);
    taken.set(destination, `what was given for "${request.device}"`);
  }
}

function repeated(destination: string, owner: string): Error {
  return danError(
    destination.endsWith('/0') ? 'second-default-route' : 'duplicate-route',
    `${owner} has a route to ${destination} already, and a guest gets one: leave this one out, or remove that one first`,
  );
}

function fileRoute({ given, route }: RequestedRoute, { record }: AddedInterface): FileRoute {
  const { IPAddresses, mtu } = record.clientData.interface;
  const addresses = IPAddresses.flatMap(({ Address, Mask }): readonly GuestAddress[] => {
    const parsed = parseInterfaceAddress(`${Address}/${Mask}`);
    return parsed.ok ? [{ address: parsed.value }] : [];
  });
  const known = parseMtu(mtu);
  if (known.ok) refuseIpv6BelowMinimum(known.value, [route.dst.family]);
  const [planned = { ...route, onlink: false }] = planRoutes({ addresses, routes: [route], defaultRoute: true });
  return { given, route: { ...encodeRoute(reader, planned) } };
}
