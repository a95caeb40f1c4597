import type { GuestFault, GuestFaultKind } from '../../model/guest.ts';
import { guestInterface, newFaults } from '../../dan/guest-entry.ts';
import { guestErrors } from '../../dan/guest-texts.ts';
import { routeFaults } from '../../dan/limits.ts';
import type { ExistingDocument } from '../../dan/merge.ts';
import type { Plan } from '../../kinds/device.ts';
import { kernelNetwork } from '../../kinds/kernel-network.ts';
import type { Device } from '../../kinds/kinds.ts';
import { findPlugin, gaveNothing } from '../../ipam/plugin.ts';
import { danError } from '../../model/error.ts';
import { bitsOf } from '../../model/ip.ts';
import { linkScope, type Route } from '../../model/route.ts';
import type { JsonObject } from '../../json/object.ts';
import { messageOf } from '../../json/thrown.ts';
import { readResult, type ResultDns } from '../../protocol/result.ts';
import { type Allocation, type GivenNetwork, planRoutes, type Refuse, refuseAtOnce } from './addressing.ts';
import { delegate } from '../ipam.ts';
import { fromIpam } from './from-ipam.ts';
import type { PlannedTask, Task } from './task.ts';
import type { Undo } from '../attempts.ts';

/**
 * Refuses what can be refused before anything is made: without an IPAM plugin, every fault of the addresses; with one,
 * that the plugin is not installed. The returned function allocates, and registers the release of the lease with
 * `undo`.
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
  const { request, plan, document: file, log } = task;
  const { document } = request.input;
  let mayHaveGiven = true;
  // The spec requires a DEL after a failed ADD, too (section "Plugin delegation").
  undo.add(`release the addresses of IPAM plugin ${type}`, async () => {
    try {
      await delegate(request, 'DEL', type, document);
    } catch (error) {
      if (mayHaveGiven) throw error;
      log('warn', 'the IPAM plugin gave no address, and its DEL failed as well', { why: messageOf(error) });
    }
  });
  let answer: JsonObject;
  try {
    answer = await delegate(request, 'ADD', type, document, { interrupted: request.interrupted });
  } catch (error) {
    mayHaveGiven = !gaveNothing(error);
    throw error;
  }
  const given = fromIpam(type, answer);
  for (const warning of given.warnings) log('warn', warning);
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
 * Combines the given network with the configuration, and refuses what the reader's guest cannot get. `document` is the
 * sandbox's file before this ADD. Throws the first fault, unless `refuse` collects the faults.
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
  const addresses = given.addresses.map(({ address }) => address);
  const faultsWith = (routes: readonly Route[]): readonly GuestFault[] =>
    newFaults(document, guestInterface({ identity, profile, mtu, guestMac, addresses, routes, neighbors }));
  let routes = planRoutes({ ...given, routes: requested, defaultRoute: config.defaultRoute }, refuse);
  let faults = faultsWith(routes);
  for (const [of, mend] of faults.length === 0 ? [] : Object.entries(remedies)) {
    const meant = new Set(faults.flatMap((fault) => (fault.of === of ? [fault.route?.dst] : [])));
    if (meant.size === 0) continue;
    routes = mend(routes, ({ dst }) => meant.has(dst));
    faults = faultsWith(routes);
  }
  for (const error of guestErrors(faults)) refuse(error);
  if (profile.carries !== undefined) {
    for (const text of routeFaults(profile, routes)) refuse(danError('not-carried-by-profile', text));
  }
  return { addresses: given.addresses, routes, neighbors, dns: config.dns ?? given.dns };
}

/** Rewrites routes for whose gateway the guest's kernel would look in the wrong place. Only its IPv6 code does so. */
const remedies: Partial<
  Record<GuestFaultKind, (routes: readonly Route[], isMeant: (route: Route) => boolean) => readonly Route[]>
> = {
  // Another route comes first and leads to the gateway through another gateway: the on-link mark prevents that.
  'gateway-behind': (routes, isMeant) => routes.map((route) => (isMeant(route) ? { ...route, onlink: true } : route)),
  // The gateway is reached through another interface, so the kernel refuses the on-link mark. A host route to the
  // gateway has the longest prefix and wins.
  'gateway-elsewhere'(routes, isMeant) {
    const gateways = routes.filter(isMeant).flatMap(({ gw }) => gw ?? []);
    const ways = new Map(
      gateways.map((gw) => [
        gw.text,
        { dst: { ...gw, prefix: bitsOf(gw.family) }, scope: linkScope, onlink: false } as const,
      ]),
    );
    return [...ways.values(), ...routes.map((route) => (isMeant(route) ? { ...route, onlink: false } : route))];
  },
};
