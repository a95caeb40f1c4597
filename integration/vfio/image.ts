import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type Image, inCache } from '../guest/image.ts';
import { initScript, writeTree } from '../guest/initramfs.ts';

/** A Debian package by version and checksum: what the tests run in is the same everywhere. */
interface Package {
  readonly suite: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

const list = fileURLToPath(new URL('packages.json', import.meta.url));

/**
 * What the guest has beside what every one has: the drivers of the card's functions and of vfio, for which Debian's cloud kernel
 * is too small, and strace, which kills dan at a system call.
 */
const more = {
  programs: ['/usr/bin/strace'],
  modules: ['igb', 'igbvf', 'vfio-pci', 'vfio_iommu_type1', '9p', '9pnet_virtio'],
} as const;

/**
 * A guest's image with a QEMU that emulates a card with SR-IOV behind an IOMMU (igb, from QEMU 8.0 on; Debian 12 has 7.2), built
 * on first use and kept in the user's cache directory. Nothing is installed.
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

/** Downloads packages with a private apt: the machine's own list of sources may lack the suites. Returns their paths. */
async function download(packages: readonly Package[], directory: string): Promise<readonly string[]> {
  const apt = join(directory, 'apt');
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'deb'])
    await mkdir(join(apt, part), { recursive: true });
  const { stdout: mirror } = await execa('sh', [
    '-c',
    "cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | sed -n 's/^URIs: *//p; s/^deb .*\\(http[^ ]*debian\\) .*/\\1/p' | head -n 1",
  ]);
  const suites = [...new Set(packages.map(({ suite }) => suite))];
  const keyring = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  await writeFile(
    join(apt, 'sources.list'),
    suites.map((suite) => `deb ${keyring} ${mirror.trim()} ${suite} main\n`).join(''),
  );
  const settings = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State=${apt}/state`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${apt}/cache`,
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting]);
  await execa('apt-get', ['update', '-qq', ...settings]);
  const paths: string[] = [];
  for (const { name, version: wanted, sha256 } of packages) {
    const cwd = join(apt, 'deb', name);
    await mkdir(cwd);
    await execa('apt-get', ['download', '-qq', ...settings, `${name}=${wanted}`], { cwd });
    const path = join(cwd, (await readdir(cwd))[0]!);
    const is = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    if (is !== sha256) throw new Error(`${name} ${wanted} has the checksum ${is}, and packages.json has ${sha256}`);
    paths.push(path);
  }
  return paths;
}
