import type { Node } from './node.ts';

/** The directories in which attachments, DAN files, leases and results are, on a node with the networks of `deploy/`. */
const directories = [
  '/run/dan/attachments',
  '/run/kata-containers/dans',
  '/var/lib/cni/networks/kata-net',
  '/var/lib/cni/results',
];

/**
 * What a node has of dan's attachments, one line each: links, files, what `dan list --orphans` says. Nothing is left when the
 * last pod of dan has gone.
 */
export async function leftovers(node: Node): Promise<readonly string[]> {
  const output = await node.host.sh(`
    ip -o link show | sed -n -E 's/^[0-9]+: (dan[^:@]*).*/link \\1/p'
    for directory in ${directories.join(' ')}; do
      [ ! -d $directory ] || find $directory -type f ! -name lock ! -name 'last_reserved_ip.*' ! -name 'pods-*'
    done
    for netns in $(ip netns list | cut -d ' ' -f 1); do
      ip -n $netns -o link show | sed -n -E "s/^[0-9]+: (dan[^:@]*).*/link \\1 in $netns/p"
    done`);
  return output.split('\n').filter((line) => line !== '');
}
