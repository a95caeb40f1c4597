// What ADD, DEL, CHECK and the clients other than CNI do with a running virtual machine. It is loaded only if a network
// or a record asks for it, so an attachment to a sandbox that has not started does not pay for it.
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
import { messageOf } from '../json/thrown.ts';
import { CniError } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';
import type { Undo } from './attempts.ts';
import { lockDirectory } from './directories.ts';
import { type AttachmentRecord, recordedNames, readRecords } from './record.ts';
import { heldOf } from './running.ts';

/** Milliseconds for taking a card out after a failed ADD or during a DEL. */
const longestUndo = 5000;

/** Added to the message about a card that an ADD could not take out again. */
const whatDelDoes =
  'DEL tries it once more, and removes all that is on the host in any case. A card that stays in the virtual machine is ' +
  'taken out when the next interface is plugged in, or goes with the machine';

/** A running sandbox, with the time limit for requests to its virtual machine. */
export interface Guest extends Reached {
  /** Milliseconds. */
  readonly budget: number;
}

/** The call that looks for a sandbox. */
interface Asking {
  readonly id: string;
  readonly netnsInode: number | undefined;
  readonly timeoutSeconds: number;
  readonly interrupted?: Interruption | undefined;
}

/**
 * Finds a running sandbox and reaches its guest; undefined if nothing runs. Changes nothing. Throws what {@link
 * findRunning} and {@link reach} throw.
 */
export async function findGuest({ timeoutSeconds, ...asking }: Asking): Promise<Guest | undefined> {
  const start = system.now();
  const deadline = start + timeoutSeconds * 1000;
  const running = await findRunning(searchOf(asking, deadline));
  return running === undefined ? undefined : await reachBy(running, deadline);
}

/** Reaches the guest of a running sandbox. Throws what {@link reach} throws. */
export async function reachGuest(running: Running, timeoutSeconds: number): Promise<Guest> {
  return await reachBy(running, system.now() + timeoutSeconds * 1000);
}

async function reachBy(running: Running, deadline: number): Promise<Guest> {
  return { ...(await reach(running, deadline)), budget: deadline - system.now() };
}

/** Runs `work` with a guest's agent. Throws `agent-…`, and what `work` throws. */
export async function inGuest<T>(
  { shim }: Running,
  timeoutSeconds: number,
  work: (agent: Agent) => Promise<T>,
): Promise<T> {
  const deadline = system.now() + timeoutSeconds * 1000;
  return await withAgent(await agentUrl(shim, deadline), deadline, work);
}

/**
 * Has the agent reconfigure an interface that the guest already has. Its link is down for a moment, so the guest loses
 * the routes of the interface that are not given here. Throws `agent-…`.
 */
export async function setUpAgain(
  running: Running,
  { devicePath }: Pick<PluggedNic, 'devicePath'>,
  { guest, routes, neighbors }: PlugInto,
  timeoutSeconds: number,
): Promise<void> {
  await inGuest(running, timeoutSeconds, (agent) => tell(agent, { ...guest, devicePath }, { routes, neighbors }));
}

/** What the record has before the card is plugged in. */
export function plugOf({ sandbox, door }: Guest, names: Pick<DerivedNames, 'link'>): RecordedPlug {
  return { sandbox, door, id: cardId(names) };
}

/**
 * Refuses an interface that clashes with one that the guest has. If it does, cards that a killed `dan` left are removed
 * first. Throws `duplicate-in-sandbox`, `agent-…`, `monitor-…`.
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
 * Refuses an attachment if its sandbox started while dan wrote its entry. Throws what {@link refuseStartedMeanwhile}
 * throws.
 */
export async function refuseStarted(
  { timeoutSeconds, ...asking }: Asking,
  holds: () => Promise<boolean>,
): Promise<void> {
  await refuseStartedMeanwhile(searchOf(asking, system.now() + timeoutSeconds * 1000), holds);
}

/** What a guest gets, except for what its record has. */
export type PlugInto = Pick<Plugging, 'guest' | 'neighbors' | 'routes'>;

/**
 * Plugs the tap of an attachment into its guest, and has the agent configure the interface. Returns the record with the
 * card's place, which the caller writes together with the entry; until then, a DEL finds the card by the existing
 * record. `undo` takes the card out if the ADD fails. Throws `monitor-…`, `agent-…`, `interrupted`.
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
 * Takes the card of an attachment out of a running virtual machine. Never throws: a failure is logged, so that
 * everything on the host can still be removed.
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

/** Like {@link unplugRecorded}, for an attachment without a record, by the name that its card would have. */
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

/** How the guest differs from what was plugged into it, as sentences. Empty for a sandbox that has ended. */
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
  // QEMU still lists a backend that was removed while its card exists, although it has closed the tap.
  const tap = pluggableOf(record.device);
  if (tap !== undefined && (await heldOf([tap.name], { timeoutSeconds })) === undefined) {
    return [`the virtual machine has the network card ${nic.id}, and does not have the tap ${tap.name} open any more`];
  }
  return await withAgent(await agentUrl(sign.socket, deadline), deadline, async (agent) =>
    guestFaults(entry, await interfacesIn(agent), await unlessRefused(agent.listRoutes())),
  );
}

// Without the lock, each of two concurrent calls would take the other's half-made card for one that a killed call left.
async function changing<T>(sandbox: string, work: () => Promise<T>): Promise<T> {
  return await withLock(lockDirectory, { kind: 'machine', name: sandbox }, work);
}

async function takeOut({ sandbox, door, id }: RecordedPlug, timeoutSeconds: number): Promise<void> {
  const longest = Math.min(longestUndo, timeoutSeconds * 1000);
  await changing(sandbox, () => unplug(door, id, system.now() + longest));
}

// If the virtual machine has ended, a DEL has nothing to take out.
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

// Reads the names on every call, since other attachments may come and go meanwhile. A record that cannot be read
// counts: its card may belong to a running pod.
function isRecorded(id: string): boolean {
  return recordedNames().some((link) => cardId({ link }) === id);
}
