import { danFile, removeEntry } from '../../dan/store.ts';
import { withLock } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { lookAtNetns, withNetns } from '../../host/netns.ts';
import { deriveNames, type Identity, parseSandboxId } from '../../model/identity.ts';
import { sameJson } from '../../json/same.ts';
import type { Request } from '../../protocol/dispatch.ts';
import type { Interruption } from '../../protocol/interruption.ts';
import { CniError, messageOf } from '../../protocol/error.ts';
import { attemptAll, whereLeft } from '../attempts.ts';
import { lockDirectory } from '../directories.ts';
import { databaseOf } from '../find-ovs.ts';
import { delegate, ipamTypeOf } from '../ipam.ts';
import { type AttachmentRecord, readRecord, readRecords, removeRecord } from '../record.ts';
import { remainsOf, remainsWithoutRecord, removeDevice } from './remove-device.ts';
import { danConfOf, timeoutOf } from '../settings.ts';

/** The call that an attachment is detached in. */
interface Detaching {
  readonly request: Request;
  /** The sandbox's lock. */
  readonly lock: number;
  readonly log: Log;
  /** Ends an IPAM plugin that takes its time; left out where it has as long as it needs. */
  readonly interrupted?: Interruption | undefined;
}

/** What a DEL goes by. */
interface Detachment extends Detaching {
  readonly identity: Identity;
  /** undefined: it is missing or unreadable. */
  readonly record: AttachmentRecord | undefined;
}

/**
 * Detaches a sandbox. It needs the network's name, the container id and the interface's name; the record has the rest.
 * Where no network can be read from the configuration, it detaches what records have of that interface. Faults of the
 * configuration are no reason to fail, since a typo must not wedge a pod that is to go. Something that is missing counts as
 * removed. Throws the first failure, with the others in its details, after everything was tried.
 */
export async function del(request: Request, log: Log): Promise<void> {
  const { containerId: sandbox, ifname } = request.environment;
  const { name: network } = request.input;
  await withLock(lockDirectory, { kind: 'sandbox', name: sandbox }, async (lock) => {
    if (network !== '') {
      await detach({ network, sandbox, ifname }, { request, lock, log });
      return;
    }
    const recorded = readRecords().filter((record) => isOf(record, sandbox, ifname));
    const fields = { networks: recorded.map((record) => record.network) };
    log('warn', 'the configuration names no network: what records have of this interface is removed', fields);
    await attemptAll(recorded.map((record) => () => detach(record, { request, lock, log })));
  });
}

// What did not come by CNI has no namespace, and is not the runtime's to remove.
function isOf(record: AttachmentRecord, sandbox: string, ifname: string): boolean {
  return record.sandbox === sandbox && record.ifname === ifname && record.netns !== '';
}

/** Detaches one attachment. The caller holds the sandbox's lock. Throws as {@link del} does. */
export async function detach({ network, sandbox, ifname }: Identity, detaching: Detaching): Promise<void> {
  const { log } = detaching;
  const identity = { network, sandbox, ifname };
  const { link } = deriveNames(identity);
  const found = readRecord(link);
  if (found === 'unreadable') {
    log('warn', 'the record of the attachment cannot be read: derived names are used', { record: link });
  }
  const record = typeof found === 'string' ? undefined : found;
  const detachment = { ...detaching, identity, record };
  try {
    await attemptAll([
      () => detachDevice(detachment),
      () => {
        detachFile(detachment);
      },
      () => releaseAddresses(detachment),
    ]);
  } catch (error) {
    throw error instanceof CniError ? error.withDetails([whereLeft]) : error;
  }
  removeRecord(link, sandbox);
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
  const { request, record, log, interrupted } = detachment;
  if (record === undefined) await releaseConfigured(detachment);
  if (record?.ipam === undefined) return;
  const { type, document } = record.ipam;
  try {
    await delegate(request, 'DEL', type, document, { interrupted });
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
async function releaseConfigured({ request, log }: Detachment): Promise<boolean> {
  const { document } = request.input;
  const type = ipamTypeOf(document);
  if (type === undefined) return false;
  try {
    await delegate(request, 'DEL', type, document);
  } catch (error) {
    if (!(error instanceof CniError) || error.name !== 'ipam-plugin-missing') throw error;
    log('warn', error.message);
  }
  return true;
}
