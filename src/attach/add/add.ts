import type { DanEntry } from '../../dan/document.ts';
import { encode } from '../../dan/encode.ts';
import { mtuFaults } from '../../dan/limits.ts';
import type { ExistingDocument } from '../../dan/merge.ts';
import { putEntry, readDanFile, removeEntry } from '../../dan/store.ts';
import { masterOf, nameOf, planDevice, socketOf, tapOf } from '../../device/kinds.ts';
import { apply } from '../../host/apply.ts';
import { refuseInterrupted } from '../../host/command.ts';
import { withLock } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { withNetns } from '../../host/netns.ts';
import type { Site } from '../../host/site.ts';
import { findPlugin } from '../../ipam/plugin.ts';
import { danError } from '../../model/error.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { CniError } from '../../protocol/error.ts';
import { readResult, type Result } from '../../protocol/result.ts';
import { allocate, allocateKnown, type Surroundings } from './allocate.ts';
import { claim } from './claim.ts';
import { lockDirectory, refuseUnsafeDirectories } from '../directories.ts';
import { lookAtNode, refuseHiddenLinks } from './node-view.ts';
import { logDifferences } from './previous.ts';
import { type AttachmentRecord, readRecord, readRecords, recordPath, writeRecord } from '../record.ts';
import { claimOf, removeDevice } from '../del/remove-device.ts';
import { resultOf, withTap } from './result.ts';
import { attachmentExists, refuseAttached, refuseDuplicates } from './sandbox-file.ts';
import { makeNode, writeDown } from '../take-over.ts';
import { readTask, type Task } from './task.ts';
import { Undo } from './undo.ts';

/**
 * Attaches a sandbox: addresses, device, file, in this order. All that can be refused is refused before anything is
 * made; whatever fails later is taken back, so that nothing is left.
 */
export async function add(request: Request, log: Log): Promise<Result> {
  const task = await readTask(request, log);
  const { config, identity } = task;
  const { interrupted } = request;
  refuseUnsafeDirectories([task.danConf]);
  const attachLocked = (lock: number): Promise<Result> =>
    withNetns(request.environment.netns, async (pod) => {
      const site = { timeoutSeconds: config.commandTimeout, lock, ...(pod === undefined ? {} : { pod }) };
      const undo = new Undo();
      try {
        const result = await attach({ ...task, lock }, site, undo);
        refuseInterrupted(interrupted);
        return result;
      } catch (error) {
        const failures = await undo.run();
        if (error instanceof CniError) throw error.withDetails(failures);
        if (failures.length > 0) log('error', 'not everything was taken back', { failures });
        throw error;
      }
    });
  return await withLock(lockDirectory, { kind: 'sandbox', name: identity.sandbox }, attachLocked, interrupted);
}

async function attach(task: Task, calm: Site, undo: Undo): Promise<Result> {
  const { request, identity, log } = task;
  // What takes things back is not interrupted.
  const site = { ...calm, interrupted: request.interrupted };
  const { network, ifname } = identity;
  const { netns } = request.environment;
  const surroundings = await examine(task, site);
  const { plan, view } = surroundings;
  for (const warning of plan.warnings) log('warn', warning);

  const { device, guestMac, mtu } = plan;
  const taken = await writeDown(device, plan.source, view.pod, site);
  const memory = { ...ipamOf(task), ...(taken === undefined ? {} : { taken }) };
  const record: AttachmentRecord = {
    ...identity,
    format: 1,
    danConf: task.danConf,
    device,
    guestMac,
    netns,
    ...memory,
  };
  await claim(task, record, undo);
  const { addresses, routes, neighbors, dns } = await allocate(task, surroundings, undo);

  undo.add(`remove the device ${nameOf(device)}`, () => removeDevice(claimOf(record), calm, log));
  await apply(plan.operations, site);
  await makeNode(device, site, log);

  const info = { mtu, addresses: addresses.map(({ address }) => address), routes, neighbors };
  const entry = encode(task.profile, { network, ifname, guestMac, device: plan.attached, ...info });
  publish(task, netnsOfFile(plan, netns), record, entry, undo);

  const previous = previousOf(request);
  const outcome = {
    tap: tapOf(device),
    socketPath: socketOf(device),
    mtu,
    ifname,
    guestMac,
    netns,
    addresses,
    routes,
    dns,
  };
  if (plan.source === undefined || previous === undefined) return resultOf(outcome, previous);
  logDifferences(previous, { addresses, guestMac, mtu, ifname: plan.source.name }, log);
  return withTap(previous, outcome);
}

/** Looks at record, file and node, plans, and refuses everything that cannot work. Changes nothing. */
async function examine(task: Task, site: Site): Promise<Surroundings> {
  const { request, config, identity, names, file } = task;
  const { netns, path } = request.environment;
  if (readRecord(names.link) !== 'missing') throw attachmentExists(identity, recordPath(names.link));
  const document = readDanFile(file);
  const view = await lookAtNode(task, site);
  const plan = planDevice(config.device, view);
  const tooLarge = mtuFaults(task.profile, plan.attached.kind, plan.mtu);
  if (tooLarge.length > 0) throw danError('not-carried-by-profile', tooLarge.join('; '));
  refuseAttached(file, document, identity, netnsOfFile(plan, netns));
  refuseDuplicates(document, { ifname: identity.ifname, guestMac: plan.guestMac, addresses: [] });
  refuseHiddenLinks(netns, view.pod.links, carriedLinks(task, document));
  const surroundings = { plan, view, document };
  if (config.ipamType === undefined) allocateKnown(task, surroundings);
  else findPlugin(config.ipamType, path);
  return surroundings;
}

function netnsOfFile({ place }: Surroundings['plan'], netns: string): string | null {
  return place === 'pod' ? netns : null;
}

// The links whose addresses the file has: that of this attachment, and those of the sandbox's others.
function carriedLinks(
  { config, identity }: Task,
  document: ExistingDocument | undefined,
): ReturnType<typeof masterOf>[] {
  const others = document === undefined ? [] : readRecords().filter(({ sandbox }) => sandbox === identity.sandbox);
  return [masterOf(config.device), ...others.map(({ device }) => masterOf(device))];
}

function previousOf({ input }: Request): Result | undefined {
  const previous = input.document['prevResult'];
  return previous === undefined || previous === null ? undefined : readResult(previous);
}

function ipamOf({ request, config }: Task): Pick<AttachmentRecord, 'ipam'> {
  if (config.ipamType === undefined) return {};
  const { prevResult: _previous, ...document } = request.input.document;
  return { ipam: { type: config.ipamType, document } };
}

// The file is written last: whoever sees it finds everything it names.
function publish(task: Task, netns: string | null, record: AttachmentRecord, entry: DanEntry, undo: Undo): void {
  const { file, identity } = task;
  writeRecord({ ...record, entry });
  undo.add(`take the entry out of ${file}`, () => {
    removeEntry(file, identity.network, identity.ifname);
  });
  putEntry(file, netns, entry);
}
