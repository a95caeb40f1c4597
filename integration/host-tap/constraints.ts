import type { Call } from '../harness/plugin.ts';
import { hostLocal } from './network.ts';

/** A configuration or an environment that dan must refuse, and how. `config` changes the usual configuration. */
export interface Constraint {
  readonly what: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly call?: Partial<Call>;
  readonly code: number;
  readonly says: readonly string[];
}

const v6 = { addresses: ['10.88.0.5/24', 'fd00:88::5/64'] };

/** Every rule on a single value, one row each. */
export const constraints: readonly Constraint[] = [
  // Names
  {
    what: 'ifname of 16 bytes',
    call: { ifname: 'a234567890123456' },
    code: 4,
    says: ['CNI_IFNAME', '15 bytes'],
  },
  { what: 'ifname with a slash', call: { ifname: 'eth/0' }, code: 4, says: ['CNI_IFNAME "eth/0"'] },
  {
    what: 'ifname that starts with a digit',
    call: { ifname: '0eth' },
    code: 4,
    says: ['CNI_IFNAME "0eth"', 'start with a letter'],
  },
  {
    what: 'ifname like an option',
    call: { ifname: '-eth0' },
    code: 4,
    says: ['CNI_IFNAME "-eth0"', 'start with a letter'],
  },
  {
    what: 'bridge name of 16 bytes',
    config: { bridge: 'a234567890123456' },
    code: 7,
    says: ['"bridge"', '15 characters'],
  },
  {
    what: 'bridge name with a space',
    config: { bridge: 'br 0' },
    code: 7,
    says: ['"bridge" "br 0"', 'letters, digits'],
  },
  { what: 'no bridge', config: { bridge: undefined }, code: 7, says: ['"bridge" is missing', '"bridge": null'] },
  {
    what: 'bridge that does not exist',
    config: { bridge: 'br9' },
    code: 101,
    says: ['bridge "br9" does not exist', 'ip link add br9'],
  },
  { what: 'bridge that is none', config: { bridge: 'lo' }, code: 102, says: ['lo', 'name a Linux bridge'] },
  // MTU
  { what: 'MTU 45', config: { mtu: 45 }, code: 7, says: ['"mtu" 45', '68 to 9600'] },
  {
    what: 'MTU 46',
    config: { mtu: 46 },
    code: 7,
    says: ['"mtu" 46', 'too small', 'no less than 68'],
  },
  {
    what: 'MTU 67',
    config: { mtu: 67 },
    code: 7,
    says: ['"mtu" 67', 'too small', 'no less than 68'],
  },
  { what: 'MTU 9601', config: { mtu: 9601 }, code: 7, says: ['"mtu" 9601', '68 to 9600'] },
  { what: 'MTU as a string', config: { mtu: '1500' }, code: 7, says: ['"mtu" "1500"', 'whole number'] },
  {
    what: 'MTU 1279 with IPv6',
    config: { mtu: 1279, bridge: null, ...v6 },
    code: 7,
    says: ['1279', 'IPv6 needs 1280'],
  },
  {
    what: 'MTU 1279 with IPv6 from IPAM',
    config: { mtu: 1279, bridge: null, addresses: undefined, routes: [], ipam: hostLocal },
    code: 7,
    says: ['1279', 'IPv6 needs 1280'],
  },
  // MAC
  { what: 'MAC of five octets', config: { mac: '02:00:00:00:01' }, code: 7, says: ['"mac"', 'six two-digit'] },
  { what: 'MAC with one-digit octets', config: { mac: '2:0:0:0:0:1' }, code: 7, says: ['"mac"', 'six two-digit'] },
  { what: 'multicast MAC', config: { mac: '01:00:5e:00:00:01' }, code: 7, says: ['"mac"', 'multicast'] },
  { what: 'MAC of zeros', config: { mac: '00:00:00:00:00:00' }, code: 7, says: ['"mac"', 'all zero'] },
  {
    what: 'bad MAC in CNI_ARGS',
    config: { podMaySet: ['mac'] },
    call: { variables: { CNI_ARGS: 'MAC=x' } },
    code: 7,
    says: ['"MAC in CNI_ARGS" "x"'],
  },
  {
    what: 'bad MAC in args.cni',
    config: { podMaySet: ['mac'], args: { cni: { mac: 'x' } } },
    code: 7,
    says: ['"args.cni.mac" "x"'],
  },
  {
    what: 'bad MAC in runtimeConfig',
    config: { runtimeConfig: { Mac: 'x' } },
    code: 7,
    says: ['"runtimeConfig.mac" "x"'],
  },
  // Addresses and routes
  {
    what: 'address without prefix',
    config: { addresses: ['10.88.0.5'] },
    code: 7,
    says: ['"addresses[0]"', 'no prefix length', '10.88.0.5/32'],
  },
  { what: 'address with a zone', config: { addresses: ['fe80::1%eth0/64'] }, code: 7, says: ['zone'] },
  { what: 'address with leading zeros', config: { addresses: ['10.88.0.05/24'] }, code: 7, says: ['leading zeros'] },
  { what: 'IPv4-mapped address', config: { addresses: ['::ffff:10.88.0.5/120'] }, code: 7, says: ['IPv4-mapped'] },
  { what: 'loopback address', config: { addresses: ['127.0.0.5/8'] }, code: 7, says: ['loopback'] },
  { what: 'IPv6 loopback address', config: { addresses: ['::1/128'] }, code: 7, says: ['loopback'] },
  { what: 'prefix too long', config: { addresses: ['10.88.0.5/33'] }, code: 7, says: ['0 to 32'] },
  {
    what: 'bad address in runtimeConfig',
    config: { runtimeConfig: { ips: ['10.88.0.5'] } },
    code: 7,
    says: ['runtimeConfig.ips', 'no prefix length'],
  },
  {
    what: 'route with host bits',
    config: { routes: [{ dst: '10.1.2.3/16', gw: '10.88.0.1' }] },
    code: 7,
    says: ['host bits', '10.1.0.0/16'],
  },
  {
    what: 'route with a gateway of the other family',
    config: { routes: [{ dst: '::/0', gw: '10.88.0.1' }] },
    code: 7,
    says: ['::/0', '10.88.0.1', 'other IP version'],
  },
  {
    what: 'route without a gateway',
    config: { routes: [{ dst: '10.1.0.0/16' }] },
    code: 7,
    says: ['10.1.0.0/16', 'no gateway', '"scope": 253'],
  },
  {
    what: 'route with a priority',
    config: { routes: [{ dst: '10.1.0.0/16', gw: '10.88.0.1', priority: 5 }] },
    code: 7,
    says: ['priority 5', 'metric'],
  },
  {
    what: 'two default routes',
    config: {
      routes: [
        { dst: '0.0.0.0/0', gw: '10.88.0.1' },
        { dst: '0.0.0.0/0', gw: '10.88.0.2' },
      ],
    },
    code: 7,
    says: ['the routes 0.0.0.0/0 via 10.88.0.1 and 0.0.0.0/0 via 10.88.0.2', 'leave one out'],
  },
  {
    what: "a source that is not the guest's",
    config: { routes: [{ dst: '10.1.0.0/16', gw: '10.88.0.1', source: '10.88.0.6' }] },
    code: 7,
    says: ['source 10.88.0.6', '10.88.0.5'],
  },
  // Profiles
  { what: 'the Go runtime', config: { runtime: 'go' }, code: 7, says: ['"runtime": "go"', 'vfio'] },
  {
    what: 'queues for Kata 3',
    config: { runtime: 'runtime-rs-3', queues: 2 },
    code: 7,
    says: ['"queues" 2', 'runtime-rs-3', 'network_queues'],
  },
  {
    what: 'a neighbor network',
    config: { neighbors: [{ address: '10.88.0.9/24', mac: '02:00:00:00:00:09' }] },
    code: 7,
    says: ['10.88.0.9/24', '/32'],
  },
  {
    what: 'a neighbor that is not permanent',
    config: { neighbors: [{ address: '10.88.0.9', mac: '02:00:00:00:00:09', state: 2 }] },
    code: 7,
    says: ['state 2', '128'],
  },
  // The rest
  { what: 'no queues', config: { queues: 0 }, code: 7, says: ['"queues" 0', '1 to 256'] },
  { what: 'too many queues', config: { queues: 257 }, code: 7, says: ['"queues" 257', '1 to 256'] },
  {
    what: 'queue size that is no power of two',
    config: { queueSize: 300 },
    code: 7,
    says: ['"queueSize" 300', 'power of two'],
  },
  { what: 'owner by name', config: { owner: 'kata' }, code: 7, says: ['"owner" "kata"', 'numeric id'] },
  { what: 'negative group', config: { group: -1 }, code: 7, says: ['"group" -1', 'numeric id'] },
  { what: 'relative danConf', config: { danConf: 'dans' }, code: 7, says: ['"danConf" "dans"', 'absolute path'] },
  { what: 'danConf with ..', config: { danConf: '/run/../etc' }, code: 7, says: ['"danConf"', 'without ".."'] },
  {
    what: 'kataConfig that is missing',
    config: { kataConfig: '/etc/kata/none.toml' },
    code: 109,
    says: ['/etc/kata/none.toml', 'does not exist'],
  },
  { what: 'unknown device', config: { device: 'host_tap' }, code: 7, says: ['"device" "host_tap"', 'host-tap'] },
  {
    what: 'unknown runtime',
    config: { runtime: 'runtime-go' },
    code: 7,
    says: ['"runtime" "runtime-go"', 'runtime-rs, runtime-rs-3, go, generic'],
  },
  { what: 'unknown key', config: { brigde: 'br0' }, code: 7, says: ['unknown key "brigde"', 'did you mean "bridge"?'] },
  {
    what: 'unknown key of a route',
    config: { routes: [{ dst: '::/0', gateway: 'fd00::1' }] },
    code: 7,
    says: ['unknown key "gateway" in "routes[0]"'],
  },
  { what: 'vlan without a bridge', config: { bridge: null, vlan: 5 }, code: 7, says: ['"bridge" is null'] },
  { what: 'vlan 4095', config: { vlan: 4095 }, code: 7, says: ['"vlan" 4095', '1 to 4094'] },
  { what: 'trunk backwards', config: { trunk: [{ minID: 9, maxID: 5 }] }, code: 7, says: ['"trunk"', 'minID first'] },
  { what: 'addresses twice over', config: { ipam: hostLocal }, code: 7, says: ['"addresses" and "ipam"'] },
  {
    what: 'IPAM plugin that does not exist',
    config: { addresses: undefined, routes: [], ipam: { type: 'no-such' } },
    code: 110,
    says: ['"no-such"', '/usr/lib/cni'],
  },
  {
    what: 'IPAM plugin by path',
    config: { addresses: undefined, ipam: { type: '../host-local' } },
    code: 7,
    says: ['"ipam.type"', 'file name'],
  },
  { what: 'CNI 0.2.0', config: { cniVersion: '0.2.0' }, code: 1, says: ['0.2.0', '1.1.0'] },
  { what: 'network name with a slash', config: { name: 'a/b' }, code: 7, says: ['"name" "a/b"'] },
];
