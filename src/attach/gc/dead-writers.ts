import { safeDirectory } from '../../host/directory.ts';
import { namesIn } from '../../host/files.ts';
import { ifUnlocked, withLock } from '../../host/lock.ts';
import { removeFile } from '../../host/own-files.ts';
import { join } from '../../model/path.ts';
import { lockDirectory, recordDirectory } from '../directories.ts';

/** A temporary file that a writer of a sandbox creates and then renames. */
export interface TemporaryFile {
  readonly path: string;
  readonly sandbox: string;
}

/** The temporary files of DAN files in one directory, and of records in another. Throws `io-failure`. */
export function temporaryFiles(danConf: string, records: string): readonly TemporaryFile[] {
  return [...find(danConf, /^\.(.+)\.json\.tmp$/), ...temporaryRecords(records)];
}

/**
 * Removes what killed writers left: temporary files of DAN files and of records. It takes the sandbox's lock for each,
 * so that the writer must be dead. Throws `directory-unsafe`, `io-failure`.
 */
export async function removeDeadWriters(danConf: string): Promise<void> {
  for (const directory of [danConf, recordDirectory]) safeDirectory(directory);
  for (const { path, sandbox } of temporaryFiles(danConf, recordDirectory)) {
    await withLock(lockDirectory, { kind: 'sandbox', name: sandbox }, () => {
      removeFile(path, { durable: false });
    });
  }
}

/**
 * Removes the temporary files that killed writers of records left, unless the sandbox's lock is held. That of a DAN
 * file is removed with the attachment's record. Throws `io-failure`.
 */
export async function sweepDeadWriters(): Promise<void> {
  for (const { path, sandbox } of temporaryRecords(recordDirectory)) {
    await ifUnlocked(lockDirectory, { kind: 'sandbox', name: sandbox }, () => {
      removeFile(path, { durable: false });
    });
  }
}

function temporaryRecords(directory: string): readonly TemporaryFile[] {
  return find(directory, /^\.dan[0-9a-f]{11}\.(.+)\.tmp$/);
}

function find(directory: string, form: RegExp): readonly TemporaryFile[] {
  return namesIn(directory).flatMap((name) => {
    const [, sandbox] = form.exec(name) ?? [];
    return sandbox === undefined ? [] : [{ path: join(directory, name), sandbox }];
  });
}
