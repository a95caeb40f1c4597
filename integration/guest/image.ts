import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type Equipment, initScript, programsOf, writeInitramfs } from './initramfs.ts';
import { unpackKernel } from './kernel.ts';

/** The files from which a test guest boots. */
export interface Image {
  readonly kernel: string;
  readonly initramfs: string;
  /** The image's own QEMU, with the arguments that tell it where its files are; left out for the machine's QEMU. */
  readonly qemu?: { readonly program: string; readonly args: readonly string[] };
}

const images = new Map<Equipment, Promise<Image>>();

/**
 * Debian's cloud kernel and a busybox initramfs, built on first use and kept in the user's cache directory. Nothing is
 * installed: the kernel's package is downloaded and unpacked there.
 */
export function guestImage(equipment: Equipment = 'plain'): Promise<Image> {
  const image = images.get(equipment) ?? findOrBuild(equipment);
  images.set(equipment, image);
  return image;
}

async function findOrBuild(equipment: Equipment): Promise<Image> {
  const directory = await inCache(`guest-${await version(equipment)}`, (temporary) => build(temporary, equipment));
  return { kernel: join(directory, 'vmlinux'), initramfs: join(directory, 'initramfs') };
}

/**
 * A directory in the user's cache, made on first use. `make` fills the directory `image` in the given one, and may
 * leave other files beside it.
 */
export async function inCache(name: string, make: (temporary: string) => Promise<void>): Promise<string> {
  const cache = cacheDirectory();
  const directory = join(cache, name);
  if (await exists(directory)) return directory;
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(join(cache, 'building-'));
  try {
    await make(temporary);
    await rename(join(temporary, 'image'), directory);
  } catch (error) {
    // If two processes build it, one renames first. The other's image is the same, and is discarded.
    if (!(await exists(directory))) {
      throw new Error(
        'cannot build the image of the test guest: it takes apt with network access and the packages of the group ' +
          '"guest" in integration/prepare.mjs. Inside a test host there is neither: call guestImage() before, outside of it',
        { cause: error },
      );
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return directory;
}

/** The directory in the user's cache for everything of the test guests. */
export function cacheDirectory(): string {
  const { XDG_CACHE_HOME: home = '' } = process.env;
  return join(home === '' ? join(homedir(), '.cache') : home, 'dan');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The version depends on everything in the image except the kernel, which is Debian's at build time. */
async function version(equipment: Equipment): Promise<string> {
  const sources = ['image.ts', 'initramfs.ts', 'kernel.ts'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  const hash = createHash('sha256');
  hash.update(equipment);
  for (const file of [initScript, ...sources, ...programsOf(equipment)]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 12);
}

async function build(directory: string, equipment: Equipment): Promise<void> {
  const [tree, root, output] = ['kernel', 'root', 'image'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(output);
  const archive = await downloadKernel(directory);
  await execa('dpkg-deb', ['-x', archive, tree]);
  const release = (await readdir(join(tree, 'lib/modules')))[0]!;
  await writeFile(join(output, 'vmlinux'), await unpackKernel(await readFile(join(tree, `boot/vmlinuz-${release}`))));
  await writeInitramfs({ kernelTree: tree, release, root, equipment }, join(output, 'initramfs'));
}

/** Downloads the package to which linux-image-cloud-amd64 refers, and returns its path. */
async function downloadKernel(directory: string): Promise<string> {
  const download = async (): Promise<void> => {
    const { stdout } = await execa('apt-cache', ['depends', 'linux-image-cloud-amd64']);
    const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
    if (name === undefined) throw new Error('apt knows no linux-image-cloud-amd64: the test guest boots its kernel');
    // Running as root, apt would download as its own user, who cannot write here.
    await execa('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', name], { cwd: directory });
  };
  // The lists may be missing, or have a version that the archive no longer has.
  await download().catch(async () => {
    await execa('apt-get', ['update', '-qq']);
    await download();
  });
  return join(directory, (await readdir(directory)).find((name) => name.endsWith('.deb'))!);
}
