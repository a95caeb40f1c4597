import type { Host } from '../harness/host.ts';
import { type Call, executable } from '../harness/plugin.ts';

/** Starts an ADD in a host, which the caller will kill. Returns its process id there. */
export async function startAdd(host: Host, call: Omit<Call, 'command'>): Promise<string> {
  const { config, sandbox = '', netns = '', ifname = '' } = call;
  const variables = `CNI_COMMAND=ADD CNI_CONTAINERID=${sandbox} CNI_NETNS=${netns} CNI_IFNAME=${ifname} CNI_PATH=/usr/lib/cni`;
  return await host.sh(
    `echo '${JSON.stringify(config)}' >/run/config; ${variables} ${executable} </run/config >/dev/null 2>&1 & echo $!`,
  );
}
