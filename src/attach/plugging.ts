// What ADD, DEL, CHECK and the clients that are not CNI do with a virtual machine that runs. It is loaded where a network
// or a record says so: an attachment before the start of its sandbox pays nothing for it.
import { system } from '#system';
import type { Agent } from '../agent/agent.ts';
import { signOfLife } from '../host/kata-sandbox.ts';
import { withLock } from '../host/lock.ts';
import type { Log } from '../host/log.ts';
import type { Site } from '../host/site.ts';
import { guestFaults } from '../hotplug/faults.ts';
import {
  ends,
  type Limits,
  plug,
  type Plugging,
  setUp,
  takeOutLeft,
  tell,
  unplug,
  withMonitor,
} from '../hotplug/plug.ts';
import { type Reached, interfacesIn, reach, takenIn, unlessRefused, withAgent } from '../hotplug/reach.ts';
import { cardId, pluggedNic, type RecordedPlug } from '../hotplug/recorded.ts';
import { findRunning, findSandbox, refuseStartedMeanwhile, type Running, type Search } from '../hotplug/running.ts';
import { agentUrl } from '../hotplug/agent-url.ts';
import { pluggableOf } from '../kinds/kinds.ts';
import type { PluggedNic } from '../monitor/monitor.ts';
import { findDoor } from '../monitor/discover.ts';
import type { DerivedNames } from '../model/identity.ts';
import { CniError, messageOf } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';
import type { Undo } from './attempts.ts';
import { lockDirectory } from './directories.ts';
import { type AttachmentRecord, recordedNames, readRecords } from './record.ts';
import { heldOf } from './running.ts';

/** Milliseconds that taking a card out again may take, where an ADD failed or a DEL goes on. */
const longestUndo = 5000;

/** What is said of a card that an ADD could not take out again. */
const whatDelDoes =
  'DEL tries it once more, and removes all that is on the host in any case. A card that stays in the virtual machine is ' +
  'taken out when the next interface is plugged in, or goes with the machine';

/** A sandbox that runs, and how much time its virtual machine has for what is asked of it. */
export interface Guest extends Reached {
  /** Milliseconds. */
  readonly budget: number;
}

/** Who looks for a sandbox. */
interface Asking {
  readonly id: string;
  readonly netnsInode: number | undefined;
  readonly timeoutSeconds: number;
  readonly interrupted?: Interruption | undefined;
}

/**
 * The guest of a sandbox that runs, reached; undefined: nothing runs. Changes nothing. Throws what {@link findRunning} and
 * {@link reach} throw.
 */
export async function findGuest({ timeoutSeconds, ...asking }: Asking): Promise<Guest | undefined> {
  const start = system.now();
  const deadline = start + timeoutSeconds * 1000;
  const running = await findRunning(searchOf(asking, deadline));
  return running === undefined ? undefined : await reachBy(running, deadline);
}

/** The guest of a sandbox that runs, reached. Throws what {@link reach} throws. */
export async function reachGuest(running: Running, timeoutSeconds: number): Promise<Guest> {
  return await reachBy(running, system.now() + timeoutSeconds * 1000);
}

async function reachBy(running: Running, deadline: number): Promise<Guest> {
  return { ...(await reach(running, deadline)), budget: deadline - system.now() };
}

/** Does work with the agent of a guest. Throws `agent-…`, and what the work throws. */
export async function inGuest<T>(
  { shim }: Running,
  timeoutSeconds: number,
  work: (agent: Agent) => Promise<T>,
): Promise<T> {
  const deadline = system.now() + timeoutSeconds * 1000;
  return await withAgent(await agentUrl(shim, deadline), deadline, work);
}

/**
 * Has the agent set an interface up that the guest has already. For a moment its link is down: the guest loses the routes of
 * it that are not among those given. Throws `agent-…`.
 */
export async function setUpAgain(
  running: Running,
  { devicePath }: Pick<PluggedNic, 'devicePath'>,
  { guest, routes, neighbors }: PlugInto,
  timeoutSeconds: number,
): Promise<void> {
  await inGuest(running, timeoutSeconds, (agent) => tell(agent, { ...guest, devicePath }, { routes, neighbors }));
}

/** What a record says before the card is plugged. */
export function plugOf({ sandbox, door }: Guest, names: Pick<DerivedNames, 'link'>): RecordedPlug {
  return { sandbox, door, id: cardId(names) };
}

/**
 * Refuses an interface that the guest cannot get beside those it has. What a `dan` that was killed left there goes first.
 * Throws `duplicate-in-sandbox`, `agent-…`, `monitor-…`.
 */
export async function refuseTakenIn(
  guest: Guest,
  nic: { readonly name: string; readonly mac: string },
  log: Log,
): Promise<void> {
  const deadline = system.now() + guest.budget;
  const taken = await takenIn(guest, nic, deadline);
  if (taken === undefined) return;
  const { sandbox, door } = guest;
  const left = await changing(sandbox, () =>
    withMonitor(door, { deadline }, (monitor) => takeOutLeft(monitor, isRecorded, log)),
  );
  const still = left === 0 ? taken : await takenIn(guest, nic, deadline);
  if (still !== undefined) throw still;
}

/**
 * Refuses an attachment whose sandbox started while it was written into its file. Throws what {@link refuseStartedMeanwhile}
 * throws.
 */
export async function refuseStarted(
  { timeoutSeconds, ...asking }: Asking,
  holds: () => Promise<boolean>,
): Promise<void> {
  await refuseStartedMeanwhile(searchOf(asking, system.now() + timeoutSeconds * 1000), holds);
}

/** What a guest is to get, but for what its record has. */
export type PlugInto = Pick<Plugging, 'guest' | 'neighbors' | 'routes'>;

/**
 * Plugs the tap of an attachment into its guest, and has the agent set the interface up. Returns the record with where the
 * card is, to be written with the entry: a DEL finds the card by the record that is there already. What fails is undone
 * by `undo`. Throws `monitor-…`, `agent-…`, `interrupted`.
 */
export async function plugIn(
  guest: Guest,
  record: AttachmentRecord,
  network: PlugInto,
  { undo, log, site }: { readonly undo: Undo; readonly log: Log; readonly site: Site },
): Promise<AttachmentRecord> {
  const { plugged } = record;
  const tap = pluggableOf(record.device);
  if (plugged === undefined || tap === undefined) throw new Error(`a ${record.device.kind} cannot be plugged in`);
  const limits: Limits = { deadline: system.now() + guest.budget, interrupted: site.interrupted, log, site };
  const takingBack = (): Promise<void> => takeBack(plugged, site.timeoutSeconds);
  undo.add(`take the network card ${plugged.id} out of the virtual machine`, takingBack, whatDelDoes);
  const plugging = { ...network, id: plugged.id, tap, isRecorded };
  const nic = await changing(plugged.sandbox, () => plug(guest, plugging, limits));
  await setUp(guest, nic, network, limits);
  return { ...record, plugged: { ...plugged, ...nic } };
}

/**
 * Takes the card of an attachment out of the virtual machine that runs. Never throws: what cannot be taken out is told, and all
 * that is on the host can go.
 */
export async function unplugRecorded(plugged: RecordedPlug, timeoutSeconds: number, log: Log): Promise<void> {
  const { sandbox, door, id } = plugged;
  if ((await signOfLife(sandbox)) === undefined) return;
  try {
    await takeOut(plugged, timeoutSeconds);
  } catch (error) {
    const what = 'the network card cannot be taken out of the virtual machine: what is on the host is removed';
    log('warn', what, { card: id, of: sandbox, monitor: door.socket, why: messageOf(error) });
  }
}

/** The same for an attachment without a record, by the name that its card would have. */
export async function unplugStray(
  { link }: Pick<DerivedNames, 'link'>,
  { id, netnsInode, timeoutSeconds }: Asking,
  log: Log,
): Promise<void> {
  const sandbox = findSandbox({ id, netnsInode, recorded: readRecords() });
  if (sandbox === undefined || (await signOfLife(sandbox)) === undefined) return;
  const { door } = findDoor(sandbox);
  if (door !== undefined) await unplugRecorded({ sandbox, door, id: cardId({ link }) }, timeoutSeconds, log);
}

/** How what a guest has differs from what was plugged into it, as sentences. A sandbox that has ended has nothing any more. */
export async function plugFaults(
  record: AttachmentRecord & { readonly plugged: RecordedPlug },
  timeoutSeconds: number,
): Promise<readonly string[]> {
  const { plugged, entry } = record;
  const deadline = system.now() + timeoutSeconds * 1000;
  const sign = await signOfLife(plugged.sandbox);
  if (sign?.by !== 'shim') return [];
  const nic = pluggedNic(plugged);
  if (nic === undefined || entry === undefined) return [`the network card ${plugged.id} was never plugged in`];
  const isThere = await changing(plugged.sandbox, () =>
    withMonitor(plugged.door, { deadline }, (monitor) => monitor.holds(nic)),
  );
  if (!isThere) return [`the virtual machine does not have the network card ${nic.id} any more`];
  // QEMU lists a backend that was removed from under its card as if it were there. It has closed the tap.
  const tap = pluggableOf(record.device);
  if (tap !== undefined && (await heldOf([tap.name], { timeoutSeconds })) === undefined) {
    return [`the virtual machine has the network card ${nic.id}, and does not have the tap ${tap.name} open any more`];
  }
  return await withAgent(await agentUrl(sign.socket, deadline), deadline, async (agent) =>
    guestFaults(entry, await interfacesIn(agent), await unlessRefused(agent.listRoutes())),
  );
}

// Two calls at once would each take the other's half-made card for one that a killed call left.
async function changing<T>(sandbox: string, work: () => Promise<T>): Promise<T> {
  return await withLock(lockDirectory, { kind: 'machine', name: sandbox }, work);
}

async function takeOut({ sandbox, door, id }: RecordedPlug, timeoutSeconds: number): Promise<void> {
  const longest = Math.min(longestUndo, timeoutSeconds * 1000);
  await changing(sandbox, () => unplug(door, id, system.now() + longest));
}

// A machine that has ended holds nothing any more: there is nothing that a DEL would have to take out.
async function takeBack(plugged: RecordedPlug, timeoutSeconds: number): Promise<void> {
  try {
    await takeOut(plugged, timeoutSeconds);
  } catch (error) {
    const isGone = error instanceof CniError && error.name === 'monitor-unreachable';
    if (!isGone || !(await ends(plugged))) throw error;
  }
}

function searchOf(asking: Omit<Asking, 'timeoutSeconds'>, deadline: number): Search {
  return { ...asking, recorded: readRecords(), deadline };
}

// Other attachments may come and go meanwhile: the names are read when it is asked. A record that cannot be read counts: its
// card may be a pod's that runs.
function isRecorded(id: string): boolean {
  return recordedNames().some((link) => cardId({ link }) === id);
}
