import type { Log } from '../../host/log.ts';
import { withNetns } from '../../host/netns.ts';
import type { AttachmentRecord } from '../record.ts';

/**
 * Runs `work` with the attachment's namespace open. `asked` is the path in the call. If the record has the inode number
 * of the namespace, that namespace is used if the record's path or `asked` leads to it; another namespace at either
 * path is left alone. If the record of an older dan has no number, its path counts, and then `asked`. Without a record,
 * `asked` counts. `work` gets undefined if no path leads to a namespace.
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
