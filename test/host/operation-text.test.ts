import { describe, expect, it } from 'vitest';

import { makeHostTap } from '../../src/kinds/host-tap.ts';
import { stepOf } from '../../src/host/operation-text.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import { isOfKernel, type KernelOperation } from '../../src/model/operation.ts';
import { names } from '../kinds/node.ts';
import { planFor } from '../kinds/redirections.ts';
import { bridge, tapOf } from '../kinds/taps.ts';

const name = 'dan0' as InterfaceName;
const master = 'br0' as InterfaceName;
const eth0 = 'eth0' as InterfaceName;
const cookie = '0123456789abcdef0123456789abcdef';
const [hostMac, podMac] = ['fe:00:00:00:00:01', 'fe:00:00:00:00:02'];

const lines: readonly (readonly [operation: KernelOperation, by: 'ip' | 'bridge' | 'tc', line: string])[] = [
  [{ op: 'tap-add', in: 'host', name, multiQueue: false }, 'ip', 'tuntap add dev dan0 mode tap vnet_hdr'],
  [
    { op: 'tap-add', in: 'host', name, multiQueue: true, owner: 0 },
    'ip',
    'tuntap add dev dan0 mode tap multi_queue vnet_hdr user 0',
  ],
  [
    { op: 'tap-add', in: 'host', name, multiQueue: false, group: 7 },
    'ip',
    'tuntap add dev dan0 mode tap vnet_hdr group 7',
  ],
  [
    { op: 'tap-add', in: 'host', name, multiQueue: false, owner: 6, group: 7 },
    'ip',
    'tuntap add dev dan0 mode tap vnet_hdr user 6 group 7',
  ],
  [{ op: 'link-set', in: 'host', name, mtu: 1500 }, 'ip', 'link set dev dan0 mtu 1500'],
  [
    { op: 'link-set', in: 'host', name, alias: 'dan:a:b:c', mtu: 68, address: 'fe:00:00:00:00:01' },
    'ip',
    'link set dev dan0 address fe:00:00:00:00:01 mtu 68 alias dan:a:b:c',
  ],
  [{ op: 'altname-add', in: 'host', name, altname: 'dan-0' }, 'ip', 'link property add dev dan0 altname dan-0'],
  [{ op: 'master', in: 'host', name, master }, 'ip', 'link set dev dan0 master br0'],
  [{ op: 'hairpin-on', in: 'host', name }, 'ip', 'link set dev dan0 type bridge_slave hairpin on'],
  [
    { op: 'ifb-add', in: 'host', name, mac: hostMac, mtu: 1400 },
    'ip',
    `link add dev dan0 mtu 1400 address ${hostMac} type ifb`,
  ],
  [
    { op: 'tbf-add', in: 'host', name, rate: 1_000_000, burst: 32_768, limit: 57_768 },
    'tc',
    'qdisc add dev dan0 root handle 1: tbf rate 8000000bit burst 32768 limit 57768',
  ],
  [{ op: 'up', in: 'host', name }, 'ip', 'link set dev dan0 up'],
  [{ op: 'link-del', in: 'host', name: 'dan-0' }, 'ip', 'link del dev dan-0'],
  [{ op: 'vlan-del', in: 'host', name, vlan: 1 }, 'bridge', 'vlan del dev dan0 vid 1'],
  [
    { op: 'vlan-add', in: 'host', name, vlans: { first: 20, last: 20 }, untagged: true },
    'bridge',
    'vlan add dev dan0 vid 20 pvid untagged',
  ],
  [
    { op: 'vlan-add', in: 'host', name, vlans: { first: 10, last: 19 }, untagged: false },
    'bridge',
    'vlan add dev dan0 vid 10-19',
  ],
  [
    {
      op: 'veth-add',
      in: 'host',
      host: { name: 'dan0h' as InterfaceName, mac: hostMac },
      far: { in: 'pod', name: 'dan0p' as InterfaceName, mac: podMac },
      mtu: 9000,
    },
    'ip',
    `link add dev dan0h mtu 9000 address ${hostMac} type veth ` +
      `peer name dan0p mtu 9000 address ${podMac} netns /proc/self/fd/3`,
  ],
  [
    {
      op: 'veth-add',
      in: 'host',
      host: { name: 'dan0h' as InterfaceName, mac: hostMac },
      far: { in: 'host', name: 'dan0p' as InterfaceName, mac: podMac },
      mtu: 1500,
    },
    'ip',
    `link add dev dan0h mtu 1500 address ${hostMac} type veth peer name dan0p mtu 1500 address ${podMac}`,
  ],
  ...(['bridge', 'private', 'vepa', 'passthru'] as const).map((mode) => {
    const line = `link add link eth0 name dan0 mtu 1500 address ${podMac} type macvtap mode ${mode}`;
    return [{ op: 'macvtap-add', in: 'pod', name, master: eth0, mac: podMac, mtu: 1500, mode }, 'ip', line] as const;
  }),
  [
    { op: 'tap-add', in: 'pod', name, multiQueue: false, owner: 0 },
    'ip',
    'tuntap add dev dan0 mode tap vnet_hdr user 0',
  ],
  [{ op: 'addresses-flush', in: 'pod', name: eth0 }, 'ip', 'addr flush dev eth0'],
  [{ op: 'link-set', in: 'pod', name: eth0, address: podMac }, 'ip', `link set dev eth0 address ${podMac}`],
  [{ op: 'allmulticast', in: 'pod', name: eth0 }, 'ip', 'link set dev eth0 allmulticast on'],
  [{ op: 'filter-del', in: 'pod', name: eth0, preference: 49152 }, 'tc', 'filter del dev eth0 ingress pref 49152'],
  [{ op: 'link-set', in: 'pod', name: eth0, queueLength: 0 }, 'ip', 'link set dev eth0 txqueuelen 0'],
  [{ op: 'up', in: 'pod', name }, 'ip', 'link set dev dan0 up'],
  [{ op: 'ingress-add', in: 'pod', name: eth0 }, 'tc', 'qdisc add dev eth0 ingress'],
  [{ op: 'ingress-del', in: 'pod', name: eth0 }, 'tc', 'qdisc del dev eth0 ingress'],
  ...(['host', 'pod'] as const).map((where) => {
    const line =
      'filter add dev eth0 parent ffff: protocol all u32 match u32 0 0 ' +
      `action mirred egress redirect dev dan0 cookie ${cookie}`;
    return [{ op: 'redirect', in: where, from: eth0, to: name, cookie }, 'tc', line] as const;
  }),
];

describe('the line of an operation', () => {
  it.each(lines)('%j is for %s: %s', (operation, by, line) => {
    expect(stepOf(operation)).toEqual({ in: operation.in, by, line });
  });

  it('is a file where IPv6 is switched off', () => {
    for (const where of ['host', 'pod'] as const) {
      expect(stepOf({ op: 'ipv6-off', in: where, name })).toEqual({
        in: where,
        by: 'sysctl',
        path: '/proc/sys/net/ipv6/conf/dan0/disable_ipv6',
        value: '1',
      });
    }
  });

  it('holds one command of plain words, whatever a tap is like', () => {
    const taps = [{}, { bridge: null }, { vlan: 20, trunk: [{ id: 42 }], queues: 8, owner: 1, group: 2 }];
    const made = taps.flatMap((changes) => makeHostTap(tapOf(changes), names, { ...bridge, macIsSet: false }));
    const all = [...made, ...planFor('host').operations, ...planFor('pod').operations];
    const steps = all.filter(isOfKernel).map(stepOf);
    const texts = steps.flatMap((step) => (step.by === 'sysctl' ? [] : [step.line]));
    expect(texts.filter((line) => !/^[\w.:-]+( [\w.:/-]+)+$/.test(line))).toEqual([]);
    expect(texts).toContain(`tuntap add dev ${names.link} mode tap multi_queue vnet_hdr user 1 group 2`);
  });
});
