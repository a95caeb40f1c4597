import { exists, readText } from '../../host/files.ts';
import { ifUnlocked } from '../../host/lock.ts';
import { ownNames, readOwn, removeFile, writeWhole } from '../../host/own-files.ts';
import { isObject } from '../../json/object.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { lastingDirectory, lastingPath, lockDirectory } from '../directories.ts';
import { type AttachmentRecord, isRecordName, recordPath } from '../record.ts';

// A function keeps its driver and its settings when the files below /run are gone, and has no mark that names its
// owner. So the record of such an attachment is also kept in a directory that lasts, and is put back if it is missing.
// The node's next start resets driver and settings: a record from before it is thrown away.

/** The kernel's random id of this boot (random(4)). */
const bootId = '/proc/sys/kernel/random/boot_id';

/** Writes the lasting copy of a record. Throws `directory-unsafe`, `io-failure`. */
export function keepRecord(link: InterfaceName, record: AttachmentRecord): void {
  const boot = readText(bootId).trim();
  writeWhole(lastingPath(link), `${JSON.stringify({ boot, record })}\n`, { durable: false });
}

/** Removes the lasting copy of a record; a missing one counts as removed. It goes before the record itself. */
export function forgetRecord(link: InterfaceName): void {
  removeFile(lastingPath(link), { durable: false });
}

/** Puts missing records back, except those of a sandbox whose lock is held. Throws `io-failure`. */
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
 * Puts one record back if it is missing. The caller holds the sandbox's lock, so that no other call is between removing
 * the record and removing its copy.
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

// The record in it is validated when it is read as a record.
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
