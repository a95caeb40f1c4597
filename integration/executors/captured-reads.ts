/** Makes something to read. */
export const prepareReads = `
  ip link add br1 type bridge
  ip link set br1 address 02:00:5e:10:00:02 up
  ip tuntap add dev tap1 mode tap multi_queue vnet_hdr user 6 group 7
  ip tuntap add dev tap2 mode tap
  ip link set tap1 master br1 mtu 1400 alias 'dan:net:box:eth0' up
  ip link property add dev tap1 altname dan-0123456789abcdef0123456789abcdef01234567
  ip link add br2 type bridge
  ip link set tap2 master br2 mtu 1280
  ip tuntap add dev tap3 mode tap
  ip link set tap3 master br1 mtu 9000
  ip tuntap add dev tun1 mode tun
  ip -n pod link add link eth0 name macvtap0 type macvtap mode vepa
  ip -n pod link add dummy0 type veth peer name dummy1
  ip -n pod addr add 10.7.0.1 peer 10.7.0.2/32 dev dummy0
  ip -n pod addr add fd00:7::1 peer fd00:7::2/128 dev dummy0 nodad
  ip -n pod link set dummy0 up
  ip -n pod link set dummy1 up
  ip -n pod route add 10.8.0.0/16 nexthop via 10.1.0.1 dev eth0 nexthop dev dummy0
  ip -n pod -6 route add fd00:8::/64 nexthop via fd00:1::1 dev eth0 nexthop via fd00:1::2 dev eth0
  ip -n pod route add 10.10.0.0/16 via inet6 fd00:1::1 dev eth0
  ip -n pod route add blackhole 10.11.0.0/16
  ip -n pod route add unreachable fd00:11::/64
  ip -n pod -6 route add fd00:12::/64 via fd00:1::1 dev eth0 expires 3600
  ip -n pod -6 route add fd00:13::/64 encap seg6 mode encap segs fd00:1::9 dev eth0
  ip -n pod neigh add 10.7.0.9 lladdr 02:00:5e:10:00:77 dev dummy0 nud reachable
  tc -n pod qdisc add dev eth0 ingress
  tc -n pod filter add dev eth0 parent ffff: protocol all u32 match u32 0 0 action mirred egress redirect dev dummy0 cookie 0123456789abcdef
  tc -n pod filter add dev eth0 ingress pref 7 protocol ip u32 match ip dst 10.1.0.5/32 flowid 1:1
  tc -n pod filter add dev eth0 ingress pref 9 protocol ip u32 match ip dst 10.1.0.6/32 action mirred egress mirror dev dummy1
  tc -n pod qdisc add dev dummy0 clsact`;

/** Commands that read, by what they read. They run in the pod's namespace unless they are for the host's. */
export const reads = {
  'links of the host': { in: 'host', tool: 'ip -j -d', lines: ['link show'] },
  'links of the pod with addresses': { in: 'pod', tool: 'ip -j -d', lines: ['addr show'] },
  'routes of the pod': { in: 'pod', tool: 'ip -j -d', lines: ['route show table all'] },
  'neighbors of the pod': { in: 'pod', tool: 'ip -j -d', lines: ['neigh show nud permanent'] },
  'ingress of eth0': { in: 'pod', tool: 'tc -j', lines: ['qdisc show dev eth0', 'filter show dev eth0 ingress'] },
  'ingress of dummy0': { in: 'pod', tool: 'tc -j', lines: ['qdisc show dev dummy0', 'filter show dev dummy0 ingress'] },
  'queueing disciplines of the pod': { in: 'pod', tool: 'tc -j', lines: ['qdisc show'] },
  'ports of bridges': { in: 'host', tool: 'bridge -j', lines: ['link show'] },
  'counters of the host': { in: 'host', tool: 'ip -j -s', lines: ['link show'] },
} as const;
