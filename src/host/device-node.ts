import { chmodSync, chownSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { run } from './command.ts';
import { makeDirectory, onFile, removeFile } from './files.ts';
import { commandIn, type Site } from './site.ts';

/** Who may open a device node, by numeric id. */
export interface NodeUsers {
  readonly owner?: number | undefined;
  readonly group?: number | undefined;
}

// A constant script: the link's name is an argument. sysfs shows the links of the namespace it was mounted in.
const readNumbers = 'mount -t sysfs sysfs /sys && cat /sys/class/net/"$1"/tap*/dev';

/**
 * Makes the device node of a macvtap in the pod, from the numbers that the kernel has for this very link. Mode 0600,
 * or 0660 for a group. Throws `command-failed`.
 */
export async function makeMacvtapNode(path: string, link: InterfaceName, users: NodeUsers, site: Site): Promise<void> {
  const [major, minor] = await numbersOf(link, site);
  // Others may pass: who may open a node is the node's own business.
  makeDirectory(dirname(path), 0o755);
  if (isWithoutDevices(dirname(path))) {
    const options = 'mode=755,nosuid,noexec,size=1m';
    await must('host', site, 'mount', ['-t', 'tmpfs', '-o', options, 'dan', dirname(path)]);
  }
  // One that an ADD left which was killed has old numbers.
  removeFile(path, { durable: false });
  await must('host', site, 'mknod', ['-m', '600', path, 'c', major, minor]);
  onFile(`the users of ${path} cannot be set`, () => {
    chownSync(path, users.owner ?? 0, users.group ?? 0);
    if (users.group !== undefined) chmodSync(path, 0o660);
  });
}

// systemd mounts /run with nodev: a node there is made, and nobody can open it.
function isWithoutDevices(directory: string): boolean {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n');
  const above = mounts
    .map((line) => line.split(' '))
    .filter(([, , , , at = '']) => at === '/' || directory === at || directory.startsWith(`${at}/`));
  // Of several on one directory the last is on top.
  const longest = Math.max(...above.map(([, , , , at = '']) => at.length));
  const [, , , , , options = ''] = above.findLast(([, , , , at = '']) => at.length === longest) ?? [];
  return options.split(',').includes('nodev');
}

/** Why a device node is not that of a macvtap in the pod; undefined: it is. */
export async function macvtapNodeFault(path: string, link: InterfaceName, site: Site): Promise<string | undefined> {
  const node = statSync(path, { throwIfNoEntry: false });
  if (node?.isCharacterDevice() !== true) return `the device node ${path} is gone`;
  const numbers = (await numbersOf(link, site)).join(':');
  // As the kernel packs them for user space (new_encode_dev of linux/kdev_t.h), as far as macvtaps use them.
  const there = `${(node.rdev >>> 8) & 0xfff}:${(node.rdev & 0xff) | ((node.rdev >>> 12) & 0xfff00)}`;
  return there === numbers ? undefined : `the device node ${path} is that of device ${there}, not of ${numbers}`;
}

async function numbersOf(link: InterfaceName, site: Site): Promise<[string, string]> {
  const args = ['--mount', '--propagation', 'private', '--', '/bin/sh', '-c', readNumbers, 'sh', link];
  const output = await must('pod', site, 'unshare', args);
  const [, major, minor] = /^(\d+):(\d+)\n$/.exec(output) ?? [];
  if (major !== undefined && minor !== undefined) return [major, minor];
  throw danError(
    'command-failed',
    `the kernel has no device numbers for the macvtap ${link}: it said "${output.trim()}"`,
  );
}

async function must(
  where: 'host' | 'pod',
  site: Site,
  tool: 'mknod' | 'mount' | 'unshare',
  words: readonly string[],
): Promise<string> {
  const [path, args, options] = commandIn(where, site, tool, words);
  const { exitCode, stdout, stderr } = await run(path, args, {
    ...options,
    timeoutSeconds: site.timeoutSeconds,
    group: true,
  });
  if (exitCode === 0) return stdout;
  const said = stderr.trim().replaceAll('\n', '; ');
  throw danError('command-failed', `"${tool} ${words.join(' ')}" ended with ${exitCode} and said: ${said}`);
}
