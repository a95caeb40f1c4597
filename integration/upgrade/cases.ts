import { hostLocal } from '../host-tap/network.ts';
import type { PlaceName } from './place.ts';

/** An attachment that is captured for each version. */
export interface Case {
  readonly on: PlaceName;
  readonly setUp: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** What ADD makes beyond the commands of `dan plan`; LINK is the derived name. */
  readonly alsoMade?: string;
}

const network = { cniVersion: '1.1.0', name: 'kata-net', type: 'dan' };
const fixed = { addresses: ['10.88.0.5/24'], routes: [{ dst: '0.0.0.0/0', gw: '10.88.0.1' }] };

const linuxBridge = `ip link add br0 address 02:00:00:00:88:01 type bridge
ip addr add 10.88.0.1/24 dev br0
ip addr add fd00:88::1/64 dev br0 nodad
ip link set br0 up`;

// Waits for the addresses that appear by themselves, since they are compared.
const settled = `until ip -6 addr show dev host0 scope link -tentative | grep -q fe80; do sleep 0.05; done
until ip -n pod -6 addr show dev eth0 scope link -tentative | grep -q fe80; do sleep 0.05; done`;

// Indexes and MACs are fixed, since a record has them.
const podLink = `ip link add host0 index 1001 address 02:00:5e:10:00:01 type veth peer name eth0 index 1002
ip link set eth0 netns pod
ip -n pod link set eth0 address 02:00:5e:10:00:05
ip link set host0 up
ip -n pod link set eth0 up
ip -n pod addr add 10.1.0.5/24 dev eth0
ip -n pod addr add fd00:1::5/64 dev eth0 nodad
ip -n pod route add default via 10.1.0.1 dev eth0
ip -n pod neigh add 10.1.0.1 lladdr 02:00:5e:10:00:01 nud permanent dev eth0
${settled}`;

const behind = {
  ...network,
  prevResult: {
    cniVersion: '1.1.0',
    interfaces: [{ name: 'eth0', mac: '02:00:5e:10:00:05', sandbox: '/run/netns/pod' }],
    ips: [
      { address: '10.1.0.5/24', gateway: '10.1.0.1', interface: 0 },
      { address: 'fd00:1::5/64', interface: 0 },
    ],
    routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.1' }],
  },
};

/** One for each device kind, and for each way in which one is recorded. */
export const cases = {
  'host-tap': {
    on: 'linux',
    setUp: linuxBridge,
    config: {
      ...network,
      bridge: 'br0',
      queues: 2,
      ipam: hostLocal,
      bandwidth: { ingressRate: 8e6, ingressBurst: 8e5 },
    },
  },
  'host-tap-on-open-vswitch': {
    on: 'ovs',
    setUp: '',
    config: { ...network, ...fixed, bridge: 'br0', vlan: 20, trunk: [{ id: 30 }] },
  },
  'vhost-user': {
    on: 'ovs',
    setUp: '',
    config: { ...network, ...fixed, bridge: 'br0', device: 'vhost-user' },
    alsoMade: 'mkdir -p /run/dan/vhost-user',
  },
  vfio: {
    on: 'card',
    setUp: '',
    config: {
      ...{
        ...network,
        device: 'vfio',
        runtime: 'go',
        bindDriver: true,
        deviceID: '0000:01:10.0',
        vlan: 100,
        trust: 'on',
      },
      addresses: ['10.0.0.5/24'],
    },
  },
  tcfilter: { on: 'linux', setUp: podLink, config: { ...behind, device: 'tcfilter' } },
  macvtap: {
    on: 'linux',
    setUp: podLink,
    config: { ...behind, device: 'macvtap', runtime: 'generic' },
    alsoMade: `mkdir -p /run/dan/macvtap
numbers=$(nsenter --net=/run/netns/pod -- unshare --mount sh -c 'mount -t sysfs sysfs /sys && cat /sys/class/net/LINK/tap*/dev')
mknod -m 600 /run/dan/macvtap/LINK c \${numbers%:*} \${numbers#*:}`,
  },
} satisfies Record<string, Case>;

export type CaseName = keyof typeof cases;

/** The names of all cases. */
export const caseNames = Object.keys(cases) as readonly CaseName[];

/** A tap of others, which only `dan kata-network` attaches: there is no ADD configuration for it. */
export const adopted = {
  name: 'adopted-tap',
  setUp: 'ip tuntap add dev tap-test mode tap vnet_hdr user 0; ip link set tap-test up',
  config: {
    ...{ device: 'tap-test', name: 'eth1', hwAddr: '02:42:20:6f:a3:69', mtu: 1500 },
    IPAddresses: [{ address: '172.16.0.3', mask: '16' }],
  },
} as const;
