import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { download, type Package } from '../guest/debian-packages.ts';
import { type Image, inCache } from '../guest/image.ts';
import { initScript, writeTree } from '../guest/initramfs.ts';

const list = fileURLToPath(new URL('packages.json', import.meta.url));

/**
 * The guest's additional equipment: the drivers of the card's functions and of vfio, which Debian's cloud kernel does
 * not have, and strace, which kills dan at a system call.
 */
const more = {
  programs: ['/usr/bin/strace'],
  modules: ['igb', 'igbvf', 'vfio-pci', 'vfio_iommu_type1', '9p', '9pnet_virtio'],
} as const;

/**
 * A guest's image with a QEMU that emulates a card with SR-IOV behind an IOMMU (igb, from QEMU 8.0 on; Debian 12 has
 * 7.2), built on first use and kept in the user's cache directory. Nothing is installed.
 */
export async function sriovImage(): Promise<Image> {
  const directory = await inCache(`sriov-${await version()}`, build);
  const share = join(directory, 'qemu/usr/share');
  return {
    kernel: join(directory, 'vmlinuz'),
    initramfs: join(directory, 'initramfs'),
    qemu: {
      program: join(directory, 'qemu/usr/bin/qemu-system-x86_64'),
      args: ['-L', join(share, 'qemu'), '-L', join(share, 'seabios')],
    },
  };
}

async function version(): Promise<string> {
  const hash = createHash('sha256');
  const builder = fileURLToPath(new URL('../guest/initramfs.ts', import.meta.url));
  for (const file of [list, initScript, builder, fileURLToPath(import.meta.url), '/bin/busybox', ...more.programs]) {
    hash.update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 12);
}

async function build(directory: string): Promise<void> {
  const { kernel, qemu } = JSON.parse(await readFile(list, 'utf8')) as { kernel: Package; qemu: readonly Package[] };
  const [tree, root, output] = ['kernel', 'root', 'image'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(output);
  const archives = await download([kernel, ...qemu], directory);
  for (const [at, archive] of archives.entries()) {
    await execa('dpkg-deb', ['-x', archive, at === 0 ? tree : join(output, 'qemu')]);
  }
  const release = (await readdir(join(tree, 'lib/modules')))[0]!;
  await rename(join(tree, 'boot', `vmlinuz-${release}`), join(output, 'vmlinuz'));
  await writeTree({ kernelTree: tree, release, root }, more, join(output, 'initramfs'));
}
