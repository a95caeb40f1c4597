import { chmod, copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** The script that the guest's kernel starts first. */
export const initScript = fileURLToPath(new URL('init.sh', import.meta.url));

/** What a guest has: what every one needs, or besides that IPVS with its programs, and a shell on a terminal. */
export type Equipment = 'plain' | 'ipvs';

/** The machine's own programs that go into the guest. */
const programs = {
  busybox: '/bin/busybox',
  iproute2: ['/usr/sbin/ip', '/usr/sbin/bridge'],
  // bash on a terminal of its own is what the debug console of a Kata guest has; env gives it back the signals that a
  // server of busybox ignores.
  ipvs: [
    '/usr/sbin/ipvsadm',
    '/usr/sbin/conntrack',
    '/usr/sbin/nft',
    '/usr/bin/bash',
    '/usr/bin/script',
    '/usr/bin/env',
  ],
} as const;

/** The programs of a guest; a new version of one makes a new image. */
export function programsOf(equipment: Equipment): readonly string[] {
  return [programs.busybox, ...programs.iproute2, ...(equipment === 'ipvs' ? programs.ipvs : [])];
}

const schedulers = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq'];

/** Kernel modules. The first two are loaded at boot, the others by the kernel when they are asked for. */
const modules = {
  plain: ['virtio_pci', 'virtio_net', 'bridge', '8021q', 'tun', 'veth', 'dummy'],
  ipvs: ['ip_vs', ...schedulers.map((name) => `ip_vs_${name}`), 'nf_conntrack', 'nf_conntrack_netlink', 'nft_ct'],
};

/** What an initramfs is made from. */
interface Tree {
  /** The tree of an unpacked kernel package, and the release of that kernel. */
  readonly kernelTree: string;
  readonly release: string;
  /** A directory that does not exist yet, for the tree of the guest. */
  readonly root: string;
}

/** What an initramfs of a guest with this equipment is made from. */
export interface Ingredients extends Tree {
  readonly equipment: Equipment;
}

/**
 * Writes an initramfs from the tree of an unpacked kernel package and from this machine's busybox and iproute2.
 * It is left uncompressed: an emulated processor takes longer to unpack it than QEMU takes to load it.
 */
export async function writeInitramfs(ingredients: Ingredients, output: string): Promise<void> {
  const { equipment } = ingredients;
  const more = equipment === 'ipvs' ? programs.ipvs : [];
  await writeTree(ingredients, { programs: more, modules: equipment === 'ipvs' ? modules.ipvs : [] }, output);
}

/** What a guest has beside what every one has: programs of this machine, in `/usr/bin`, and modules of its kernel. */
export interface More {
  readonly programs: readonly string[];
  readonly modules: readonly string[];
}

/** Writes an initramfs as {@link writeInitramfs} does, with more in it. */
export async function writeTree(ingredients: Tree, more: More, output: string): Promise<void> {
  const { root } = ingredients;
  await mkdir(join(root, 'bin'), { recursive: true });
  for (const directory of ['proc', 'sys', 'dev', 'sbin']) await mkdir(join(root, directory), { recursive: true });
  await addBusybox(root);
  await addPrograms(programs.iproute2, '/opt/iproute2', root);
  await addPrograms(more.programs, '/usr/bin', root);
  await addModules(ingredients, [...modules.plain, ...more.modules]);
  await copyFile(initScript, join(root, 'init'));
  await chmod(join(root, 'init'), 0o755);
  await execa('sh', ['-ec', 'find . | cpio --create --format=newc --owner=0:0 --quiet >"$1"', 'sh', output], {
    cwd: root,
  });
}

async function addBusybox(root: string): Promise<void> {
  await copyFile(programs.busybox, join(root, 'bin/busybox'));
  const { stdout } = await execa(programs.busybox, ['--list']);
  for (const applet of stdout.split('\n')) {
    if (applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet));
  }
  // Where the kernel looks for it when a module is wanted.
  await symlink('../bin/busybox', join(root, 'sbin/modprobe'));
}

/** Programs as they are on this machine, with the loader and the libraries they are linked to, at their own paths. */
async function addPrograms(paths: readonly string[], directory: string, root: string): Promise<void> {
  const files = new Map<string, string>();
  for (const program of paths) {
    files.set(program, join(directory, basename(program)));
    const { stdout } = await execa('ldd', [program]);
    for (const [path] of stdout.matchAll(/\/\S+(?= \(0x)/g)) files.set(path, path);
  }
  for (const [from, to] of files) {
    await mkdir(join(root, dirname(to)), { recursive: true });
    await cp(from, join(root, to), { dereference: true });
  }
}

/** The modules named above and what they depend on, with the indexes that `modprobe` reads. */
async function addModules({ kernelTree, release, root }: Tree, wanted: readonly string[]): Promise<void> {
  await execa(programs.busybox, ['depmod', '-b', kernelTree, release]);
  const [from, to] = [kernelTree, root].map((tree) => join(tree, 'lib/modules', release)) as [string, string];
  const lines = (await readFile(join(from, 'modules.dep'), 'utf8')).trim().split('\n');
  for (const name of wanted) {
    const line = lines.find((one) => basename(one.split(':')[0]!) === `${name}.ko`);
    if (line === undefined) throw new Error(`kernel ${release} has no module ${name}: the test guest needs it`);
    for (const path of line.replace(':', '').split(' ').filter(Boolean)) {
      await mkdir(join(to, dirname(path)), { recursive: true });
      await copyFile(join(from, path), join(to, path));
    }
  }
  await copyFile(join(from, 'modules.builtin'), join(to, 'modules.builtin'));
  await execa(programs.busybox, ['depmod', '-b', root, release]);
  // The kernel's own file of load order would list modules that are not here.
  await writeFile(join(to, 'modules.order'), '');
}
