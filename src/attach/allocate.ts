import type { ExistingDocument } from '../dan/merge.ts';
import { cidrText } from '../model/cidr.ts';
import { danError } from '../model/error.ts';
import type { Mtu } from '../model/mtu.ts';
import type { Route } from '../model/route.ts';
import { readResult, type ResultDns } from '../protocol/result.ts';
import {
  type AddressRequest,
  familiesOf,
  fromIpam,
  type GuestAddress,
  planRoutes,
  refuseIpv6BelowMinimum,
} from './addressing.ts';
import { delegate } from './ipam.ts';
import { refuseDuplicates, refuseRepeatedRoutes } from './sandbox-file.ts';
import type { Task } from './task.ts';
import type { Undo } from './undo.ts';

/** What the guest's interface is given. */
export interface Allocation {
  readonly addresses: readonly GuestAddress[];
  readonly routes: readonly Route[];
  readonly dns: ResultDns;
}

/** What addresses and routes must agree with. */
export interface Neighborhood {
  readonly mtu: Mtu;
  readonly guestMac: string;
  /** The sandbox's file as it is. */
  readonly document: ExistingDocument | undefined;
}

/** Asks the IPAM plugin, if there is one, and plans with what it gives. */
export async function allocate(task: Task, neighborhood: Neighborhood, undo: Undo): Promise<Allocation> {
  const { request, config } = task;
  if (config.ipamType === undefined) return planFixed(task, neighborhood);
  const type = config.ipamType;
  const { document } = request.input;
  undo.add(`release the addresses of IPAM plugin ${type}`, async () => {
    await delegate(request, 'DEL', type, document);
  });
  const result = readResult(await delegate(request, 'ADD', type, document));
  const given = fromIpam(type, result);
  return plan(task, neighborhood, { addresses: given.addresses, routes: given.routes, dns: result.dns });
}

/** The plan for fixed addresses: all that it refuses can be refused before anything is made. */
export function planFixed(task: Task, neighborhood: Neighborhood): Allocation {
  const addresses = task.config.addresses.map((address) => ({ address }));
  return plan(task, neighborhood, { addresses, routes: [], dns: {} });
}

function plan(
  { config, identity, profile }: Task,
  { mtu, guestMac, document }: Neighborhood,
  given: AddressRequest & { readonly dns: ResultDns },
): Allocation {
  const routes = planRoutes({
    ...given,
    routes: [...given.routes, ...config.routes],
    defaultRoute: config.defaultRoute,
  });
  const addresses = given.addresses.map(({ address }) => address);
  refuseIpv6BelowMinimum(mtu, familiesOf(addresses, routes, config.neighbors));
  refuseDuplicates(document, { ifname: identity.ifname, guestMac, addresses: addresses.map(cidrText) });
  refuseRepeatedRoutes(
    document,
    routes.map(({ dst }) => cidrText(dst)),
  );
  if (profile.sourceAsPrefix) refuseForeignSources(routes, given.addresses);
  return { addresses: given.addresses, routes, dns: config.dns ?? given.dns };
}

// The guest's kernel takes as preferred source only an address it has (fib_valid_prefsrc of net/ipv4/fib_semantics.c).
function refuseForeignSources(routes: readonly Route[], addresses: readonly GuestAddress[]): void {
  const own = addresses.map(({ address }) => address.text);
  const foreign = routes.find(({ source }) => source !== undefined && !own.includes(source.text));
  if (foreign?.source === undefined) return;
  throw danError(
    'not-carried-by-profile',
    `the route to ${cidrText(foreign.dst)} has the source ${foreign.source.text}, which is none of the guest's addresses ` +
      `(${own.join(', ')}): its kernel would refuse the route`,
  );
}
