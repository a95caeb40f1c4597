import { kernel } from '#kernel';
import { system } from '#system';
import type { Agent, GuestNic } from '../agent/agent.ts';
import { refuseToldToEnd, wait } from '../host/command.ts';
import type { Log } from '../host/log.ts';
import type { Site } from '../host/site.ts';
import type { PluggableTap } from '../kinds/device.ts';
import type { Mac } from '../model/mac.ts';
import type { Neighbor, Route } from '../model/route.ts';
import { hasEnded } from '../monitor/machines.ts';
import { openMonitor } from '../monitor/open.ts';
import type { Door, Monitor, PluggedNic } from '../monitor/monitor.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { closing, type Reached, withAgent } from './reach.ts';

/** A card for a guest, and the settings that its agent applies. */
export interface Plugging {
  /** Its name in the monitor. */
  readonly id: string;
  /** Its tap on the host. */
  readonly tap: PluggableTap;
  readonly guest: Omit<GuestNic, 'devicePath' | 'mac'> & { readonly mac: Mac };
  readonly routes: readonly Route[];
  readonly neighbors: readonly Neighbor[];
  /** Whether a card of dan's in the monitor belongs to an attachment. Any other is removed first. */
  readonly isRecorded: (id: string) => boolean;
}

/** The limits of a step. */
export interface Limits {
  /** Milliseconds of `system.now()`. */
  readonly deadline: number;
  readonly interrupted?: Interruption | undefined;
  readonly log: Log;
  readonly site: Site;
}

/**
 * Plugs a card into the virtual machine of a sandbox, after it has removed the cards that a killed `dan` left there.
 * The caller must register {@link unplug} before, to undo this. Throws `monitor-…`, `directory-unsafe`,
 * `command-failed`, `interrupted`.
 */
export async function plug({ door }: Pick<Reached, 'door'>, plugging: Plugging, limits: Limits): Promise<PluggedNic> {
  const { id, tap, guest, isRecorded } = plugging;
  return await withMonitor(door, limits, async (monitor) => {
    await takeOutLeft(monitor, isRecorded, limits.log);
    const queues = await kernel.openTap(tap.name, tap.queuePairs, limits.site);
    try {
      return await monitor.plug({ id, mac: guest.mac, queues });
    } finally {
      for (const queue of queues) system.close(queue);
    }
  });
}

/**
 * Has a guest's agent configure the interface of a card, its routes and its neighbors. The agent waits for the card.
 * Throws `agent-…`, `interrupted`.
 */
export async function setUp(
  { agent: url }: Pick<Reached, 'agent'>,
  { devicePath }: PluggedNic,
  { guest, routes, neighbors }: Pick<Plugging, 'guest' | 'neighbors' | 'routes'>,
  limits: Limits,
): Promise<void> {
  const { deadline, interrupted } = limits;
  await untilToldToEnd(interrupted, () =>
    withAgent(url, deadline, (agent) => tell(agent, { ...guest, devicePath }, { routes, neighbors }), interrupted),
  );
}

/** Has an agent configure an interface, its routes and its neighbors. Throws `agent-…`. */
export async function tell(
  agent: Agent,
  nic: GuestNic,
  { routes, neighbors }: Pick<Plugging, 'neighbors' | 'routes'>,
): Promise<void> {
  await agent.updateInterface(nic);
  if (routes.length > 0) await agent.updateRoutes(nic.name, routes);
  if (neighbors.length > 0) await agent.addNeighbors(nic.name, neighbors);
}

/**
 * Takes out the cards that a killed `dan` left in a virtual machine, which belong to no attachment. Returns their
 * number. Throws `monitor-…`.
 */
export async function takeOutLeft(monitor: Monitor, isRecorded: (id: string) => boolean, log: Log): Promise<number> {
  const left = (await monitor.ids()).filter((id) => !isRecorded(id));
  for (const card of left) {
    log('warn', 'a network card of dan is in the virtual machine that no attachment has: it is taken out', { card });
    await monitor.unplug(card);
  }
  return left.length;
}

/** Takes a card out of a virtual machine. A missing card counts as done. Throws `monitor-…`, `directory-unsafe`. */
export async function unplug(door: Door, id: string, deadline: number): Promise<void> {
  await withMonitor(door, { deadline }, (monitor) => monitor.unplug(id));
}

/** Milliseconds that a VMM's process may take to end once its socket is gone, and between two checks. */
const ending = { longest: 1000, pause: 20 };

/** Whether a virtual machine whose monitor cannot be reached has ended: then it holds nothing of dan's any more. */
export async function ends({ sandbox, door }: Pick<Reached, 'door' | 'sandbox'>): Promise<boolean> {
  const last = system.now() + ending.longest;
  while (!hasEnded(sandbox, door)) {
    if (system.now() >= last) return false;
    await wait(ending.pause);
  }
  return true;
}

/** Runs `work` with a monitor. */
export async function withMonitor<T>(
  door: Door,
  { deadline, interrupted }: Pick<Limits, 'deadline' | 'interrupted'>,
  work: (monitor: Monitor) => Promise<T>,
): Promise<T> {
  return await untilToldToEnd(interrupted, async () => {
    const monitor = await openMonitor(door, deadline, interrupted);
    return await closing(monitor, interrupted, () => work(monitor));
  });
}

// If dan is told to end, that is the error, and not the failure that it causes.
async function untilToldToEnd<T>(interrupted: Interruption | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await refuseToldToEnd(interrupted);
    throw error;
  }
}
