import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { download, type Package } from '../guest/debian-packages.ts';
import { inCache } from '../guest/image.ts';

const list = new URL('packages.json', import.meta.url);

/**
 * Path of a newer etcd than Debian 12 has, which is too old for this Kubernetes. It is downloaded on first use and kept
 * in the user's cache directory. Nothing is installed.
 */
export async function etcdProgram(): Promise<string> {
  const pinned = await readFile(list, 'utf8');
  const version = createHash('sha256').update(pinned).digest('hex').slice(0, 12);
  const directory = await inCache(`etcd-${version}`, async (temporary) => {
    for (const archive of await download(JSON.parse(pinned) as readonly Package[], temporary)) {
      await execa('dpkg-deb', ['-x', archive, join(temporary, 'image')]);
    }
  });
  return join(directory, 'usr/bin/etcd');
}
