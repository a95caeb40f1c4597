import { hash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import type { Host } from '../harness/host.ts';
import { filesBelow } from '../harness/traces.ts';
import { podNetns } from '../pod-namespace/pod.ts';
import { inside } from './faults.ts';

/** Where files of dan, of Kata and of IPAM plugins are. */
const directories = ['/run/dan', '/run/kata-containers', '/var/lib/cni'];

/** Files that stay: locks, what dan remembers of its own calls, the last address that host-local gave. */
const kept = /^\/run\/dan\/(locks\/.*|sweep\.json|calls-1)$|\/(lock|last_[^/]*)$/;

/**
 * What `ip`, `tc` and `bridge` show of the host and of its pod, and the files of both, one line a fact. Traffic and time
 * leave no mark in it. Starts as few programs as it can: tests ask for this thousands of times.
 */
export async function snapshot(host: Host): Promise<readonly string[]> {
  const text = await host.sh(`
    [ ! -e ${podNetns} ] || nsenter --net=${podNetns} sh -c '
      ip -d -j addr show
      echo
      printf "route show table all\nrule show\nneigh show nud permanent\n" | ip -d -batch -
      ip -6 rule show
      for link in eth0 lo; do printf "qdisc show dev $link\nfilter show dev $link\nfilter show dev $link ingress\n"; done |
        tc -d -force -batch - 2>/dev/null
      cd /proc/sys/net/ipv6/conf; grep -s . eth0/disable_ipv6 eth0/accept_dad eth0/addr_gen_mode || :'
    ip -o link show
    tc qdisc show
    bridge vlan show`);
  const namespaces = readdirSync(inside(host, '/run/netns')).sort();
  return [
    ...text.split('\n').flatMap((line) => (line.startsWith('[{') ? facts(line) : [line.trim()])),
    ...namespaces.map((name) => `netns ${name}`),
    ...(await Promise.all(directories.map((path) => files(host, path)))).flat(),
  ];
}

// Kata reads the files of one directory: their bytes count.
async function files(host: Host, directory: string): Promise<readonly string[]> {
  const paths = (await filesBelow(host, directory)).filter((path) => !kept.test(path));
  return paths.map((path) => {
    const seen = inside(host, path);
    const counts = directory === '/run/kata-containers' && lstatSync(seen).isFile();
    return counts ? `${path} ${hash('sha256', readFileSync(seen))}` : path;
  });
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
