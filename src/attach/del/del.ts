import { danFile, removeEntry } from '../../dan/store.ts';
import { withLock } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { lookAtNetns, withNetns } from '../../host/netns.ts';
import { deriveNames, type Identity, parseSandboxId } from '../../model/identity.ts';
import { sameJson } from '../../json/same.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { CniError, messageOf } from '../../protocol/error.ts';
import { attemptAll } from '../attempts.ts';
import { lockDirectory } from '../directories.ts';
import { databaseOf } from '../find-ovs.ts';
import { delegate, ipamTypeOf } from '../ipam.ts';
import { type AttachmentRecord, readRecord, removeRecord } from '../record.ts';
import { remainsOf, remainsWithoutRecord, removeDevice } from './remove-device.ts';
import { danConfOf, timeoutOf } from '../settings.ts';

/** What a DEL goes by. */
interface Detachment {
  readonly request: Request;
  readonly identity: Identity;
  /** undefined: it is missing or unreadable. */
  readonly record: AttachmentRecord | undefined;
  /** The sandbox's lock. An IPAM plugin inherits it: one that outlived dan could release the addresses of a later ADD. */
  readonly lock: number;
  readonly log: Log;
}

/**
 * Detaches a sandbox. It needs the network's name, the container id and the interface's name; the record has the rest.
 * Other faults of the configuration are no reason to fail, since a typo must not wedge a pod that is to go. Something
 * that is missing counts as removed. Throws the first failure, with the others in its details, after everything was tried.
 */
export async function del(request: Request, log: Log): Promise<void> {
  const { containerId: sandbox, ifname } = request.environment;
  const identity = { network: request.input.name, sandbox, ifname };
  await withLock(lockDirectory, { kind: 'sandbox', name: sandbox }, async (lock) => {
    const { link } = deriveNames(identity);
    const found = readRecord(link);
    if (found === 'unreadable') {
      log('warn', 'the record of the attachment cannot be read: derived names are used', { record: link });
    }
    const record = typeof found === 'string' ? undefined : found;
    const detachment = { request, identity, record, lock, log };
    await attemptAll([
      () => detachDevice(detachment),
      () => {
        detachFile(detachment);
      },
      () => releaseAddresses(detachment),
    ]);
    removeRecord(link, sandbox);
  });
}

async function detachDevice({ request, identity, record, lock, log }: Detachment): Promise<void> {
  const { document } = request.input;
  // What was taken from a link in the pod goes back to the namespace of the ADD, whatever path a later call names. That
  // path may be gone, while the runtime has another one to the namespace.
  const isThere = record !== undefined && lookAtNetns(record.netns) === 'other';
  await withNetns(isThere ? record.netns : request.environment.netns, async (pod) => {
    const site = { timeoutSeconds: timeoutOf(document), lock, pod };
    const remains =
      record === undefined
        ? remainsWithoutRecord(deriveNames(identity), await databaseOf(document, site), document)
        : remainsOf(record);
    await removeDevice(remains, site, log);
  });
}

function detachFile({ request, identity: { network, sandbox, ifname }, record }: Detachment): void {
  const id = parseSandboxId(sandbox);
  // ADD refuses an id that cannot name a file.
  if (id.ok) removeEntry(danFile(record?.danConf ?? danConfOf(request.input.document), id.value), network, ifname);
}

// The plugin may have refused the recorded configuration in the ADD already, and somebody has corrected it since.
async function releaseAddresses(detachment: Detachment): Promise<void> {
  const { request, record, lock, log } = detachment;
  if (record === undefined) await releaseConfigured(detachment);
  if (record?.ipam === undefined) return;
  const { type, document } = record.ipam;
  try {
    await delegate(request, 'DEL', type, document, { lock });
  } catch (error) {
    if (sameJson(request.input.document['ipam'], document['ipam']) || !(await releaseConfigured(detachment)))
      throw error;
    const fields = { recorded: messageOf(error) };
    log(
      'warn',
      'the IPAM plugin refused the recorded configuration, and released the addresses by the current one',
      fields,
    );
  }
}

// Without a record (after a restart of the node, say) the plugin may still hold a lease, and only the current
// configuration names the plugin. A plugin that is not installed holds none that anybody could release. Returns false
// if the configuration names no plugin.
async function releaseConfigured({ request, lock, log }: Detachment): Promise<boolean> {
  const { document } = request.input;
  const type = ipamTypeOf(document);
  if (type === undefined) return false;
  try {
    await delegate(request, 'DEL', type, document, { lock });
  } catch (error) {
    if (!(error instanceof CniError) || error.name !== 'ipam-plugin-missing') throw error;
    log('warn', error.message);
  }
  return true;
}
