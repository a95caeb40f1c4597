import type { DanEntry } from '../../dan/document.ts';
import { encode } from '../../dan/encode.ts';
import { destinations, duplicates, type ExistingDocument, findEntry, type Newcomer } from '../../dan/merge.ts';
import { putEntry, removeEntry } from '../../dan/store.ts';
import { danError } from '../../model/error.ts';
import type { Identity } from '../../model/identity.ts';
import { type Allocation, repeatedRoute } from './addressing.ts';
import type { Undo } from '../attempts.ts';
import { type AttachmentRecord, writeRecord } from '../record.ts';
import type { PlannedTask } from './task.ts';

/** The `netns` of the file that an attachment needs: a path, or null where its device is on the host. */
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
 * Writes the entry of an attachment into its record, then into the sandbox's file. The file is written last of all:
 * whoever sees it finds everything that it names.
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

/** Refuses an attachment that the sandbox's file has already, or whose file belongs to another namespace. */
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

/** Refuses a name, MAC or address that another interface of the sandbox has. */
export function refuseDuplicates(document: ExistingDocument | undefined, newcomer: Newcomer): void {
  const found = document === undefined ? [] : duplicates(document, newcomer);
  if (found.length === 0) return;
  throw danError('duplicate-in-sandbox', `in this sandbox, ${found.join('; ')}: change one of them`);
}

/** Refuses a route to a destination that another interface of the sandbox has one to. */
export function refuseRepeatedRoutes(document: ExistingDocument | undefined, wanted: readonly string[]): void {
  const owners = document && destinations(document);
  for (const destination of wanted) {
    const owner = owners?.get(destination);
    if (owner !== undefined) throw repeatedRoute(destination, owner);
  }
}

/** The refusal of a second ADD; `where` is what shows the first. */
export function attachmentExists({ network, sandbox, ifname }: Identity, where: string): Error {
  return danError(
    'attachment-exists',
    `network "${network}" is attached to sandbox ${sandbox} as "${ifname}" already (${where}): nothing was changed; ` +
      'DEL it first',
  );
}
