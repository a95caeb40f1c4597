import { system } from '#system';
import { codeOf, readText } from '../../../host/files.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';
import { existsIn, statusIn } from '../../../node/paths.ts';

/** The device nodes that dan or Kata's virtual machine monitor opens, with their major and minor numbers. */
export const expectedNodes = {
  tun: { path: '/dev/net/tun', numbers: '10:200' },
  kvm: { path: '/dev/kvm', numbers: '10:232' },
  vhostNet: { path: '/dev/vhost-net', numbers: '10:238' },
  vhostVsock: { path: '/dev/vhost-vsock', numbers: '10:241' },
} as const;

/** What there is at a path that should be a device node. */
export interface DeviceNode {
  /** As the node calls it. */
  readonly path: string;
  readonly state: 'device' | 'missing' | 'other';
  /** Major and minor number of a character device, as `10:200`. */
  readonly numbers: string | undefined;
  /** The error code of opening it, such as ENXIO; undefined: it can be opened, or was not. */
  readonly refused: string | undefined;
}

/** The device nodes by what they are for. */
export type DeviceNodes = Readonly<Record<keyof typeof expectedNodes, DeviceNode>>;

/**
 * Looks at the device nodes. Each is opened, where `mayOpen` and it is the right device: that shows a missing driver and a cgroup's refusal, and has
 * the kernel load the module, as Kata's own opening would. undefined where /dev is not that of a node that runs.
 */
export function lookAtDeviceNodes(tree: Tree, mayOpen: boolean): DeviceNodes | undefined {
  if (!existsIn(tree, '/dev/null')) return undefined;
  const { tun, kvm, vhostNet, vhostVsock } = expectedNodes;
  const look = (expected: ExpectedNode): DeviceNode => lookAt(expected, tree, mayOpen);
  return { tun: look(tun), kvm: look(kvm), vhostNet: look(vhostNet), vhostVsock: look(vhostVsock) };
}

/** Whether the processor can run virtual machines; undefined where it does not say so in a word that is known here. */
export function hasVirtualization(tree: Tree): boolean | undefined {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readText(pathIn(tree, '/proc/cpuinfo')))?.[1];
    return flags === undefined ? undefined : /\s(?:vmx|svm)(?:\s|$)/.test(flags);
  } catch {
    return undefined;
  }
}

type ExpectedNode = (typeof expectedNodes)[keyof typeof expectedNodes];

function lookAt({ path, numbers: expected }: ExpectedNode, tree: Tree, mayOpen: boolean): DeviceNode {
  const there = statusIn(tree, path);
  if (there === undefined) return { path, state: 'missing', numbers: undefined, refused: undefined };
  if (there.type !== 'character-device') return { path, state: 'other', numbers: undefined, refused: undefined };
  const numbers = numbersOf(there.rdev);
  // Another device may do anything when it is opened: a serial line waits.
  return { path, state: 'device', numbers, refused: mayOpen && numbers === expected ? refusal(path) : undefined };
}

// As the C library packs them for programs (gnu_dev_makedev), as far as such devices use them.
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
