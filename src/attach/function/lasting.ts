import { exists, readText } from '../../host/files.ts';
import { ifUnlocked } from '../../host/lock.ts';
import { ownNames, readOwn, removeFile, writeWhole } from '../../host/own-files.ts';
import { isObject } from '../../json/object.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { lastingDirectory, lastingPath, lockDirectory } from '../directories.ts';
import { type AttachmentRecord, isRecordName, recordPath } from '../record.ts';

// A function keeps its driver and its settings when the files below /run are gone: nothing of it says whose it is. So the record
// of such an attachment is also kept where it lasts, and put back where it is missing. The next start of the node takes
// driver and settings away: a record of an earlier one is thrown away.

/** The kernel's number of this start of the node (random(4)). */
const bootId = '/proc/sys/kernel/random/boot_id';

/** Keeps a record where it lasts. Throws `directory-unsafe`, `io-failure`. */
export function keepRecord(link: InterfaceName, record: AttachmentRecord): void {
  const boot = readText(bootId).trim();
  writeWhole(lastingPath(link), `${JSON.stringify({ boot, record })}\n`, { durable: false });
}

/** Removes a record from where it lasts; a missing one counts as removed. It goes before the record itself. */
export function forgetRecord(link: InterfaceName): void {
  removeFile(lastingPath(link), { durable: false });
}

/** Puts back the records that are missing, but those whose sandbox somebody is at work with. Throws `io-failure`. */
export async function recoverRecords(): Promise<void> {
  for (const file of ownNames(lastingDirectory).filter(isRecordName)) {
    const link = file.slice(0, -'.json'.length) as InterfaceName;
    const sandbox = exists(recordPath(link)) ? undefined : sandboxOf(link);
    if (sandbox === undefined) continue;
    await ifUnlocked(lockDirectory, { kind: 'sandbox', name: sandbox }, () => {
      recoverRecord(link);
    });
  }
}

/**
 * Puts one record back, if it is missing. The caller holds the sandbox's lock, so that no call is at work between the record
 * and what is kept of it.
 */
export function recoverRecord(link: InterfaceName): void {
  if (exists(recordPath(link))) return;
  const kept = readKept(link);
  if (kept === undefined) return;
  if (kept.boot === readText(bootId).trim())
    writeWhole(recordPath(link), `${JSON.stringify(kept.record)}\n`, { durable: false });
  else forgetRecord(link);
}

function sandboxOf(link: InterfaceName): string | undefined {
  const sandbox = readKept(link)?.record['sandbox'];
  return typeof sandbox === 'string' ? sandbox : undefined;
}

// What is in it is judged when it is read as a record.
function readKept(link: InterfaceName) {
  const there = readOwn(lastingPath(link));
  if (there === undefined || 'fault' in there) return undefined;
  try {
    const value: unknown = JSON.parse(there.text);
    const { boot, record } = isObject(value) ? value : {};
    return typeof boot === 'string' && isObject(record) ? { boot, record } : undefined;
  } catch {
    return undefined;
  }
}
