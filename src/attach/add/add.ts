import { functionOf, nameOf, wantsOf } from '../../kinds/kinds.ts';
import { apply } from '../../host/apply.ts';
import { refuseToldToEnd } from '../../host/command.ts';
import { withLock } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { withNetns } from '../../host/netns.ts';
import type { Site } from '../../host/site.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { CniError } from '../../protocol/error.ts';
import type { Result } from '../../protocol/result.ts';
import { prepareAllocation } from './allocate.ts';
import { claimContested, contestsOf, recordOf } from './claim.ts';
import { lockDirectory, refuseUnsafeDirectories } from '../directories.ts';
import { examine } from './examine.ts';
import type { AttachmentRecord } from '../record.ts';
import { remainsOf, removeDevice } from '../del/remove-device.ts';
import { resultOf } from './result.ts';
import { entryOf, netnsOfFile, publish } from './sandbox-file.ts';
import { OtherNetworks } from './other-networks.ts';
import { makeFiles, readTaken } from '../take-over.ts';
import { type ExaminedTask, readTask, type Task } from './task.ts';
import type { Allocation } from './addressing.ts';
import type { Guest } from '../plugging.ts';
import { heldTap } from '../running.ts';
import { Undo, whereLeft } from '../attempts.ts';

/**
 * Attaches a sandbox: makes the device while the IPAM plugin allocates addresses, then writes the DAN file. ADD refuses
 * everything that it can check without an IPAM plugin before it makes anything, and undoes everything if a later step
 * fails. If another network of the sandbox must come first, ADD waits for it without the sandbox's lock.
 */
export async function add(request: Request, log: Log): Promise<Result> {
  return await withNetns(request.environment.netns, (pod, netns) => addIn(pod, readTask(request, log, netns)));
}

async function addIn(pod: number | undefined, task: Task): Promise<Result> {
  const { request, config, identity, danConf, log } = task;
  const { interrupted } = request;
  const others = new OtherNetworks(task);
  const undo = new Undo();
  const attachLocked = async (lock: number): Promise<Result | undefined> => {
    if (others.isAnnounced) others.refuseDeleted();
    try {
      refuseUnsafeDirectories(danConf, config.device);
      const locked = { ...task, lock, isAnnounced: others.isAnnounced };
      const site = { timeoutSeconds: config.commandTimeout, lock, pod };
      const result = await attach(locked, site, others, undo);
      await refuseToldToEnd(interrupted);
      return result;
    } catch (error) {
      const failures = await undo.run(error);
      if (error instanceof CniError) throw error.withDetails(failures.length === 0 ? [] : [...failures, whereLeft]);
      if (failures.length > 0) log('error', 'not everything could be undone', { failures });
      throw error;
    }
  };
  for (;;) {
    // An ADD that has written its record waits for the lock even if it is interrupted, since it has something to undo.
    const stop = others.isAnnounced ? undefined : interrupted;
    const result = await withLock(lockDirectory, { kind: 'sandbox', name: identity.sandbox }, attachLocked, stop);
    if (result !== undefined) return result;
    await others.changed(interrupted);
  }
}

// Returns undefined if another network of the sandbox is being attached and has to come first.
async function attach(
  task: Task,
  uninterruptible: Site,
  others: OtherNetworks,
  undo: Undo,
): Promise<Result | undefined> {
  const { request, config, identity, file, log } = task;
  const { interrupted } = request;
  // An interruption stops the attaching, but not the undoing.
  const site = { ...uninterruptible, interrupted };
  const { function: wanted } = wantsOf(config.device);
  const claim = (): Promise<Claimed | undefined> => claimWanted(task, site, others, undo);
  const claimed =
    wanted === undefined
      ? await claim()
      : await (await import('../function/look.ts')).choosingAlone(wanted, claim, interrupted);
  if (claimed === undefined) return undefined;
  const { planned, record, allocate } = claimed;
  const { plan } = planned;
  const { device } = plan;
  // The IPAM plugin is a separate process, so dan makes the device while the plugin runs.
  const allocating = Promise.resolve(allocate(undo));
  undo.add(`remove the device ${nameOf(device)}`, () => removeDevice(remainsOf(record), uninterruptible, log));
  const making = apply(plan.operations, site).then(() => makeFiles(device, identity.sandbox, site, log));
  // Wait until both have ended before a failure is undone.
  await Promise.allSettled([allocating, making]);
  const allocation = await allocating;
  await making;

  const whole =
    planned.guest === undefined
      ? record
      : await plugIn(planned.guest, planned, record, allocation, { undo, log, site });
  publish(file, netnsOfFile(plan, request.environment.netns), whole, entryOf(planned, allocation), undo);
  if (planned.config.hotplug && planned.guest === undefined) await refuseStarted(planned, whole, site);
  return resultOf(planned, allocation);
}

/** What an ADD continues with once its record is written. */
interface Claimed {
  readonly planned: ExaminedTask;
  readonly record: AttachmentRecord;
  readonly allocate: ReturnType<typeof prepareAllocation>;
}

// Does everything up to the record. Returns undefined if another network of the sandbox is being attached and has to
// come first.
async function claimWanted(task: Task, site: Site, others: OtherNetworks, undo: Undo): Promise<Claimed | undefined> {
  const { log } = task;
  const planned = await examine(task, site);
  const { plan, view, hidden } = planned;
  const { device } = plan;
  if (hidden !== undefined) {
    others.refuseLost(hidden);
    if (!others.isAnnounced) {
      const record = recordOf(planned, undefined);
      await claimContested(contestsOf(plan.exclusives, record), record, undo);
      others.announced();
    }
    return undefined;
  }
  const allocate = prepareAllocation(planned);
  for (const warning of plan.warnings) log('warn', warning);

  const record = recordOf(planned, await readTaken(device, plan.source, view.pod, site));
  await claimContested(contestsOf(plan.exclusives, record), record, undo);
  if (functionOf(device) !== undefined) {
    const { forgetRecord, keepRecord } = await import('../function/lasting.ts');
    undo.addIfClean('forget the lasting record', () => {
      forgetRecord(nameOf(device));
    });
    keepRecord(nameOf(device), record);
  }
  return { planned, record, allocate };
}

async function plugIn(
  guest: Guest,
  { plan, identity }: ExaminedTask,
  record: AttachmentRecord,
  { addresses, routes, neighbors }: Allocation,
  how: { readonly undo: Undo; readonly log: Log; readonly site: Site },
): Promise<AttachmentRecord> {
  await refuseToldToEnd(how.site.interrupted);
  const { guestMac: mac, mtu, source } = plan;
  const noArp = source?.traits?.includes('no-arp');
  const nic = { name: identity.ifname, mac, mtu, noArp, addresses: addresses.map(({ address }) => address) };
  const plugging = await import('../plugging.ts');
  return await plugging.plugIn(guest, record, { guest: nic, routes, neighbors }, how);
}

// Kata may have read the file before dan added the entry.
async function refuseStarted(
  { request, config, identity, netnsInode }: ExaminedTask,
  record: AttachmentRecord,
  site: Site,
): Promise<void> {
  const plugging = await import('../plugging.ts');
  const { interrupted } = request;
  const asking = { id: identity.sandbox, netnsInode, timeoutSeconds: config.commandTimeout, interrupted };
  await plugging.refuseStarted(asking, async () => (await heldTap([record], site)) !== undefined);
}
