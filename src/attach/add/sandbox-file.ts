import type { DanEntry } from '../../dan/encode.ts';
import { encode } from '../../dan/encode.ts';
import type { GuestInterface } from '../../model/guest.ts';
import { newFaults } from '../../dan/guest-entry.ts';
import { guestErrors } from '../../dan/guest-texts.ts';
import { type ExistingDocument, findEntry } from '../../dan/merge.ts';
import { putEntry, removeEntry } from '../../dan/store.ts';
import { danError } from '../../model/error.ts';
import type { Device } from '../../kinds/kinds.ts';
import type { DerivedNames, Identity } from '../../model/identity.ts';
import type { Allocation } from './addressing.ts';
import type { Undo } from '../attempts.ts';
import { type AttachmentRecord, type RecordState, recordPath, writeRecord } from '../record.ts';
import { ownerText } from './claim.ts';
import type { PlannedTask } from './task.ts';

/** The `netns` that an attachment needs in the file: a path, or null if its device is on the host. */
export function netnsOfFile({ place }: PlannedTask['plan'], netns: string): string | null {
  return place === 'pod' ? netns : null;
}

/** The entry of an attachment in its sandbox's file. */
export function entryOf(
  { profile, identity: { network, ifname }, plan: { guestMac, mtu, attached, source } }: PlannedTask,
  { addresses, routes, neighbors }: Omit<Allocation, 'dns'>,
): DanEntry {
  const noArp = source?.traits?.includes('no-arp');
  const info = { mtu, noArp, addresses: addresses.map(({ address }) => address), routes, neighbors };
  return encode(profile, { network, ifname, guestMac, device: attached, ...info });
}

/**
 * Writes the entry of an attachment into its record, then into the sandbox's file. The file comes last: a process that
 * sees it finds everything that it names.
 */
export function publish(
  file: string,
  netns: string | null,
  record: AttachmentRecord,
  entry: DanEntry,
  undo: Undo,
): void {
  const { network, ifname } = record;
  writeRecord({ ...record, entry });
  undo.add(`take the entry out of ${file}`, () => {
    removeEntry(file, network, ifname);
  });
  putEntry(file, netns, entry);
}

/** Refuses an attachment that the sandbox's file has already, or a file that belongs to another namespace. */
export function refuseAttached(
  path: string,
  document: ExistingDocument | undefined,
  identity: Identity,
  netns: string | null,
): void {
  if (document === undefined) return;
  if (findEntry(document, identity.network, identity.ifname) !== undefined) throw attachmentExists(identity, path);
  if (document.netns === netns) return;
  throw danError(
    'netns-of-file-differs',
    `the DAN file ${path} has "netns" ${JSON.stringify(document.netns)}, and this attachment needs ` +
      `${JSON.stringify(netns)}: one sandbox has one; use networks of the same device kind and profile in it`,
  );
}

/**
 * Refuses an interface if the guest would then not get what the sandbox's file says about it or about another
 * interface. Throws `duplicate-in-sandbox`, `duplicate-route`, `second-default-route`, `mtu-too-small-for-ipv6`,
 * `not-carried-by-profile`, `invalid-configuration`.
 */
export function refuseNewFaults(document: ExistingDocument | undefined, newcomer: GuestInterface): void {
  const [error] = guestErrors(newFaults(document, newcomer));
  if (error !== undefined) throw error;
}

/**
 * Refuses an attachment if there is a record at its path already: its own, an unreadable one, or that of another
 * attachment with the same short name. `isMadeBefore` says whether an earlier dan in the list made that device. Throws
 * `attachment-exists`, `short-name-taken`.
 */
export function refuseRecorded(
  identity: Identity,
  { link }: DerivedNames,
  state: RecordState,
  isMadeBefore: (device: Device) => boolean = () => false,
): void {
  const path = recordPath(link);
  switch (state.is) {
    case 'missing':
      return;
    case 'ours':
      throw attachmentExists(identity, path, isMadeBefore(state.record.device));
    case 'faulty':
      throw attachmentExists(identity, `${path}, which ${state.why}`);
    case 'foreign':
      throw danError(
        'short-name-taken',
        `${ownerText(identity)} would get the short name ${link}, which is that of ` +
          `${ownerText(state.owner)} (${path}): nothing was made; start the pod anew, which gives its sandbox another id`,
      );
    default:
      return state satisfies never;
  }
}

/** The refusal of a second ADD. `where` shows the first one. With `isTwice`, an earlier dan in the list made it. */
export function attachmentExists({ network, sandbox, ifname }: Identity, where: string, isTwice = false): Error {
  const cure = isTwice
    ? '"dan" is twice in the list of plugins, and the first one has attached the sandbox: remove one of them'
    : 'DEL it first';
  return danError(
    'attachment-exists',
    `network "${network}" is attached to sandbox ${sandbox} as "${ifname}" already (${where}): nothing was changed; ${cure}`,
  );
}
