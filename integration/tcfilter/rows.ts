import type { FoundRow, RowName } from '../../src/kinds/pod-namespace/rows.ts';

/** Something that is put into the pod's namespace beside an interface with 10.1.0.5/24, fd00:1::5/64 and default routes. */
export interface Case {
  /** A script that puts it there; `eth0` is the interface. */
  readonly make: string;
  /** What a message says of it. */
  readonly seen: string;
}

/** Those of which ADD refuses or warns, by their row of the table. */
export const found: Readonly<Partial<Record<FoundRow, readonly Case[]>>> = {
  'address-expires': [
    {
      make: 'ip addr add 10.4.0.5/24 dev eth0 valid_lft 600 preferred_lft 600',
      seen: 'it has a lifetime for its address 10.4.0.5/24',
    },
    {
      make: 'ip addr add fd00:4::5/128 dev eth0 valid_lft 600 preferred_lft 600',
      seen: 'it has a lifetime for its address fd00:4::5/128',
    },
  ],
  'address-deprecated': [
    { make: 'ip addr add fd00:4::5/64 dev eth0 preferred_lft 0', seen: 'it has deprecated its address fd00:4::5/64' },
  ],
  'address-duplicate': [
    {
      // The host's end has the address already.
      make: `
        ip addr add fd00:1::1/64 dev eth0
        until ip -6 addr show dev eth0 | grep -q dadfailed; do sleep 0.05; done`,
      seen: 'somebody else has its address fd00:1::1/64',
    },
  ],
  'route-worse': [
    {
      make: 'ip route add default via 10.1.0.9 metric 500',
      seen: 'it has another, better route to default',
    },
    { make: 'ip route add 10.1.0.0/24 via 10.1.0.9 metric 9', seen: 'it has another, better route to 10.1.0.0/24' },
  ],
  'route-expires': [
    {
      make: 'ip -6 route add fd00:9::/64 via fd00:1::1 expires 600',
      seen: 'it has a lifetime for its route to fd00:9::/64',
    },
  ],
  'route-source': [
    {
      make: `
        ip addr add fd00:1::6/64 dev eth0 nodad
        ip -6 route add fd00:9::/64 via fd00:1::1 src fd00:1::6`,
      seen: 'it has a source for its route to fd00:9::/64',
    },
  ],
  'route-tuning': [
    {
      make: 'ip route add 10.9.0.0/16 via 10.1.0.1 advmss 1200 initcwnd 20 rto_min 5ms hoplimit 9 congctl reno realm 4',
      seen: 'its route to 10.9.0.0/16 has advmss, hoplimit, initcwnd, rto_min, congctl, realm',
    },
  ],
  'route-form': [
    {
      make: 'ip route add 10.9.0.0/16 nexthop via 10.1.0.1 nexthop via 10.1.0.9',
      seen: 'its route to 10.9.0.0/16 has several next hops',
    },
    { make: 'ip route add 10.9.0.0/16 via 10.1.0.1 tos 8', seen: 'its route to 10.9.0.0/16 has a TOS' },
    {
      make: 'ip -6 route add fd00:9::/64 from fd00:1::/64 via fd00:1::1',
      seen: 'its route to fd00:9::/64 has a source prefix',
    },
    {
      make: 'ip route add 10.9.0.0/16 via inet6 fd00:1::1 dev eth0',
      seen: 'its route to 10.9.0.0/16 has a next hop of the other IP version',
    },
    {
      make: `
        ip nexthop add id 4 via 10.1.0.1 dev eth0
        ip route add 10.9.0.0/16 nhid 4
        echo 0 >/proc/sys/net/ipv4/nexthop_compat_mode`,
      seen: 'its route to 10.9.0.0/16 has a next hop object that the kernel does not tell of',
    },
  ],
  'route-drops': ['blackhole', 'unreachable', 'prohibit', 'throw'].flatMap((type) => [
    { make: `ip route add ${type} 10.9.0.0/16`, seen: `the namespace has a route of the type ${type} to 10.9.0.0/16` },
    {
      make: `ip -6 route add ${type} fd00:9::/64`,
      seen: `the namespace has a route of the type ${type} to fd00:9::/64`,
    },
  ]),
  'route-type': [
    {
      make: 'ip route add local 10.9.0.0/24 dev eth0 table local',
      seen: 'the namespace has a route of the type local to 10.9.0.0/24',
    },
    {
      make: 'ip route add multicast 239.1.0.0/16 dev eth0',
      seen: 'the namespace has a route of the type multicast to 239.1.0.0/16',
    },
  ],
  'table-by-rule': [
    {
      make: 'ip rule add from 10.1.0.5 lookup 100; ip route add default via 10.1.0.1 table 100',
      seen: 'its routes to default are in table 100, to which a rule leads',
    },
    {
      make: 'ip -6 rule add fwmark 7 lookup 100; ip -6 route add fd00:9::/64 via fd00:1::1 table 100',
      seen: 'its routes to fd00:9::/64 are in table 100, to which a rule leads',
    },
    {
      // The rule of this table is there in every namespace.
      make: 'ip route add 10.9.0.0/16 via 10.1.0.1 table default',
      seen: 'its routes to 10.9.0.0/16 are in table default, to which a rule leads',
    },
  ],
  'rule-drops': [
    { make: 'ip rule add from 10.1.0.5 to 10.9.0.0/16 prohibit', seen: 'the namespace has the rule 32765 (prohibit)' },
    { make: 'ip -6 rule add pref 7 to fd00:9::/64 blackhole', seen: 'the namespace has the rule 7 (blackhole)' },
  ],
  proxy: [
    { make: 'ip neigh add proxy 10.1.0.77 dev eth0', seen: 'it answers for 10.1.0.77' },
    { make: 'ip neigh add proxy fd00:1::77 dev eth0', seen: 'it answers for fd00:1::77' },
  ],
  'link-is-port': [
    {
      make: 'ip link add br7 type bridge; ip link set eth0 master br7; ip link set br7 up',
      seen: 'it is a port of br7',
    },
  ],
  'link-promiscuous': [
    { make: 'ip link set eth0 promisc on allmulticast on', seen: 'it has the setting promisc, allmulticast' },
  ],
  'link-no-multicast': [{ make: 'ip link set eth0 multicast off', seen: 'it has multicast off' }],
  'link-queue': [{ make: 'ip link set eth0 txqueuelen 77', seen: 'it has the txqueuelen 77' }],
  'link-parameters': [
    {
      make: `
        echo 1 >/proc/sys/net/ipv4/conf/eth0/arp_filter
        echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_ra`,
      seen: 'somebody set net.ipv4.conf.eth0.arp_filter, net.ipv6.conf.eth0.accept_ra',
    },
  ],
  nftables: [
    {
      make: `
        nft add table inet guard
        nft 'add chain inet guard in { type filter hook input priority 0; }'
        nft add rule inet guard in tcp dport 22 drop`,
      seen: 'the namespace has rules of nftables, in inet guard',
    },
    {
      make: `
        nft add table ip guard
        nft 'add chain ip guard in { type filter hook input priority 0; policy drop; }'`,
      seen: 'the namespace has rules of nftables, in ip guard',
    },
  ],
  iptables: [
    {
      make: 'iptables-legacy -A INPUT -p tcp --dport 22 -j DROP',
      seen: 'the namespace has tables of iptables: filter',
    },
  ],
};

/** Those of which nobody is told, and what the file has then beside what it has anyway. */
export const silent: Readonly<Partial<Record<RowName, { readonly make: string; readonly file?: object }>>> = {
  address: {
    make: `
      ip addr add 10.1.0.6/24 dev eth0
      ip addr add 10.4.0.5/24 dev eth0 scope host`,
    file: { addresses: ['10.4.0.5/24', '10.1.0.6/24'] },
  },
  'address-peer': {
    make: 'ip addr add 10.4.0.5 peer 10.4.0.6 dev eth0; ip addr add fd00:4::5/64 dev eth0 nodad noprefixroute',
    file: { addresses: ['10.4.0.5/32', 'fd00:4::5/128'], routes: ['10.4.0.6/32'] },
  },
  'address-link-local': { make: 'ip -6 addr add fe80::77/64 dev eth0 nodad' },
  'address-details': {
    make: 'ip addr add 10.4.0.5/24 brd 10.4.0.7 dev eth0 label eth0:web; ip addr add fd00:4::5/64 dev eth0 nodad',
    file: { addresses: ['10.4.0.5/24', 'fd00:4::5/64'] },
  },
  route: {
    make: `
      ip route add 10.9.0.0/16 via 10.1.0.1 mtu 1400 src 10.1.0.5
      ip route add 10.10.0.0/16 dev eth0
      ip route add 10.11.0.0/16 via 172.31.0.1 dev eth0 onlink`,
    file: { routes: ['10.9.0.0/16', '10.10.0.0/16', '10.11.0.0/16'] },
  },
  'route-preference': {
    make: 'ip route add 10.9.0.0/16 via 10.1.0.1 metric 500 proto 99; ip -6 route add fd00:9::/64 via fd00:1::1 pref high',
    file: { routes: ['10.9.0.0/16', 'fd00:9::/64'] },
  },
  'table-without-rule': {
    make: 'ip route add 10.9.0.0/16 via 10.1.0.1 table 100; ip rule add from 10.1.0.5 lookup 7',
  },
  neighbor: {
    make: 'ip neigh add 10.1.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent',
    file: { neighbors: ['10.1.0.1/32'] },
  },
  fdb: { make: 'ip maddr add 01:00:5e:00:00:77 dev eth0' },
  link: { make: 'ip link set eth0 arp off', file: { flags: 0x80 } },
  egress: { make: 'tc qdisc add dev eth0 root tbf rate 10mbit burst 20kb latency 50ms' },
};
