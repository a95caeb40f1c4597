import type { Where } from '../../model/operation.ts';
import type { Kernel } from '../kernel.ts';
import type { Site } from '../site.ts';
import { ipv6File, isIpv6On, keptForIpv4, kernelHasIpv6, writeSysctl } from '../sysctl.ts';
import { failure, runIn } from './tools.ts';

// The pod's files are read and written by a process in the pod's namespace.

/** Writes a file below /proc/sys if the kernel has IPv6. Throws `command-failed`. */
export async function writeSysctlIn(where: Where, path: string, value: string, site: Site): Promise<void> {
  if (!kernelHasIpv6()) return;
  if (where === 'host') {
    writeSysctl(path, value);
    return;
  }
  const finished = await runIn('pod', site, 'tee', [path], { input: value });
  if (finished.exitCode !== 0 && !(await hasNoIpv6InPod(path, site))) throw failure(`tee ${path}`, 'pod', finished);
}

async function hasNoIpv6InPod(path: string, site: Site): Promise<boolean> {
  const reads = async (file: string): Promise<boolean> => (await runIn('pod', site, 'cat', [file])).exitCode === 0;
  return !(await reads(path)) && (await reads(`${keptForIpv4(path)}/forwarding`));
}

/** Whether IPv6 is on for a link; false for a missing link. */
export const hasIpv6: Kernel['hasIpv6'] = async (name, where, site) => {
  if (where === 'host') return isIpv6On(name);
  return (await runIn('pod', site, 'cat', [ipv6File(name, 'disable_ipv6')])).stdout.trim() === '0';
};
