import type { FoundRow } from '../../src/kinds/pod-namespace/rows.ts';

/** An addition to the pod's namespace, which has an interface with 10.1.0.5/24, fd00:1::5/64 and default routes. */
export interface Case {
  /** A script that makes it; `eth0` is the interface. */
  readonly make: string;
  /** The text about it in a message. */
  readonly seen: string;
  /** More configuration, if the row is not about `eth0` and tcfilter. */
  readonly config?: Readonly<Record<string, string>>;
  /** The beginning and the error of a refusal, if they differ from those of all other rows. */
  readonly refusal?: { readonly begins: string; readonly error: string };
}

/** An object file whose one program lets every frame pass: `r0 = XDP_PASS; exit`, in a section "xdp". */
const passesAll =
  'H4sIAAAAAAACA6t39XFjYmRkgAFGhu8MCB4CrEBiO0BJVgZmhu1AFhMQT4XKuQf4QBgVKQUMOZnJqXnFqQx6xSVFJYlJQLoyF0TjASC7hZBc' +
  'IMBAHcAIxWxo4g447OFA47NC9TOjiQdAaRYC+nmx6AWBCCgti8W9yEAUGs7ooAJKG0BpZqhemP0SUBoAqtuRNOgBAAA=';

/** The configuration of a macvtap. */
export const macvtap = { device: 'macvtap', runtime: 'generic' } as const;

/** The rows for which ADD refuses or warns. */
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
      // The host's end already has the address.
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
      seen: 'its route to 10.9.0.0/16 has a next hop object that the kernel does not show',
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
      // Every namespace has a rule for this table.
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
  'link-not-ethernet': [
    {
      make: 'ip tuntap add dev tun7 mode tun; ip addr flush dev eth0; ip addr add 10.7.0.5/24 dev tun7',
      config: { master: 'tun7' },
      seen: 'its MAC (none) must be six two-digit hexadecimal octets separated by ":", like 02:5c:1e:07:9a:41',
    },
  ],
  'passthru-on-macvlan': [
    {
      make: 'ip link add mv7 link eth0 type macvlan mode bridge; ip addr flush dev eth0; ip link set mv7 up',
      config: { ...macvtap, mode: 'passthru', master: 'mv7' },
      seen: 'it is a macvlan',
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
  ingress: ['ingress', 'clsact'].map((discipline) => ({
    make: `tc qdisc add dev eth0 ${discipline}`,
    seen: 'it looks like that of somebody unknown, and was not touched',
    refusal: { begins: `has the queueing discipline "${discipline}" already; `, error: 'ingress-taken' },
  })),
  xdp: [
    {
      make: `
        echo ${passesAll} | base64 -d | gunzip >/run/pass.o
        ip link set dev eth0 xdpgeneric obj /run/pass.o sec xdp`,
      seen: 'it has an XDP program',
    },
  ],
};
