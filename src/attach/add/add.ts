import type { DanEntry } from '../../dan/document.ts';
import { putEntry, removeEntry } from '../../dan/store.ts';
import { nameOf, socketOf, tapOf } from '../../kinds/kinds.ts';
import { apply } from '../../host/apply.ts';
import { refuseToldToEnd } from '../../host/command.ts';
import { withLock } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { withNetns } from '../../host/netns.ts';
import type { Site } from '../../host/site.ts';
import { findPlugin } from '../../ipam/plugin.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { CniError } from '../../protocol/error.ts';
import { readResult, type Result } from '../../protocol/result.ts';
import { allocate, allocateKnown } from './allocate.ts';
import { claim, recordOf } from './claim.ts';
import { lockDirectory, refuseUnsafeDirectories } from '../directories.ts';
import { entryOf } from './entry.ts';
import { examine, netnsOfFile } from './examine.ts';
import { logDifferences } from './previous.ts';
import { type AttachmentRecord, writeRecord } from '../record.ts';
import { claimOf, removeDevice } from '../del/remove-device.ts';
import { resultOf, withTap } from './result.ts';
import { makeFiles, writeDown } from '../take-over.ts';
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
        await refuseToldToEnd(interrupted);
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
  const { ifname } = identity;
  const { netns } = request.environment;
  const surroundings = await examine(task, site);
  const { plan, view } = surroundings;
  if (task.config.ipamType === undefined) allocateKnown(task, surroundings);
  else findPlugin(task.config.ipamType, request.environment.path);
  for (const warning of plan.warnings) log('warn', warning);

  const { device, guestMac, mtu } = plan;
  const taken = await writeDown(device, plan.source, view.pod, site);
  const record = recordOf(task, plan, taken);
  await claim(task, record, undo);
  const allocation = await allocate(task, surroundings, undo);

  undo.add(`remove the device ${nameOf(device)}`, () => removeDevice(claimOf(record), calm, log));
  await apply(plan.operations, site);
  await makeFiles(device, site, log);

  publish(task, netnsOfFile(plan, netns), record, entryOf(task, plan, allocation), undo);

  const previous = previousOf(request);
  const { addresses, routes, dns } = allocation;
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

function previousOf({ input }: Request): Result | undefined {
  const previous = input.document['prevResult'];
  return previous === undefined || previous === null ? undefined : readResult(previous);
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
