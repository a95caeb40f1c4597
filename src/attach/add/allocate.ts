import type { ExistingDocument } from '../../dan/merge.ts';
import type { Plan } from '../../kinds/device.ts';
import { kernelNetwork } from '../../kinds/kernel-network.ts';
import type { Device } from '../../kinds/kinds.ts';
import { findPlugin, gaveNothing } from '../../ipam/plugin.ts';
import { cidrText } from '../../model/cidr.ts';
import { danError } from '../../model/error.ts';
import type { Route } from '../../model/route.ts';
import { messageOf } from '../../protocol/error.ts';
import { readResult, type ResultDns } from '../../protocol/result.ts';
import {
  type Allocation,
  familiesOf,
  fromIpam,
  type GivenNetwork,
  type GuestAddress,
  planRoutes,
  type Refuse,
  refuseAtOnce,
  refuseIpv6BelowMinimum,
  refuseRepeats,
} from './addressing.ts';
import { delegate } from '../ipam.ts';
import { refuseDuplicates, refuseRepeatedRoutes } from './sandbox-file.ts';
import type { PlannedTask, Task } from './task.ts';
import type { Undo } from '../attempts.ts';

/**
 * Refuses what can be refused before anything is made: without an IPAM plugin everything about the addresses, else one
 * that is not installed. The function that is returned allocates. It registers with `undo` what takes a lease back.
 */
export function prepareAllocation(task: PlannedTask): (undo: Undo) => Promise<Allocation> | Allocation {
  const { ipamType } = task.config;
  if (ipamType === undefined) {
    const known = allocateKnown(task);
    return () => known;
  }
  findPlugin(ipamType, task.request.environment.path);
  return (undo) => askPlugin(task, ipamType, undo);
}

async function askPlugin(task: PlannedTask, type: string, undo: Undo): Promise<Allocation> {
  const { request, lock, log, plan, document: file } = task;
  const { document } = request.input;
  let mayHaveGiven = true;
  // The spec has DEL called after a failed ADD, too (section "Plugin delegation").
  undo.add(`release the addresses of IPAM plugin ${type}`, async () => {
    try {
      await delegate(request, 'DEL', type, document, { lock });
    } catch (error) {
      if (mayHaveGiven) throw error;
      log('warn', 'the IPAM plugin gave no address, and its DEL failed as well', { why: messageOf(error) });
    }
  });
  let answer: unknown;
  try {
    answer = await delegate(request, 'ADD', type, document, { lock, interrupted: request.interrupted });
  } catch (error) {
    mayHaveGiven = !gaveNothing(error);
    throw error;
  }
  const given = fromIpam(type, answer);
  const dns = Object.keys(given.dns).length > 0 ? given.dns : previousDns(task);
  return planNetwork(task, plan, file, { ...given, dns });
}

/** Plans with the addresses that are known without an IPAM plugin. Changes nothing. */
export function allocateKnown(task: PlannedTask): Allocation {
  const { plan, view, config, document } = task;
  const own = { addresses: config.addresses, routes: [], neighbors: [] };
  const { addresses, routes, neighbors } = plan.source === undefined ? own : kernelNetwork(plan.source, view.pod);
  const given = { addresses: addresses.map((address) => ({ address })), routes, neighbors, dns: previousDns(task) };
  return planNetwork(task, plan, document, given);
}

function previousDns({ request }: Task): ResultDns {
  return readResult(request.input.document['prevResult']).dns;
}

/**
 * Joins what is given with what the configuration has, and refuses what no guest of the file's reader could be given.
 * `document` is the sandbox's file as it is. Throws the first that is refused, unless `refuse` gathers it.
 */
export function planNetwork(
  { config, identity, profile }: Pick<Task, 'config' | 'identity' | 'profile'>,
  { mtu, guestMac }: Pick<Plan<Device>, 'guestMac' | 'mtu'>,
  document: ExistingDocument | undefined,
  given: GivenNetwork,
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
// and in IPv6 only one whose duplicate address detection is over, for which the guest agent does not wait.
function refuseSources(routes: readonly Route[], addresses: readonly GuestAddress[], refuse: Refuse): void {
  const own = addresses.map(({ address }) => address.text);
  for (const { dst, source } of routes) {
    if (source === undefined || (source.family === 4 && own.includes(source.text))) continue;
    const why =
      source.family === 6
        ? 'which the guest\'s kernel refuses while the address is new: leave "source" out, and it chooses by itself'
        : `which is none of the guest's addresses (${own.join(', ')}): its kernel would refuse the route`;
    refuse(danError('not-carried-by-profile', `the route to ${cidrText(dst)} has the source ${source.text}, ${why}`));
  }
}
