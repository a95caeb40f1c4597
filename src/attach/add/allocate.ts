import type { ExistingDocument } from '../../dan/merge.ts';
import type { NodeView, Plan } from '../../kinds/device.ts';
import { kernelNetwork } from '../../kinds/kernel-network.ts';
import type { Device } from '../../kinds/kinds.ts';
import { cidrText } from '../../model/cidr.ts';
import { danError } from '../../model/error.ts';
import type { Neighbor } from '../../model/neighbor.ts';
import type { Route } from '../../model/route.ts';
import { readResult, type ResultDns } from '../../protocol/result.ts';
import {
  type AddressRequest,
  familiesOf,
  fromIpam,
  type GuestAddress,
  planRoutes,
  type Refuse,
  refuseAtOnce,
  refuseIpv6BelowMinimum,
  refuseRepeats,
} from './addressing.ts';
import { delegate } from '../ipam.ts';
import { refuseDuplicates, refuseRepeatedRoutes } from './sandbox-file.ts';
import type { Task } from './task.ts';
import type { Undo } from './undo.ts';

/** What the guest's interface is given. */
export interface Allocation {
  readonly addresses: readonly GuestAddress[];
  readonly routes: readonly Route[];
  readonly neighbors: readonly Neighbor[];
  readonly dns: ResultDns;
}

/** What addresses and routes must agree with. */
export interface Surroundings {
  readonly plan: Plan<Device>;
  readonly view: NodeView;
  /** The sandbox's file as it is. */
  readonly document: ExistingDocument | undefined;
}

/** Asks the IPAM plugin, if there is one, and plans with what it gives. */
export async function allocate(task: Task, surroundings: Surroundings, undo: Undo): Promise<Allocation> {
  const { request, config } = task;
  if (config.ipamType === undefined) return allocateKnown(task, surroundings);
  const type = config.ipamType;
  const { document } = request.input;
  const { lock } = task;
  undo.add(`release the addresses of IPAM plugin ${type}`, async () => {
    await delegate(request, 'DEL', type, document, { lock });
  });
  const answer = await delegate(request, 'ADD', type, document, { lock, interrupted: request.interrupted });
  const { dns } = readResult(answer);
  const said = Object.keys(dns).length > 0 ? dns : previousDns(task);
  const { plan, document: file } = surroundings;
  return planNetwork(task, plan, file, { ...fromIpam(type, answer), neighbors: [], dns: said });
}

/** The plan for addresses that are known without asking anybody: all it refuses can be refused beforehand. */
export function allocateKnown(task: Task, surroundings: Surroundings): Allocation {
  const { plan, view, document } = surroundings;
  const dns = previousDns(task);
  if (plan.source === undefined) {
    const addresses = task.config.addresses.map((address) => ({ address }));
    return planNetwork(task, plan, document, { addresses, routes: [], neighbors: [], dns });
  }
  const { addresses, routes, neighbors } = kernelNetwork(plan.source, view.pod);
  const given = { addresses: addresses.map((address) => ({ address })), routes, neighbors, dns };
  return planNetwork(task, plan, document, given);
}

function previousDns({ request }: Task): ResultDns {
  return readResult(request.input.document['prevResult']).dns;
}

/** What somebody gives the guest's interface, before the configuration's own is joined to it. */
interface Given extends AddressRequest {
  readonly neighbors: readonly Neighbor[];
  readonly dns: ResultDns;
}

/**
 * Joins what is given with what the configuration has, and refuses what no guest of the file's reader could be given.
 * `document` is the sandbox's file as it is. Throws the first that is refused, unless `refuse` gathers it.
 */
export function planNetwork(
  { config, identity, profile }: Pick<Task, 'config' | 'identity' | 'profile'>,
  { mtu, guestMac }: Pick<Plan<Device>, 'guestMac' | 'mtu'>,
  document: ExistingDocument | undefined,
  given: Given,
  refuse: Refuse = refuseAtOnce,
): Allocation {
  const neighbors = [...given.neighbors, ...config.neighbors];
  const requested = [...given.routes, ...config.routes];
  const routes = planRoutes({ ...given, routes: requested, defaultRoute: config.defaultRoute }, refuse);
  const addresses = given.addresses.map(({ address }) => address);
  refuseRepeats(addresses, neighbors, refuse);
  refuseIpv6BelowMinimum(mtu, familiesOf(addresses, routes, neighbors), refuse);
  refuseDuplicates(document, { ifname: identity.ifname, guestMac, addresses: addresses.map(cidrText) });
  const destinations = routes.map(({ dst }) => cidrText(dst));
  refuseRepeatedRoutes(document, destinations);
  if (profile.sourceAsPrefix) refuseSources(routes, given.addresses, refuse);
  return { addresses: given.addresses, routes, neighbors, dns: config.dns ?? given.dns };
}

// The guest's kernel takes as preferred source only an address it has (fib_valid_prefsrc of net/ipv4/fib_semantics.c),
// and in IPv6 only one that duplicate address detection is over with, for which the guest agent does not wait.
function refuseSources(routes: readonly Route[], addresses: readonly GuestAddress[], refuse: Refuse): void {
  const own = addresses.map(({ address }) => address.text);
  for (const { dst, source } of routes) {
    if (source === undefined) continue;
    const where = `the route to ${cidrText(dst)} has the source ${source.text}`;
    if (source.family === 6) {
      refuse(
        danError(
          'not-carried-by-profile',
          `${where}, which the guest's kernel refuses while the address is new: leave "source" out, and it chooses by itself`,
        ),
      );
    } else if (!own.includes(source.text)) {
      refuse(
        danError(
          'not-carried-by-profile',
          `${where}, which is none of the guest's addresses (${own.join(', ')}): its kernel would refuse the route`,
        ),
      );
    }
  }
}
