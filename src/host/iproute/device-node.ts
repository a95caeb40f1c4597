import { danError } from '../../model/error.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { Where } from '../../model/operation.ts';
import type { DeviceNumbers } from '../executor.ts';
import { commandIn, type Site } from '../site.ts';
import type { Tool } from '../../model/tool.ts';
import { run } from './program.ts';

// A constant script: the link's name is an argument. sysfs shows the links of the namespace it was mounted in.
const readNumbers = 'mount -t sysfs sysfs /sys && cat /sys/class/net/"$1"/tap*/dev';

/** The numbers of a macvtap's character device, as its sysfs has them in the pod's namespace. Throws `command-failed`. */
export async function readMacvtapNumbers(link: InterfaceName, site: Site): Promise<DeviceNumbers> {
  const args = ['--mount', '--propagation', 'private', '--', '/bin/sh', '-c', readNumbers, 'sh', link];
  const output = await must('pod', site, 'unshare', args);
  const [, major, minor] = /^(\d+):(\d+)\n$/.exec(output) ?? [];
  if (major !== undefined && minor !== undefined) return { major: Number(major), minor: Number(minor) };
  throw danError(
    'command-failed',
    `the kernel has no device numbers for the macvtap ${link}: it said "${output.trim()}"`,
  );
}

/** Mounts a small memory file system for device nodes on a directory. Throws `command-failed`. */
export async function mountForNodes(directory: string, site: Site): Promise<void> {
  await must('host', site, 'mount', ['-t', 'tmpfs', '-o', 'mode=755,nosuid,noexec,size=1m', 'dan', directory]);
}

/** Makes the node of a character device, mode 0600, owned by root. Throws `command-failed`. */
export async function makeCharacterDevice(path: string, { major, minor }: DeviceNumbers, site: Site): Promise<void> {
  await must('host', site, 'mknod', ['-m', '600', path, 'c', String(major), String(minor)]);
}

async function must(where: Where, site: Site, tool: Tool, words: readonly string[]): Promise<string> {
  const [path, args, options] = commandIn(where, site, tool, words);
  const limits = { timeoutSeconds: site.timeoutSeconds, group: true };
  const { exitCode, stdout, stderr } = await run(path, args, { ...options, ...limits });
  if (exitCode === 0) return stdout;
  const said = stderr.trim().replaceAll('\n', '; ');
  throw danError('command-failed', `"${tool} ${words.join(' ')}" ended with ${exitCode} and said: ${said}`);
}
