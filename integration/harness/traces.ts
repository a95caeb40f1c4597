import type { Host } from './host.ts';

/** Where a sandbox leaves files: DAN files, records of attachments, leases of host-local, results of libcni. */
const directories = ['/run/kata-containers/dans', '/run/dan/attachments', '/var/lib/cni'];

/** host-local keeps these files as long as the network exists. */
const kept = ['lock', 'last_reserved_ip.*'];

/** Programs that run for a sandbox. */
const programs = ['busybox', 'conmon', 'containerd-shim', 'node', 'qemu-system-x86', 'runc'];

/**
 * Everything in a host that belongs to its sandboxes, one line each, such as `link dan3f9c1e7a02b`: links except `lo`
 * and bridges, network namespaces, files, processes, cgroups. After the last sandbox, nothing must be left.
 */
export async function traces(host: Host): Promise<readonly string[]> {
  const notKept = kept.map((name) => `! -name '${name}'`).join(' ');
  const output = await host.sh(`
    ip netns list | sed -E 's/ .id: [0-9]+.$//; s/^/netns /'
    for directory in ${directories.join(' ')}; do
      [ ! -d "$directory" ] || find "$directory" -type f ${notKept} | sed 's/^/file /'
    done
    for process in /proc/[0-9]*; do
      { tr '\\0' '\\n' <"$process/cmdline"; } 2>/dev/null | sed -n -E '1s,^(/.*/|/)?((${programs.join('|')})\\S*)$,process \\2,p'
    done
    for cgroup in /sys/fs/cgroup${host.cgroup} /sys/fs/cgroup/*${host.cgroup}; do
      [ ! -d "$cgroup" ] || find "$cgroup" -mindepth 1 -type d ! -name conmon | sed 's/^/cgroup /'
    done`);
  return [...(await links(host)), ...output.split('\n').filter((line) => line !== '')];
}

async function links(host: Host): Promise<readonly string[]> {
  interface Link {
    readonly ifname: string;
    readonly linkinfo?: { readonly info_kind?: string };
  }
  const all = JSON.parse(await host.sh('ip -j -d link show')) as readonly Link[];
  const others = all.filter(({ ifname, linkinfo }) => ifname !== 'lo' && linkinfo?.info_kind !== 'bridge');
  return others.map(({ ifname }) => `link ${ifname}`);
}
