import { type AttachmentRecord, readRecord, recordedNames, recordPath } from '../../attach/record.ts';
import { look, type Seen, together } from '../../attach/sightings/seen.ts';

/** All records; one that cannot be read is a fault. Throws `io-failure` for a directory that cannot be read. */
export async function seenRecords(): Promise<Seen<AttachmentRecord>> {
  const seen = recordedNames().map(async (name): Promise<Seen<AttachmentRecord>> => {
    const { found, faults } = await look(() => [readRecord(name)]);
    const unreadable = `the record ${recordPath(name)} is none that dan wrote: what it claims is not known`;
    return {
      found: found.filter((record) => typeof record !== 'string'),
      faults: [...faults, ...(found.includes('unreadable') ? [unreadable] : [])],
    };
  });
  return together(await Promise.all(seen));
}
