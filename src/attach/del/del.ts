import { parsePluginType } from '../../config/values.ts';
import { danFile, removeEntry } from '../../dan/store.ts';
import { withLock } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { lookAtNetns, withNetns } from '../../host/netns.ts';
import { type DerivedNames, deriveNames, type Identity } from '../../model/identity.ts';
import { sameJson } from '../../json/same.ts';
import { parseSandboxId } from '../../model/sandbox-id.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { CniError } from '../../protocol/error.ts';
import { isObject } from '../../json/object.ts';
import { type Attempt, attemptAll } from './attempts.ts';
import { lockDirectory } from '../directories.ts';
import { databaseOf } from '../find-ovs.ts';
import { delegate } from '../ipam.ts';
import { type AttachmentRecord, readRecord, removeRecord } from '../record.ts';
import { claimOf, claimWithoutRecord, removeDevice } from './remove-device.ts';
import { danConfOf, timeoutOf } from '../settings.ts';

/**
 * Detaches a sandbox. It needs the network's name, the container id and the interface's name; the record says the rest.
 * Any other fault of the configuration is no reason to fail: a typo must not wedge a pod that is to go. What is missing
 * is done. Throws the first failure, with the others in its details, after everything was tried.
 */
export async function del(request: Request, log: Log): Promise<void> {
  const { containerId, ifname } = request.environment;
  const identity = { network: request.input.name, sandbox: containerId, ifname };
  await withLock(lockDirectory, { kind: 'sandbox', name: containerId }, (lock) => detach(request, identity, lock, log));
}

async function detach(request: Request, identity: Identity, lock: number, log: Log): Promise<void> {
  const names = deriveNames(identity);
  const found = readRecord(names.link);
  if (found === 'unreadable') {
    log('warn', 'the record of the attachment cannot be read: derived names are used', { record: names.link });
  }
  const record = typeof found === 'string' ? undefined : found;
  await attemptAll([
    deviceOf(names, record, request, lock, log),
    fileOf(identity, record, request),
    ipamOf(record, { request, lock, log }),
  ]);
  removeRecord(names.link, identity.sandbox);
}

function deviceOf(
  names: DerivedNames,
  record: AttachmentRecord | undefined,
  request: Request,
  lock: number,
  log: Log,
): Attempt {
  const netns = namespaceOf(record, request.environment.netns);
  const { document } = request.input;
  const timeoutSeconds = timeoutOf(document);
  return () =>
    withNetns(netns, async (pod) => {
      const site = { timeoutSeconds, lock, ...(pod === undefined ? {} : { pod }) };
      const claim =
        record === undefined ? claimWithoutRecord(names, await databaseOf(document, site), document) : claimOf(record);
      await removeDevice(claim, site, log);
    });
}

// What was taken from a link in the pod is given back where ADD took it, whatever path a later call names. What the record
// names may be gone, while the runtime has another path to the namespace.
function namespaceOf(record: AttachmentRecord | undefined, given: string): string {
  return record !== undefined && lookAtNetns(record.netns) === 'other' ? record.netns : given;
}

function fileOf(
  { network, sandbox, ifname }: Identity,
  record: AttachmentRecord | undefined,
  request: Request,
): Attempt {
  const id = parseSandboxId(sandbox);
  return () => {
    // ADD refuses an id that cannot name a file.
    if (!id.ok) return;
    const danConf = record?.danConf ?? danConfOf(request.input.document);
    removeEntry(danFile(danConf, id.value), network, ifname);
  };
}

/** What a plugin's DEL goes by. It holds the sandbox's lock: left alone, it would release the addresses of a later ADD. */
interface Release {
  readonly request: Request;
  readonly lock: number;
  readonly log: Log;
}

function ipamOf(record: AttachmentRecord | undefined, release: Release): Attempt {
  return async () => {
    if (record !== undefined) await releaseRecorded(record, release);
    else await releaseConfigured(release);
  };
}

// The plugin may refuse what it was called with, also in the ADD, and somebody has corrected the configuration since.
async function releaseRecorded({ ipam }: AttachmentRecord, release: Release): Promise<void> {
  const { request, lock, log } = release;
  if (ipam === undefined) return;
  try {
    await delegate(request, 'DEL', ipam.type, ipam.document, { lock });
  } catch (error) {
    const today = request.input.document['ipam'];
    if (sameJson(today, ipam.document['ipam']) || !(await releaseConfigured(release))) throw error;
    log('warn', 'the IPAM plugin released the addresses by the configuration of today', { recorded: messageOf(error) });
  }
}

// With no record (the node was restarted, say) the plugin may still hold a lease, and today's configuration tells which.
// A plugin that is not installed then holds none that anybody could release. False if the configuration names none.
async function releaseConfigured({ request, lock, log }: Release): Promise<boolean> {
  const { ipam } = request.input.document;
  const parsed = parsePluginType(isObject(ipam) ? ipam['type'] : undefined);
  if (!parsed.ok || parsed.value === '') return false;
  try {
    await delegate(request, 'DEL', parsed.value, request.input.document, { lock });
  } catch (error) {
    if (!(error instanceof CniError) || error.name !== 'ipam-plugin-missing') throw error;
    log('warn', error.message);
  }
  return true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
