import type { MacvtapMode } from '../../src/kinds/macvtap-mode.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { KernelOperation } from '../../src/model/operation.ts';

/** Makes what the operations need. */
export const prepareOperations = `
  ip link add br0 type bridge
  for tap in dan0 dan1 dan2; do ip tuntap add dev $tap mode tap; done`;

const [name, other, gone, master] = ['dan0', 'dan1', 'dan2', 'br0'] as InterfaceName[] as [
  InterfaceName,
  InterfaceName,
  InterfaceName,
  InterfaceName,
];
const eth0 = 'eth0' as InterfaceName;
const cookie = '0123456789abcdef0123456789abcdef';
const mac = 'fe:00:00:00:00:01';

/**
 * One operation, or several if it has several forms, for each message that changes something. All can be carried out in
 * this order, except, on a kernel without VLANs, those of a bridge's port: they are sent and then refused.
 */
export const operations: readonly KernelOperation[] = [
  { op: 'link-set', in: 'host', name, address: mac, mtu: 1400, alias: 'dan:net:box:eth0', queueLength: 500 },
  { op: 'link-set', in: 'host', name, address: 'fe:00:00:00:00:02' },
  { op: 'link-set', in: 'host', name, alias: `dan:${'x'.repeat(251)}` },
  { op: 'altname-add', in: 'host', name, altname: `dan-${cookie}01234567` },
  { op: 'rename', in: 'host', name: other, to: 'dan3' as InterfaceName },
  { op: 'master', in: 'host', name, master },
  { op: 'hairpin-on', in: 'host', name },
  { op: 'vlan-del', in: 'host', name, vlan: 1 },
  { op: 'vlan-add', in: 'host', name, vlans: { first: 20, last: 20 }, untagged: true },
  { op: 'vlan-add', in: 'host', name, vlans: { first: 30, last: 39 }, untagged: false },
  { op: 'allmulticast', in: 'host', name },
  { op: 'up', in: 'host', name },
  {
    op: 'veth-add',
    in: 'host',
    host: { name: 'dan4h' as InterfaceName, mac: 'fe:00:00:00:00:04' },
    far: { in: 'pod', name: 'dan4p' as InterfaceName, mac: 'fe:00:00:00:00:05' },
    mtu: 1450,
  },
  {
    op: 'veth-add',
    in: 'host',
    host: { name: 'dan6h' as InterfaceName, mac: 'fe:00:00:00:00:06' },
    far: { in: 'host', name: 'dan6p' as InterfaceName, mac: 'fe:00:00:00:00:07' },
    mtu: 1450,
  },
  ...(['private', 'vepa', 'bridge'] as const).map((mode, at) => macvtap(at, mode)),
  { op: 'ingress-add', in: 'host', name },
  { op: 'redirect', in: 'host', from: name, to: gone, cookie },
  { op: 'dhcp-mirror', in: 'host', from: name, to: gone, cookie },
  { op: 'filter-del', in: 'host', name, preference: 49152 },
  { op: 'ingress-del', in: 'host', name },
  { op: 'link-del', in: 'host', name: gone },
  { op: 'link-del', in: 'host', name: `dan-${cookie}01234567` },
  ...([0, 1, 2] as const).map((at) => ({ op: 'link-del', in: 'pod', name: `mac${at}` }) as const),
  macvtap(3, 'passthru'),
  { op: 'addresses-flush', in: 'pod', name: eth0 },
];

function macvtap(at: number, mode: MacvtapMode): KernelOperation {
  const name = `mac${at}` as InterfaceName;
  return { op: 'macvtap-add', in: 'pod', name, master: eth0, mac: `fe:00:00:00:01:0${at}`, mtu: 1450, mode };
}
