import type { Host } from '../harness/host.ts';
import { podName } from '../pod-namespace/pod.ts';

/** Numbers that the kernel assigns in sequence, times, and states that change with time. */
const passing = /^(.*_timer|ifindex|index|link_index|preferred_life_time|state|tentative|valid_life_time)$/;

/** The state of a host and its pod, attribute by attribute, from every tool that reports it. */
export async function whatIsMade(host: Host): Promise<unknown> {
  const inPod = `ip netns exec ${podName}`;
  return {
    host: { links: await json(host, 'ip -d -j addr show'), ...(await ofLinks(host, '')) },
    pod: {
      links: await json(host, `${inPod} ip -d -j addr show`),
      ...(await ofLinks(host, inPod)),
      routes: await json(host, `${inPod} ip -d -j route show table all`),
      neighbors: await json(host, `${inPod} ip -d -j neigh show nud permanent`),
    },
    vlans: await json(host, 'bridge -j vlan show'),
    files: JSON.parse(await host.sh('cat /run/kata-containers/dans/*')) as unknown,
    record: withoutTaken(JSON.parse(await host.sh('cat /run/dan/attachments/*')) as object),
    nodes: await host.sh('[ ! -d /run/dan/macvtap ] || stat -c "%F %a %u %g" /run/dan/macvtap/*'),
  };
}

async function ofLinks(host: Host, inside: string): Promise<Readonly<Record<string, unknown>>> {
  const names = (await host.sh(`${inside} ip -o link show | sed -E 's/^[0-9]+: ([^:@]+).*/\\1/'`)).split('\n');
  const entries = names.sort().map(async (name) => [name, await ofLink(host, inside, name)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function ofLink(host: Host, inside: string, name: string): Promise<unknown> {
  // sysfs shows the links of the namespace in which it was mounted.
  const files = `
    mount -t sysfs sysfs /sys
    for file in addr_assign_type flags tun_flags owner group; do
      [ ! -e /sys/class/net/${name}/$file ] || grep -H . /sys/class/net/${name}/$file
    done
    cd /proc/sys/net; grep -r . ipv4/conf/${name} ipv6/conf/${name} 2>/dev/null | grep -v stable_secret | sort`;
  return {
    disciplines: await json(host, `${inside} tc -d -j qdisc show dev ${name}`),
    filters: await json(host, `${inside} tc -d -j filter show dev ${name} ingress`),
    files: await host.sh(`${inside} unshare --mount sh -c '${files}'`),
  };
}

async function json(host: Host, command: string): Promise<unknown> {
  const text = await host.sh(command);
  return JSON.parse(text === '' ? '[]' : text, (key, value: unknown) => (passing.test(key) ? undefined : value));
}

// Addresses and routes are recorded with the numbers of the messages that contained them.
function withoutTaken(record: object): object {
  return { ...record, taken: 'taken' in record };
}
