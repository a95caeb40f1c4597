import { danFile, removeEntry } from '../../dan/store.ts';
import { faultSentence } from '../../host/directory-fault.ts';
import { withLockIfSafe } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { netnsInode as inodeAt } from '../../host/netns.ts';
import { fileFaultText } from '../../host/own-files.ts';
import { type DerivedNames, deriveNames, type Identity, parseSandboxId } from '../../model/identity.ts';
import { functionOf } from '../../kinds/kinds.ts';
import { sameJson } from '../../json/same.ts';
import type { Request } from '../../protocol/dispatch.ts';
import type { Interruption } from '../../protocol/interruption.ts';
import { messageOf } from '../../json/thrown.ts';
import { CniError } from '../../protocol/error.ts';
import { attemptAll, whereLeft } from '../attempts.ts';
import { hasLasting, lockDirectory } from '../directories.ts';
import { databaseOf } from '../find-ovs.ts';
import { delegate, ipamTypeOf } from '../ipam.ts';
import {
  type AttachmentRecord,
  lookAtRecord,
  readRecords,
  recordPath,
  type RecordState,
  removeRecord,
} from '../record.ts';
import { withPod } from './pod.ts';
import { remainsBy, removeDevice } from './remove-device.ts';
import { danConfOf, timeoutOf } from '../settings.ts';

/** The call that detaches an attachment. */
interface Detaching {
  readonly request: Request;
  /** The sandbox's lock; undefined if the lock's path is not safe to use. No ADD works then either. */
  readonly lock: number | undefined;
  readonly log: Log;
  /** Stops a slow IPAM plugin. Left out if the plugin has no time limit. */
  readonly interrupted?: Interruption | undefined;
}

/** The input of a DEL. */
interface Detachment extends Detaching {
  readonly identity: Identity;
  readonly names: DerivedNames;
  readonly state: RecordState;
  /** Undefined if this attachment has no usable record. */
  readonly record: AttachmentRecord | undefined;
}

/**
 * Detaches a sandbox. It needs the network's name, the container id and the interface's name; the record has the rest.
 * If the configuration names no network, it removes every recorded attachment of that interface. A faulty configuration
 * is not an error, since a typo must not keep a pod from being deleted. Something that is missing counts as removed.
 * Throws the first failure, with the others in its details, after it has tried everything.
 */
export async function del(request: Request, log: Log): Promise<void> {
  const { containerId: sandbox, ifname } = request.environment;
  const { name: network } = request.input;
  const detachLocked = async (lock: number | undefined): Promise<void> => {
    if (network !== '') {
      await detach({ network, sandbox, ifname }, { request, lock, log });
      return;
    }
    const recorded = readRecords().filter((record) => isOf(record, sandbox, ifname));
    const fields = { networks: recorded.map((record) => record.network) };
    log('warn', 'the configuration names no network: DEL removes every recorded attachment of this interface', fields);
    await attemptAll(recorded.map((record) => () => detach(record, { request, lock, log })));
  };
  await withLockIfSafe(lockDirectory, { kind: 'sandbox', name: sandbox }, detachLocked, ({ message }) => {
    log('warn', 'the attachment is removed without a lock', { why: message });
  });
}

// An attachment that did not come through CNI has no namespace, and the runtime must not remove it.
function isOf(record: AttachmentRecord, sandbox: string, ifname: string): boolean {
  return record.sandbox === sandbox && record.ifname === ifname && record.netns !== '';
}

/** Detaches one attachment. The caller holds the sandbox's lock. Throws as {@link del} does. */
export async function detach({ network, sandbox, ifname }: Identity, detaching: Detaching): Promise<void> {
  const detachment = await lookForLasting({ network, sandbox, ifname }, detaching);
  const taken = detachment.record && functionOf(detachment.record.device);
  // As long as the virtual machine runs, the attachment keeps its addresses, too.
  if (taken !== undefined) (await import('../function/release.ts')).refuseHeld(taken);
  await detachAll(detachment, [() => releaseAddresses(detachment)]);
}

/**
 * Removes the visible remains of an attachment without a record; the caller holds the sandbox's lock. Its addresses
 * stay: otherwise, anybody who can name a link or write a row could have any address released. Does nothing if there is
 * a record by now.
 */
export async function detachStray({ network, sandbox, ifname }: Identity, detaching: Detaching): Promise<void> {
  const detachment = lookFor({ network, sandbox, ifname }, detaching);
  if (detachment.state.is === 'missing' || detachment.state.is === 'foreign') await detachAll(detachment, []);
}

// The record of a function may have a lasting copy.
async function lookForLasting(identity: Identity, detaching: Detaching): Promise<Detachment> {
  const detachment = lookFor(identity, detaching);
  if (detachment.state.is !== 'missing' || !hasLasting(detachment.names.link)) return detachment;
  (await import('../function/lasting.ts')).recoverRecord(detachment.names.link);
  return lookFor(identity, detaching);
}

function lookFor(identity: Identity, detaching: Detaching): Detachment {
  const names = deriveNames(identity);
  const state = lookAtRecord(identity, names, 'anyway');
  const fields = { record: recordPath(names.link) };
  if (state.is === 'faulty') {
    detaching.log(
      'warn',
      `the record of the attachment ${state.why}: DEL removes only what the derived names prove`,
      fields,
    );
  } else if (state.is === 'foreign') {
    const { owner } = state;
    detaching.log('warn', 'another attachment has the same short name: DEL leaves that one alone', {
      ...fields,
      owner,
    });
  }
  return { ...detaching, identity, names, state, record: state.is === 'ours' ? state.record : undefined };
}

async function detachAll(detachment: Detachment, more: readonly (() => Promise<void>)[]): Promise<void> {
  const { state, names, identity, record } = detachment;
  try {
    await attemptAll([
      () => detachDevice(detachment),
      () => {
        detachFile(detachment);
      },
      ...more,
    ]);
  } catch (error) {
    throw error instanceof CniError ? error.withDetails([whereLeft]) : error;
  }
  if (state.is === 'foreign') return;
  const mayLast = record === undefined || functionOf(record.device) !== undefined;
  if (mayLast && hasLasting(names.link)) (await import('../function/lasting.ts')).forgetRecord(names.link);
  removeRecord(names.link, identity.sandbox);
}

async function detachDevice({ request, identity, names, state, record, lock, log }: Detachment): Promise<void> {
  const { document } = request.input;
  const timeoutSeconds = timeoutOf(document);
  const site = { timeoutSeconds, lock };
  // The guest releases the interface before dan removes its tap.
  if (record?.plugged !== undefined) {
    const { unplugRecorded } = await import('../plugging.ts');
    await unplugRecorded(record.plugged, timeoutSeconds, log);
  } else if (record === undefined && document['hotplug'] === true) {
    const { unplugStray } = await import('../plugging.ts');
    const netnsInode = inodeAt(request.environment.netns);
    await unplugStray(names, { id: identity.sandbox, netnsInode, timeoutSeconds }, log);
  }
  await withPod(record, request.environment.netns, log, async (pod) => {
    const inPod = { ...site, pod };
    const database = record === undefined ? await databaseOf(document, inPod) : undefined;
    await removeDevice(remainsBy(state, names, database, document), inPod, log);
  });
}

function detachFile({ request, identity: { network, sandbox, ifname }, record, log }: Detachment): void {
  const id = parseSandboxId(sandbox);
  // ADD refuses an id that cannot name a file.
  if (!id.ok) return;
  const path = danFile(record?.danConf ?? danConfOf(request.input.document), id.value);
  const { file, directory } = removeEntry(path, network, ifname, record?.entry !== undefined);
  if (directory !== undefined) {
    const why = faultSentence(directory);
    log('warn', 'in the directory of DAN files, DEL changes only files that root owns', { path, why });
  }
  if (file === undefined) return;
  log('warn', 'something else is at the path of the DAN file: DEL leaves it alone', { path, why: fileFaultText(file) });
}

// The plugin may have refused the recorded configuration at ADD, and somebody may have corrected it since.
async function releaseAddresses(detachment: Detachment): Promise<void> {
  const { request, record, log, interrupted } = detachment;
  if (record === undefined) await releaseConfigured(detachment);
  if (record?.ipam === undefined) return;
  const { type, document, args } = record.ipam;
  const { CNI_ARGS: given = '' } = request.variables;
  const variables = given === '' && args !== undefined ? { ...request.variables, CNI_ARGS: args } : request.variables;
  try {
    await delegate({ ...request, variables }, 'DEL', type, document, { interrupted });
  } catch (error) {
    if (sameJson(request.input.document['ipam'], document['ipam']) || !(await releaseConfigured(detachment)))
      throw error;
    const fields = { recorded: messageOf(error) };
    log(
      'warn',
      'the IPAM plugin refused the recorded configuration, and released the addresses with the current one',
      fields,
    );
  }
}

// Without a record (for instance after a restart of the node), the plugin may still hold a lease, and only the current
// configuration names the plugin. If the plugin is not installed, nobody can release a lease, so that is no failure.
// Returns false if the configuration names no plugin.
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
