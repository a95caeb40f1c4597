import type { Host } from '../harness/host.ts';

/** The pod's namespace in these tests. */
export const podName = 'pod';

/** Path of the pod's namespace. */
export const podNetns = `/run/netns/${podName}`;

/** MAC of the pod's interface, before dan and after it. */
export const podMac = '02:00:5e:10:00:05';

/**
 * Makes a pod whose interface `eth0` has everything that a network plugin may configure and that could get lost:
 * labels, an address without its connected route, several scopes and lifetimes, routes with metrics in several tables
 * (no rule leads to any of them except main, since such a pod is refused), permanent neighbors, a queue length that the
 * kernel would not choose.
 */
export async function makePod(host: Host): Promise<void> {
  await host.podNetns(podName);
  await host.sh(`
    ip link add host0 address 02:00:5e:10:00:01 type veth peer name eth0 address ${podMac} mtu 1450 txqueuelen 0 netns ${podName}
    ip link set host0 mtu 1450 up
    ip addr add 10.1.0.1/24 dev host0
    ip addr add fd00:1::1/64 dev host0 nodad
    ip -n ${podName} -batch - <<'BATCH'
link set dev eth0 up
addr add 10.1.0.5/24 brd + dev eth0 label eth0:web
addr add 10.1.0.6/24 dev eth0
addr add 10.2.0.5/16 dev eth0 noprefixroute
addr add 10.3.0.5/24 dev eth0 scope link valid_lft 86400 preferred_lft 3600
addr add fd00:1::5/64 dev eth0 nodad
addr add fd00:2::5/64 dev eth0 noprefixroute nodad
addr add fd00:3::5/128 dev eth0 nodad preferred_lft 0
route add default via 10.1.0.1 dev eth0 mtu lock 1400
route add default via 10.1.0.1 dev eth0 metric 500
route add 192.0.2.0/24 via 10.1.0.1 dev eth0 src 10.1.0.6 advmss 1200
route add 198.51.100.0/24 dev eth0 scope link
route add 203.0.113.0/24 via 172.31.0.1 dev eth0 onlink
route add default via fd00:1::1 dev eth0
route add 2001:db8::/32 via fd00:1::1 dev eth0 metric 77 mtu 1400
route add default via 10.1.0.1 dev eth0 table 100
route add 10.9.0.0/16 via 10.1.0.1 dev eth0 src 10.1.0.5 table 100
route add default via fd00:1::1 dev eth0 table 100
rule add from 10.1.0.5 table main
neigh add 10.1.0.1 lladdr 02:00:5e:10:00:01 nud permanent dev eth0
neigh add fd00:1::99 lladdr 02:00:5e:10:00:99 nud permanent dev eth0
BATCH`);
  // The link-local address appears by itself, and is tentative at first.
  await host.sh(
    `until ip -n ${podName} -6 addr show dev eth0 scope link -tentative | grep -q fe80; do sleep 0.05; done`,
  );
}
