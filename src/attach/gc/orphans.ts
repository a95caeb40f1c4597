import { signOfLife } from '../../host/kata-sandbox.ts';
import { ifUnlocked } from '../../host/lock.ts';
import type { Log } from '../../host/log.ts';
import { netnsInode as inodeOf } from '../../host/netns.ts';
import { namespaceOf } from '../../host/open-files.ts';
import { namesIn, statusAt } from '../../host/files.ts';
import type { Site } from '../../host/site.ts';
import { lookAtSocket } from '../../host/socket.ts';
import { filesOf, functionOf } from '../../kinds/kinds.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { Request } from '../../protocol/dispatch.ts';
import type { Interruption } from '../../protocol/interruption.ts';
import { detach } from '../del/del.ts';
import { lockDirectory } from '../directories.ts';
import { type AttachmentRecord, readRecord, recordPath } from '../record.ts';
import { heldTap } from '../running.ts';

/** Seconds. The ADD of a younger record may still be running, or the runtime may still send its DEL. */
const youngest = 300;

/** Whether an attachment with a record is still needed. */
export type Need =
  /** Nothing uses it any more. */
  | 'none'
  /** Its namespace is gone, and nothing runs, but its record was written within the last minutes. */
  | 'too-young'
  /** Its pod's namespace exists, a shim or a virtual machine uses it, or it did not come through CNI. */
  | 'needed';

/**
 * Whether anything still uses an attachment, judged by the state of the node. It is surely unused if the pod's
 * namespace is gone, no process is in that namespace, no shim serves the sandbox, and no program has its tap, its
 * socket or its function open. Throws `command-failed`, `io-failure`.
 */
export async function needOf(link: InterfaceName, record: AttachmentRecord, site: Site): Promise<Need> {
  if (record.netns === '' || !namespaceIsGone(record)) return 'needed';
  for (const sandbox of new Set([record.sandbox, record.plugged?.sandbox ?? record.sandbox])) {
    if ((await signOfLife(sandbox)) !== undefined) return 'needed';
  }
  if ((await heldTap([record], site)) !== undefined || (await hasLiveSocket(record))) return 'needed';
  const taken = functionOf(record.device);
  if (taken !== undefined && (await import('../function/release.ts')).isHeld(taken)) return 'needed';
  if (record.netnsInode !== undefined && someProcessIsIn(record.netnsInode)) return 'needed';
  const written = statusAt(recordPath(link))?.mtime;
  const age = written === undefined ? 0 : Date.now() / 1000 - written;
  return age < youngest ? 'too-young' : 'none';
}

/**
 * Removes an attachment that nothing uses any more, as its own DEL would, with its addresses. Does nothing if the
 * sandbox's lock is held, or if the attachment is in use by now. Returns true if it was removed. Throws what DEL
 * throws.
 */
export async function removeOrphan(
  link: InterfaceName,
  record: AttachmentRecord,
  { request, site, log }: { readonly request: Request; readonly site: Site; readonly log: Log },
  interrupted?: Interruption,
): Promise<boolean> {
  const { network, sandbox, ifname } = record;
  let isRemoved = false;
  await ifUnlocked(lockDirectory, { kind: 'sandbox', name: sandbox }, async (lock) => {
    const now = readRecord(link);
    if (typeof now === 'string' || (await needOf(link, now, site)) !== 'none') return;
    await detach(now, { request: requestFor(request, now), lock, log, interrupted });
    isRemoved = true;
    log('info', 'removing an attachment that nothing uses any more', { of: { network, sandbox, ifname } });
  });
  return isRemoved;
}

function namespaceIsGone({ netns, netnsInode }: AttachmentRecord): boolean {
  const there = inodeOf(netns);
  return there === undefined || (netnsInode !== undefined && there !== netnsInode);
}

// The virtual machine binds the socket that is in `filesOf`. A socket of a switch does not show whether the
// virtual machine runs.
async function hasLiveSocket({ device }: AttachmentRecord): Promise<boolean> {
  for (const { kind, path } of filesOf(device)) {
    if (kind === 'socket' && (await lookAtSocket(path)) === 'live') return true;
  }
  return false;
}

function someProcessIsIn(inode: number): boolean {
  return namesIn('/proc').some((pid) => /^\d+$/.test(pid) && namespaceOf(Number(pid), 'net') === inode);
}

// Uses the recorded configuration, and nothing of the call that triggered the removal: an IPAM plugin would mistake
// that call's arguments for the orphan's.
function requestFor(request: Request, { network, sandbox, ifname, ipam }: AttachmentRecord): Request {
  const { environment, variables, input } = request;
  return {
    ...request,
    environment: { ...environment, command: 'DEL', containerId: sandbox, ifname, netns: '', args: new Map() },
    variables: {
      ...variables,
      CNI_CONTAINERID: sandbox,
      CNI_IFNAME: ifname,
      CNI_NETNS: '',
      CNI_ARGS: '',
    },
    input: { ...input, name: network, document: ipam?.document ?? {} },
  };
}
