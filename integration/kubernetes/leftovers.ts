import { eventually } from '../harness/eventually.ts';
import type { Node } from './node.ts';

/** The directories of attachments, DAN files, leases and results, on a node with the networks of `deploy/`. */
const directories = [
  '/run/dan/attachments',
  '/run/kata-containers/dans',
  '/var/lib/cni/networks/kata-net',
  '/var/lib/cni/results',
];

/** Files that host-local keeps as long as the network exists, and the results of pods without dan. */
const others = ['lock', 'last_reserved_ip.*', 'cni-loopback-*', 'pods-*', 'multus-cni-network-*'];

/** Waits until nothing of dan's attachments is left on a node: the kubelet calls DEL some time after a pod is gone. */
export async function nothingLeft(node: Node): Promise<void> {
  const clean = async (): Promise<true> => {
    const left = await leftovers(node);
    if (left.length > 0) throw new Error(left.join('\n'));
    return true;
  };
  await eventually(`a node ${node.name} without anything of dan's pods`, clean, { seconds: 120 });
}

/** The remains of dan's attachments on a node, one line each: links and files. */
async function leftovers(node: Node): Promise<readonly string[]> {
  const output = await node.host.sh(`
    ip -o link show | sed -n -E 's/^[0-9]+: (dan[^:@]*).*/link \\1/p'
    for directory in ${directories.join(' ')}; do
      [ ! -d $directory ] || find $directory -type f ${others.map((name) => `! -name '${name}'`).join(' ')}
    done
    for netns in $(ip netns list | cut -d ' ' -f 1); do
      ip -n $netns -o link show | sed -n -E "s/^[0-9]+: (dan[^:@]*).*/link \\1 in $netns/p"
    done`);
  return output.split('\n').filter((line) => line !== '');
}
