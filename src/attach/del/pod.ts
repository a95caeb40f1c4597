import type { Log } from '../../host/log.ts';
import { withNetns } from '../../host/netns.ts';
import type { AttachmentRecord } from '../record.ts';

/**
 * Does work with the namespace of an attachment open; `asked` is the path that the call names. By its record, it is the
 * namespace of the ADD, by whichever of both paths it is reached: another one may have come to a path since, and gets
 * nothing. A record of a dan that noted no number is gone by its path. Without a record it is the one that the call names.
 * undefined: there is none, or what has the path is no network namespace.
 */
export async function withPod(
  record: Pick<AttachmentRecord, 'netns' | 'netnsInode'> | undefined,
  asked: string,
  log: Log,
  work: (pod: number | undefined) => Promise<void>,
): Promise<void> {
  if (record?.netnsInode === undefined) {
    await withNetns(record?.netns ?? '', (pod, { is }) => (is === 'other' ? work(pod) : withNetns(asked, work)));
    return;
  }
  for (const path of new Set([record.netns, asked])) {
    const isDone = await withNetns(path, async (pod, { inode }) => {
      if (pod === undefined) return false;
      if (inode !== record.netnsInode) {
        log('warn', 'the path of the namespace now leads to another namespace: dan leaves that one alone', { path });
        return false;
      }
      await work(pod);
      return true;
    });
    if (isDone) return;
  }
  await work(undefined);
}
