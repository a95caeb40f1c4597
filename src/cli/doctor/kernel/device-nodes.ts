import { closeSync, constants, openSync, readFileSync, statSync } from 'node:fs';
import { codeOf } from '../../../host/files.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';

/** The device nodes that dan or Kata's virtual machine monitor opens. */
const paths = {
  tun: '/dev/net/tun',
  kvm: '/dev/kvm',
  vhostNet: '/dev/vhost-net',
  vhostVsock: '/dev/vhost-vsock',
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
export type DeviceNodes = Readonly<Record<keyof typeof paths, DeviceNode>>;

/**
 * Looks at the device nodes. Each is opened, where `mayOpen`: that shows a missing driver and a cgroup's refusal, and has
 * the kernel load the module, as Kata's own opening would. undefined where /dev is not that of a node that runs.
 */
export function lookAtDeviceNodes(tree: Tree, mayOpen: boolean): DeviceNodes | undefined {
  if (statSync(pathIn(tree, '/dev/null'), { throwIfNoEntry: false }) === undefined) return undefined;
  const { tun, kvm, vhostNet, vhostVsock } = paths;
  const look = (path: string): DeviceNode => lookAt(path, tree, mayOpen);
  return { tun: look(tun), kvm: look(kvm), vhostNet: look(vhostNet), vhostVsock: look(vhostVsock) };
}

/** Whether the processor can run virtual machines; undefined where it does not say so in a word that is known here. */
export function hasVirtualization(tree: Tree): boolean | undefined {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync(pathIn(tree, '/proc/cpuinfo'), 'utf8'))?.[1];
    return flags === undefined ? undefined : /\s(?:vmx|svm)(?:\s|$)/.test(flags);
  } catch {
    return undefined;
  }
}

function lookAt(path: string, tree: Tree, mayOpen: boolean): DeviceNode {
  const there = statSync(pathIn(tree, path), { throwIfNoEntry: false });
  if (there === undefined) return { path, state: 'missing', numbers: undefined, refused: undefined };
  if (!there.isCharacterDevice()) return { path, state: 'other', numbers: undefined, refused: undefined };
  return { path, state: 'device', numbers: numbersOf(there.rdev), refused: mayOpen ? refusal(path) : undefined };
}

// As the C library packs them for programs (gnu_dev_makedev), as far as such devices use them.
function numbersOf(device: number): string {
  return `${(device >>> 8) & 0xfff}:${(device & 0xff) | ((device >>> 12) & 0xfff00)}`;
}

function refusal(path: string): string | undefined {
  try {
    closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    return undefined;
  } catch (error) {
    return codeOf(error) ?? String(error);
  }
}
