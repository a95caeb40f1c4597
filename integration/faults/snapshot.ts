import type { Host } from '../harness/host.ts';
import { podName, podNetns } from '../pod-namespace/pod.ts';

/**
 * What `ip`, `tc` and `bridge` show of the host and of its pod, and the files of both, one line a fact. Traffic and time
 * leave no mark in it.
 */
export async function snapshot(host: Host): Promise<readonly string[]> {
  const text = await host.sh(`
    [ ! -e ${podNetns} ] || ip netns exec ${podName} sh -c '
      ip -d -j addr show
      echo
      printf "route show table all\nrule show\nneigh show nud permanent\n" | ip -d -batch -
      ip -6 rule show
      for link in eth0 lo; do printf "qdisc show dev $link\nfilter show dev $link\nfilter show dev $link ingress\n"; done |
        tc -d -force -batch - 2>/dev/null
      cd /proc/sys/net/ipv6/conf; grep -s . eth0/disable_ipv6 eth0/accept_dad eth0/addr_gen_mode || :'
    ip -o link show
    tc qdisc show
    bridge vlan show
    ls /run/netns
    for directory in /run/dan /run/kata-containers /var/lib/cni; do
      [ ! -d $directory ] || find $directory -path /run/dan/locks -prune -o -name lock -o -name 'last_*' -o -path /run/dan/sweep.json -o -path /run/dan/calls-1 -o ! -type d -print
    done
    [ ! -d /run/kata-containers ] || find /run/kata-containers -type f -exec md5sum {} +`);
  return text.split('\n').flatMap((line) => (line.startsWith('[{') ? facts(line) : [line.trim()]));
}

// Seconds that count down between two looks.
const running = ['valid_life_time', 'preferred_life_time'];
const forever = 4294967295;

function facts(json: string): string[] {
  const links = JSON.parse(json, (key, value: unknown) =>
    running.includes(key) && value !== forever && value !== 0 ? 'counts down' : value,
  ) as Readonly<Record<string, unknown>>[];
  return links.flatMap(({ addr_info, ...link }) => [
    JSON.stringify(link),
    ...(addr_info as unknown[]).map((address) => JSON.stringify(address)),
  ]);
}
