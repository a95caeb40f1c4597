import { join } from 'node:path';
import { removeFile, namesIn } from '../../host/files.ts';
import { withLock } from '../../host/lock.ts';
import { lockDirectory, recordDirectory } from '../directories.ts';

/**
 * Removes what writers left that were killed: temporary files of DAN files and of records. Each is looked at under its
 * sandbox's lock, so that whoever wrote it is dead.
 */
export async function removeDeadWriters(danConf: string): Promise<void> {
  const left = [
    ...namesIn(danConf).map((name) => ({ path: join(danConf, name), sandbox: /^\.(.+)\.json\.tmp$/.exec(name)?.[1] })),
    ...namesIn(recordDirectory).map((name) => ({
      path: join(recordDirectory, name),
      sandbox: /^\.dan[0-9a-f]{11}\.(.+)\.tmp$/.exec(name)?.[1],
    })),
  ];
  for (const { path, sandbox } of left) {
    if (sandbox === undefined) continue;
    await withLock(lockDirectory, { kind: 'sandbox', name: sandbox }, () => {
      removeFile(path, { durable: false });
    });
  }
}
