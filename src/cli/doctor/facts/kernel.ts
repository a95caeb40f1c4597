import { kernel } from '#kernel';
import { system } from '#system';
import { codeOf, readIfThere } from '../../../host/files.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';
import { existsIn, isLive, statusIn } from '../../../node/paths.ts';
import { type BridgeFacts, type Forwarding, lookAtBridges, lookAtForwarding } from './bridges.ts';
import { type LinkManagers, lookAtLinkManagers } from './link-managers.ts';
import { type Probes, probeKernel } from './probes.ts';
import { lookAtPrograms, type Programs } from './programs.ts';

/** What is known about the kernel, and about other programs that change its network. */
export interface KernelFacts {
  /** The numeric id of the user who runs this; undefined if it does not matter, because only files are read. */
  readonly user: number | undefined;
  /** undefined if there is no /dev of a running node. */
  readonly deviceNodes: DeviceNodes | undefined;
  /** Whether the processor can run virtual machines; undefined if unknown. */
  readonly virtualization: boolean | undefined;
  readonly probes: Probes;
  readonly programs: Programs;
  /** Whether this is the program for Node, which needs iproute2 and "flock". The executable needs neither. */
  readonly runsPrograms: boolean;
  /** undefined if /proc is not that of a running node. */
  readonly hugePages: HugePages | undefined;
  /** A text if they could not be read: the reason. undefined if only files are read. */
  readonly bridges: readonly BridgeFacts[] | string | undefined;
  /** undefined if only files are read. */
  readonly forwarding: readonly Forwarding[] | undefined;
  readonly managers: LinkManagers;
}

/** The device nodes that dan or Kata's VMM opens, with their major and minor numbers and their driver modules. */
export const expectedNodes = {
  tun: { path: '/dev/net/tun', numbers: '10:200', module: 'tun' },
  kvm: { path: '/dev/kvm', numbers: '10:232', module: 'kvm' },
  vhostNet: { path: '/dev/vhost-net', numbers: '10:238', module: 'vhost_net' },
  vhostVsock: { path: '/dev/vhost-vsock', numbers: '10:241', module: 'vhost_vsock' },
} as const;

/** What is at the path of a device node. */
export interface DeviceNode {
  /** Its path on the node. */
  readonly path: string;
  readonly state: 'device' | 'missing' | 'other';
  /** Major and minor number of a character device, like `10:200`. */
  readonly numbers: string | undefined;
  /** The error code of opening it, such as ENXIO; undefined if it can be opened, or was not tried. */
  readonly refused: string | undefined;
}

/** The device nodes by purpose. */
export type DeviceNodes = Readonly<Record<keyof typeof expectedNodes, DeviceNode>>;

/** The node's huge pages of its default size. */
export interface HugePages {
  readonly total: number;
  readonly free: number;
  readonly kilobytes: number;
  /** Where hugetlbfs is mounted. */
  readonly mounts: readonly string[];
}

/** Looks at the kernel and the programs of a node. If its root is not this system's, reads only files. */
export async function lookAtKernel(tree: Tree, networks: readonly DanNetwork[]): Promise<KernelFacts> {
  const live = isLive(tree);
  const user = live ? system.geteuid() : undefined;
  const hindrance = live ? 'only root can try it' : 'only files are looked at';
  const [probes, programs, bridges, forwarding, managers] = await Promise.all([
    user === 0 ? probeKernel() : { tried: [], faults: {}, hindrance },
    lookAtPrograms(tree, live),
    live ? lookAtBridges(networks) : undefined,
    live ? lookAtForwarding() : undefined,
    lookAtLinkManagers(tree),
  ]);
  return {
    user,
    deviceNodes: existsIn(tree, '/dev/null') ? lookAtDeviceNodes(tree, user === 0) : undefined,
    virtualization: hasVirtualization(tree),
    probes,
    programs,
    runsPrograms: kernel.runsPrograms,
    hugePages: lookAtHugePages(tree),
    bridges,
    forwarding,
    managers,
  };
}

// Opening a node shows a missing driver or a cgroup's refusal, and makes the kernel load the module, as Kata's own
// opening would. An unexpected device is not opened, since this may do anything: a serial line blocks.
function lookAtDeviceNodes(tree: Tree, mayOpen: boolean): DeviceNodes {
  const look = ({ path, numbers: expected }: (typeof expectedNodes)[keyof DeviceNodes]): DeviceNode => {
    const there = statusIn(tree, path);
    if (there?.type !== 'character-device') {
      return { path, state: there === undefined ? 'missing' : 'other', numbers: undefined, refused: undefined };
    }
    const numbers = numbersOf(there.rdev);
    return { path, state: 'device', numbers, refused: mayOpen && numbers === expected ? refusal(path) : undefined };
  };
  const { tun, kvm, vhostNet, vhostVsock } = expectedNodes;
  return { tun: look(tun), kvm: look(kvm), vhostNet: look(vhostNet), vhostVsock: look(vhostVsock) };
}

// The C library's encoding for programs (gnu_dev_makedev), as far as such devices use it.
function numbersOf(device: number): string {
  return `${(device >>> 8) & 0xfff}:${(device & 0xff) | ((device >>> 12) & 0xfff00)}`;
}

function refusal(path: string): string | undefined {
  try {
    system.close(system.open(path, 'r+'));
    return undefined;
  } catch (error) {
    return codeOf(error) ?? String(error);
  }
}

function hasVirtualization(tree: Tree): boolean | undefined {
  const [, flags] = /^flags\s*:(.*)$/m.exec(readIfThere(pathIn(tree, '/proc/cpuinfo')) ?? '') ?? [];
  return flags === undefined ? undefined : /\s(?:vmx|svm)(?:\s|$)/.test(flags);
}

/** Reads the state of the huge pages; undefined if /proc is not that of a running node. */
export function lookAtHugePages(tree: Tree): HugePages | undefined {
  const memory = readIfThere(pathIn(tree, '/proc/meminfo'));
  // For a mounted node, the mounts of its first process: this process has its own.
  const mounts = readIfThere(isLive(tree) ? '/proc/self/mounts' : pathIn(tree, '/proc/1/mounts'));
  if (memory === undefined || mounts === undefined) return undefined;
  const read = (key: string): number => Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(memory)?.[1] ?? 0);
  return {
    total: read('HugePages_Total'),
    free: read('HugePages_Free'),
    kilobytes: read('Hugepagesize'),
    mounts: mounts.split('\n').flatMap((line) => {
      const [, at = '', type] = line.split(' ');
      return type === 'hugetlbfs' ? [at] : [];
    }),
  };
}
