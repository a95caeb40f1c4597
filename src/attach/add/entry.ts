import type { DanEntry } from '../../dan/document.ts';
import { encode } from '../../dan/encode.ts';
import { putEntry, removeEntry } from '../../dan/store.ts';
import { type AttachmentRecord, writeRecord } from '../record.ts';
import type { Allocation, Surroundings } from './allocate.ts';
import type { Task } from './task.ts';
import type { Undo } from './undo.ts';

/** The entry of an attachment in its sandbox's file. */
export function entryOf(
  { profile, identity: { network, ifname } }: Task,
  { guestMac, mtu, attached }: Surroundings['plan'],
  { addresses, routes, neighbors }: Pick<Allocation, 'addresses' | 'neighbors' | 'routes'>,
): DanEntry {
  const info = { mtu, addresses: addresses.map(({ address }) => address), routes, neighbors };
  return encode(profile, { network, ifname, guestMac, device: attached, ...info });
}

/**
 * Writes the entry of an attachment into the sandbox's file, and into its record before. The file is written last of all:
 * whoever sees it finds everything it names.
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
