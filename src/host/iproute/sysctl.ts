import { danError } from '../../model/error.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { Where } from '../../model/operation.ts';
import { run } from './program.ts';
import { commandIn, type Site } from '../site.ts';
import { ipv6Switch, isIpv6On, keptForIpv4, kernelHasIpv6, writeSysctl } from '../sysctl.ts';

// The pod's files are read and written by a process in its namespace.

/** Writes a file below /proc/sys, where the kernel has IPv6. Throws `command-failed`. */
export async function writeSysctlIn(where: Where, path: string, value: string, site: Site): Promise<void> {
  if (!kernelHasIpv6()) return;
  if (where === 'host') {
    writeSysctl(path, value);
    return;
  }
  const [program, args, options] = commandIn('pod', site, 'tee', [path]);
  const limits = { input: value, timeoutSeconds: site.timeoutSeconds };
  const { exitCode, stderr } = await run(program, args, { ...options, ...limits });
  if (exitCode !== 0 && !(await hasNoIpv6InPod(path, site))) {
    throw danError('command-failed', `"tee ${path}" in the pod ended with ${exitCode} and said: ${stderr.trim()}`);
  }
}

async function hasNoIpv6InPod(path: string, site: Site): Promise<boolean> {
  const reads = async (file: string): Promise<boolean> => {
    const [program, args, options] = commandIn('pod', site, 'cat', [file]);
    return (await run(program, args, { ...options, timeoutSeconds: site.timeoutSeconds })).exitCode === 0;
  };
  return !(await reads(path)) && (await reads(`${keptForIpv4(path)}/forwarding`));
}

/** Whether a link speaks IPv6; one that does not exist does not. */
export async function hasIpv6(name: InterfaceName, where: Where, site: Site): Promise<boolean> {
  if (where === 'host') return isIpv6On(name);
  const [program, args, options] = commandIn('pod', site, 'cat', [ipv6Switch(name)]);
  const { stdout } = await run(program, args, { ...options, timeoutSeconds: site.timeoutSeconds });
  return stdout.trim() === '0';
}
