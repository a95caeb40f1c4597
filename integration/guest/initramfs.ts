import { chmod, copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** The script that the guest's kernel starts first. */
export const initScript = fileURLToPath(new URL('init.sh', import.meta.url));

/** The equipment of a guest: the common one, or in addition IPVS with its programs, and a shell on a terminal. */
export type Equipment = 'plain' | 'ipvs';

/** The machine's own programs that are copied into the guest. */
const programs = {
  busybox: '/bin/busybox',
  iproute2: ['/usr/sbin/ip', '/usr/sbin/bridge'],
  // The debug console of a Kata guest is bash on its own terminal. env restores the signals that a server of busybox
  // ignores.
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

/** Kernel modules. The first two are loaded at boot; the kernel loads the others on demand. */
const modules = {
  plain: ['virtio_pci', 'virtio_net', 'bridge', '8021q', 'tun', 'veth', 'dummy'],
  ipvs: ['ip_vs', ...schedulers.map((name) => `ip_vs_${name}`), 'nf_conntrack', 'nf_conntrack_netlink', 'nft_ct'],
};

/** The input of an initramfs. */
interface Tree {
  /** The tree of an unpacked kernel package, and the kernel's release. */
  readonly kernelTree: string;
  readonly release: string;
  /** A directory for the guest's tree, which must not exist yet. */
  readonly root: string;
}

/** The input of an initramfs for a guest with this equipment. */
export interface Ingredients extends Tree {
  readonly equipment: Equipment;
}

/**
 * Writes an initramfs from the tree of an unpacked kernel package and from this machine's busybox and iproute2. It is
 * not compressed: an emulated processor takes longer to unpack it than QEMU takes to load it.
 */
export async function writeInitramfs(ingredients: Ingredients, output: string): Promise<void> {
  const { equipment } = ingredients;
  const more = equipment === 'ipvs' ? programs.ipvs : [];
  await writeTree(ingredients, { programs: more, modules: equipment === 'ipvs' ? modules.ipvs : [] }, output);
}

/** A guest's additional equipment: programs of this machine, in `/usr/bin`, and kernel modules. */
export interface More {
  readonly programs: readonly string[];
  readonly modules: readonly string[];
}

/** Writes an initramfs like {@link writeInitramfs}, with additional files. */
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
  // The kernel runs this path to load a module.
  await symlink('../bin/busybox', join(root, 'sbin/modprobe'));
}

/** Copies programs of this machine, with their loader and libraries at the same paths. */
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

/** Copies the modules named above and their dependencies, with the indexes that `modprobe` reads. */
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
  // The kernel's own list of the load order would have modules that are not here.
  await writeFile(join(to, 'modules.order'), '');
}
