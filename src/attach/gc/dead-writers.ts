import { safeDirectory } from '../../host/directory.ts';
import { namesIn } from '../../host/files.ts';
import { withLock } from '../../host/lock.ts';
import { removeFile } from '../../host/own-files.ts';
import { join } from '../../model/path.ts';
import { lockDirectory, recordDirectory } from '../directories.ts';

/** A file that a writer of a sandbox's makes before it gets its name. */
export interface TemporaryFile {
  readonly path: string;
  readonly sandbox: string;
}

/** The temporary files of DAN files in one directory, and of records in another. Throws `io-failure`. */
export function temporaryFiles(danConf: string, records: string): readonly TemporaryFile[] {
  const find = (directory: string, form: RegExp): readonly TemporaryFile[] =>
    namesIn(directory).flatMap((name) => {
      const [, sandbox] = form.exec(name) ?? [];
      return sandbox === undefined ? [] : [{ path: join(directory, name), sandbox }];
    });
  return [...find(danConf, /^\.(.+)\.json\.tmp$/), ...find(records, /^\.dan[0-9a-f]{11}\.(.+)\.tmp$/)];
}

/**
 * Removes what writers left that were killed: temporary files of DAN files and of records. Each is looked at under its
 * sandbox's lock, so that whoever wrote it is dead. Throws `directory-unsafe`, `io-failure`.
 */
export async function removeDeadWriters(danConf: string): Promise<void> {
  for (const directory of [danConf, recordDirectory]) safeDirectory(directory);
  for (const { path, sandbox } of temporaryFiles(danConf, recordDirectory)) {
    await withLock(lockDirectory, { kind: 'sandbox', name: sandbox }, () => {
      removeFile(path, { durable: false });
    });
  }
}
