import { chmodSync, chownSync } from 'node:fs';
import { dirname } from 'node:path';
import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { run } from './command.ts';
import { makeDirectory, removeFile } from './files.ts';
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
  // One that an ADD left which was killed has old numbers.
  removeFile(path, { durable: false });
  await must('host', site, 'mknod', ['-m', '600', path, 'c', major, minor]);
  chownSync(path, users.owner ?? 0, users.group ?? 0);
  if (users.group !== undefined) chmodSync(path, 0o660);
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
  tool: 'mknod' | 'unshare',
  words: readonly string[],
): Promise<string> {
  const [path, args, options] = commandIn(where, site, tool, words);
  const { exitCode, stdout, stderr } = await run(path, args, { ...options, timeoutSeconds: site.timeoutSeconds });
  if (exitCode === 0) return stdout;
  const said = stderr.trim().replaceAll('\n', '; ');
  throw danError('command-failed', `"${tool} ${words.join(' ')}" ended with ${exitCode} and said: ${said}`);
}
