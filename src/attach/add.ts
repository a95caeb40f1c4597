import type { AttachedDevice } from '../dan/attachment.ts';
import type { DanEntry } from '../dan/document.ts';
import { encode } from '../dan/encode.ts';
import type { ExistingDocument } from '../dan/merge.ts';
import { putEntry, readDanFile, removeEntry } from '../dan/store.ts';
import { hostTap, makeHostTap } from '../device/host-tap.ts';
import { apply } from '../host/apply.ts';
import { withLock } from '../host/lock.ts';
import { findPlugin } from '../ipam/plugin.ts';
import type { Log } from '../host/log.ts';
import type { Request } from '../protocol/dispatch.ts';
import { CniError } from '../protocol/error.ts';
import { readResult, type Result } from '../protocol/result.ts';
import { allocate, planFixed } from './allocate.ts';
import { claim } from './claim.ts';
import { lockDirectory } from './directories.ts';
import { lookAtNode } from './node-view.ts';
import { type AttachmentRecord, readRecord, recordPath, writeRecord } from './record.ts';
import { removeTap } from './remove-tap.ts';
import { resultOf } from './result.ts';
import { attachmentExists, refuseAttached, refuseDuplicates } from './sandbox-file.ts';
import { readTask, type Task } from './task.ts';
import { Undo } from './undo.ts';

/**
 * Attaches a sandbox: addresses, tap, file, in this order. All that can be refused is refused before anything is made;
 * whatever fails later is taken back, so that nothing is left.
 */
export async function add(request: Request, log: Log): Promise<Result> {
  const task = await readTask(request, log);
  return await withLock(lockDirectory, `sandbox ${task.identity.sandbox}`, async () => {
    const undo = new Undo();
    try {
      return await attach(task, undo);
    } catch (error) {
      const failures = await undo.run();
      throw error instanceof CniError ? error.withDetails(failures) : error;
    }
  });
}

async function attach(task: Task, undo: Undo): Promise<Result> {
  const { request, config, identity, names, log } = task;
  const document = refuseSecond(task);
  const guestMac = config.mac ?? names.guestMac;
  refuseDuplicates(document, { ifname: identity.ifname, guestMac, addresses: [] });
  const { netns } = request.environment;
  const { bridge, pinBridgeMac, mtu } = await lookAtNode(config, names, netns, log);
  const neighborhood = { mtu, guestMac, document };
  if (config.ipamType === undefined) planFixed(task, neighborhood);
  else findPlugin(config.ipamType, request.environment.path);

  const tap = hostTap(names, mtu, config);
  const record: AttachmentRecord = {
    ...identity,
    format: 1,
    danConf: task.danConf,
    device: tap,
    guestMac,
    ...ipamOf(task),
  };
  await claim(task, record, undo);
  const { addresses, routes, dns } = await allocate(task, neighborhood, undo);

  const timeoutSeconds = config.commandTimeout;
  undo.add(`remove the tap ${tap.name}`, () => removeTap({ names, claimed: true, timeoutSeconds, log }));
  await apply(makeHostTap(tap, bridge, pinBridgeMac), timeoutSeconds);

  const { name: tapName, queuePairs } = tap;
  const device: AttachedDevice = { kind: 'host-tap', tapName, queuePairs, queueSize: config.queueSize };
  const entry = encode(task.profile, {
    ...{ network: identity.network, ifname: identity.ifname, guestMac, device, mtu, routes },
    addresses: addresses.map(({ address }) => address),
    neighbors: config.neighbors,
  });
  publish(task, record, entry, undo);
  const previous = request.input.document['prevResult'];
  return resultOf({
    ...{ tap, ifname: identity.ifname, guestMac, netns, addresses, routes, dns },
    previous: previous === undefined ? undefined : readResult(previous),
  });
}

function refuseSecond({ identity, names, file }: Task): ExistingDocument | undefined {
  if (readRecord(names.link) !== 'missing') throw attachmentExists(identity, recordPath(names.link));
  const document = readDanFile(file);
  refuseAttached(file, document, identity, null);
  return document;
}

function ipamOf({ request, config }: Task): Pick<AttachmentRecord, 'ipam'> {
  if (config.ipamType === undefined) return {};
  const { prevResult: _previous, ...document } = request.input.document;
  return { ipam: { type: config.ipamType, document } };
}

// The file is written last: whoever sees it finds everything it names.
function publish(
  { file, identity: { network, ifname } }: Task,
  record: AttachmentRecord,
  entry: DanEntry,
  undo: Undo,
): void {
  writeRecord({ ...record, entry });
  undo.add(`take the entry out of ${file}`, () => {
    removeEntry(file, network, ifname);
  });
  putEntry(file, null, entry);
}
