import type { FoundRow, RowName } from '../../src/kinds/pod-namespace/rows.ts';
import { type Case, macvtap } from './rows.ts';

type Silent = Pick<Case, 'config' | 'make'> & { readonly file?: object };

/** Rows without a message, and what the file has for them in addition. */
export const silent: Readonly<Partial<Record<RowName, Silent>>> = {
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
    // Duplicate address detection of the last one takes a minute.
    make: `
      ip addr add 10.4.0.5/24 brd 10.4.0.7 dev eth0 label eth0:web
      ip addr add fd00:4::5/64 dev eth0 nodad
      echo 60 >/proc/sys/net/ipv6/conf/eth0/dad_transmits
      ip addr add fd00:5::5/64 dev eth0
      ip -6 addr show dev eth0 tentative | grep -q fd00:5::5`,
    file: { addresses: ['10.4.0.5/24', 'fd00:5::5/64', 'fd00:4::5/64'] },
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
  'link-kind': {
    make: `
      ip addr flush dev eth0
      ip link add mv7 link eth0 type macvlan mode bridge
      ip link set mv7 up
      ip addr add 10.8.0.5/24 dev mv7`,
    config: { master: 'mv7' },
    file: { addresses: ['10.8.0.5/24'] },
  },
  egress: { make: 'tc qdisc add dev eth0 root tbf rate 10mbit burst 20kb latency 50ms' },
};

/** Rows that only a list of plugins shows: the plugins about which `dan validate` warns, and its words. */
export const foreseen: Readonly<
  Partial<Record<FoundRow, { readonly plugins: readonly object[]; readonly seen: string }>>
> = {
  'lease-lost': {
    plugins: [
      { type: 'bridge', bridge: 'br0', ipam: { type: 'dhcp' } },
      { type: 'dan', ...macvtap },
    ],
    seen: 'dan makes a macvtap on the interface that bridge makes',
  },
  'passthru-on-macvlan': {
    plugins: [
      { type: 'macvlan', master: 'eth0', ipam: { type: 'host-local', subnet: '10.1.0.0/24' } },
      { type: 'dan', ...macvtap, mode: 'passthru' },
    ],
    seen: 'dan makes a macvtap on the interface that macvlan makes',
  },
};
