import { kernel } from '#kernel';
import { system } from '#system';
import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { dirname } from '../model/path.ts';
import { makeDirectory } from './directory.ts';
import { onFile, readText, statusAt } from './files.ts';
import type { DeviceNumbers } from './kernel.ts';
import { removeFile } from './own-files.ts';
import type { Site } from './site.ts';

/** Who may open a device node, by numeric ids. */
export interface NodeUsers {
  readonly owner?: number | undefined;
  readonly group?: number | undefined;
}

/**
 * Makes the device node of a macvtap in the pod, with the numbers that the kernel has for this link. Mode 0600, or 0660
 * if there is a group. Throws `command-failed`.
 */
export async function makeMacvtapNode(path: string, link: InterfaceName, users: NodeUsers, site: Site): Promise<void> {
  const numbers = await numbersOf(link, site);
  // Everyone may enter the directory. Each node's own mode decides who may open it.
  makeDirectory(dirname(path), 0o755);
  if (isWithoutDevices(dirname(path))) await kernel.mountForNodes(dirname(path), site);
  // A node that a killed ADD left has outdated numbers.
  removeFile(path, { durable: false, type: 'character-device' });
  await kernel.makeCharacterDevice(path, numbers, site);
  onFile(`the users of ${path} cannot be set`, () => {
    system.chown(path, users.owner ?? 0, users.group ?? 0);
    if (users.group !== undefined) system.chmod(path, 0o660);
  });
}

async function numbersOf(link: InterfaceName, site: Site): Promise<DeviceNumbers> {
  const said = (await kernel.readMacvtapNumbers(link, site)).trim();
  const [, major, minor] = /^(\d+):(\d+)$/.exec(said) ?? [];
  if (major !== undefined && minor !== undefined) return { major: Number(major), minor: Number(minor) };
  throw danError('command-failed', `the kernel has no device numbers for the macvtap ${link}: it said "${said}"`);
}

// systemd mounts /run with nodev, under which a node can be made but not opened.
function isWithoutDevices(directory: string): boolean {
  const mounts = readText('/proc/self/mountinfo').trimEnd().split('\n');
  const above = mounts
    .map((line) => line.split(' '))
    .filter(([, , , , at = '']) => at === '/' || directory === at || directory.startsWith(`${at}/`));
  // If several are mounted on one directory, the last one is on top.
  const longest = Math.max(...above.map(([, , , , at = '']) => at.length));
  const [, , , , , options = ''] = above.findLast(([, , , , at = '']) => at.length === longest) ?? [];
  return options.split(',').includes('nodev');
}

/** Why a device node is not that of a macvtap in the pod; undefined if it is. */
export async function macvtapNodeFault(path: string, link: InterfaceName, site: Site): Promise<string | undefined> {
  const node = statusAt(path);
  if (node?.type !== 'character-device') return `the device node ${path} is gone`;
  const { major, minor } = await numbersOf(link, site);
  const numbers = `${major}:${minor}`;
  // The kernel's encoding for user space (new_encode_dev of linux/kdev_t.h), as far as macvtaps use it.
  const there = `${(node.rdev >>> 8) & 0xfff}:${(node.rdev & 0xff) | ((node.rdev >>> 12) & 0xfff00)}`;
  return there === numbers ? undefined : `the device node ${path} is that of device ${there}, not of ${numbers}`;
}
