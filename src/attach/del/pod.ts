import { kernel } from '#kernel';
import { system } from '#system';
import type { Log } from '../../host/log.ts';
import { lookAtNetns, withNetns } from '../../host/netns.ts';
import type { Site } from '../../host/site.ts';
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
  site: Site,
  log: Log,
  work: (pod: number | undefined) => Promise<void>,
): Promise<void> {
  if (record?.netnsInode === undefined) {
    await withNetns(
      record !== undefined && lookAtNetns(record.netns) === 'other' ? record.netns : asked,
      async (pod) => {
        const isNetwork = pod === undefined || (await kernel.isNetwork({ ...site, pod }));
        if (!isNetwork)
          log('warn', 'the path is that of a namespace of another kind: what is in the pod stays', { asked });
        await work(isNetwork ? pod : undefined);
      },
    );
    return;
  }
  for (const path of new Set([record.netns, asked])) {
    const isDone = await withNetns(path, async (pod) => {
      if (pod === undefined) return false;
      if (system.fstat(pod).ino !== record.netnsInode) {
        log('warn', 'another namespace has the path of that of the attachment: it is left alone', { path });
        return false;
      }
      await work(pod);
      return true;
    });
    if (isDone) return;
  }
  await work(undefined);
}
