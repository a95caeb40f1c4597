import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Where } from '../model/operation.ts';
import { run } from './command.ts';
import { commandIn, type Site } from './site.ts';

// /proc/sys/net shows the namespace of the process that looks, so the pod's is read and written by a process in it.

/** The file that switches IPv6 off at a link. */
export function ipv6Switch(name: InterfaceName): string {
  return `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`;
}

/** Writes a file below /proc/sys. A kernel without IPv6 has nothing to switch off. Throws `command-failed`. */
export async function writeSysctl(path: string, value: string, where: Where, site: Site): Promise<void> {
  if (!existsSync('/proc/sys/net/ipv6')) return;
  if (where === 'pod') {
    const [program, args, options] = commandIn('pod', site, 'tee', [path]);
    const limits = { input: value, timeoutSeconds: site.timeoutSeconds };
    const { exitCode, stderr } = await run(program, args, { ...options, ...limits });
    if (exitCode !== 0 && !(await hasNoIpv6InPod(path, site))) {
      throw danError('command-failed', `"tee ${path}" in the pod ended with ${exitCode} and said: ${stderr.trim()}`);
    }
    return;
  }
  if (hasNoIpv6(path)) return;
  try {
    writeFileSync(path, value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw danError('command-failed', `${path} cannot be set to ${value}: ${why}; see that /proc/sys is writable`);
  }
}

// Below the least MTU of IPv6, the kernel takes all of it from a link (addrconf_notify of net/ipv6/addrconf.c): there is
// nothing to switch off. What it keeps for IPv4 tells that the link is there.
function hasNoIpv6(path: string): boolean {
  return !existsSync(path) && existsSync(keptForIpv4(path));
}

async function hasNoIpv6InPod(path: string, site: Site): Promise<boolean> {
  const reads = async (file: string): Promise<boolean> => {
    const [program, args, options] = commandIn('pod', site, 'cat', [file]);
    return (await run(program, args, { ...options, timeoutSeconds: site.timeoutSeconds })).exitCode === 0;
  };
  return !(await reads(path)) && (await reads(`${keptForIpv4(path)}/forwarding`));
}

function keptForIpv4(path: string): string {
  return dirname(path).replace('/net/ipv6/', '/net/ipv4/');
}

/** Whether a link speaks IPv6; one that does not exist does not. */
export async function hasIpv6(name: InterfaceName, where: Where, site: Site): Promise<boolean> {
  const path = ipv6Switch(name);
  if (where === 'host') return existsSync(path) && readFileSync(path, 'utf8').trim() === '0';
  const [program, args, options] = commandIn('pod', site, 'cat', [path]);
  const { stdout } = await run(program, args, { ...options, timeoutSeconds: site.timeoutSeconds });
  return stdout.trim() === '0';
}
