import { type AttachmentRecord, readRecord, recordedNames, recordPath } from '../../attach/record.ts';
import { look, type PlaceFault, type Seen, together } from '../../attach/sightings/seen.ts';

/** All records; one that cannot be read is a fault. Throws `io-failure` for a directory that cannot be read. */
export async function seenRecords(): Promise<Seen<AttachmentRecord>> {
  const seen = recordedNames().map(async (name): Promise<Seen<AttachmentRecord>> => {
    const file = recordPath(name);
    const { found, faults } = await look({ of: 'record', file }, () => [readRecord(name)]);
    const unreadable: PlaceFault = { of: 'record', file, why: undefined };
    return {
      found: found.filter((record) => typeof record !== 'string'),
      faults: [...faults, ...(found.includes('unreadable') ? [unreadable] : [])],
    };
  });
  return together(await Promise.all(seen));
}
