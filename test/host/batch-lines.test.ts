import { describe, expect, it } from 'vitest';

import { makeHostTap } from '../../src/device/host-tap.ts';
import { stepOf } from '../../src/host/batch-lines.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Operation } from '../../src/model/operation.ts';
import { bridge, names, tapOf } from '../device/taps.ts';

const name = 'dan0' as InterfaceName;
const master = 'br0' as InterfaceName;

const lines: readonly (readonly [operation: Operation, by: 'ip' | 'bridge', line: string])[] = [
  [{ op: 'tap-add', name, multiQueue: false }, 'ip', 'tuntap add dev dan0 mode tap vnet_hdr'],
  [
    { op: 'tap-add', name, multiQueue: true, owner: 0 },
    'ip',
    'tuntap add dev dan0 mode tap multi_queue vnet_hdr user 0',
  ],
  [{ op: 'tap-add', name, multiQueue: false, group: 7 }, 'ip', 'tuntap add dev dan0 mode tap vnet_hdr group 7'],
  [
    { op: 'tap-add', name, multiQueue: false, owner: 6, group: 7 },
    'ip',
    'tuntap add dev dan0 mode tap vnet_hdr user 6 group 7',
  ],
  [{ op: 'link-set', name, mtu: 1500 }, 'ip', 'link set dev dan0 mtu 1500'],
  [
    { op: 'link-set', name, alias: 'dan:a:b:c', mtu: 68, address: 'fe:00:00:00:00:01' },
    'ip',
    'link set dev dan0 address fe:00:00:00:00:01 mtu 68 alias dan:a:b:c',
  ],
  [{ op: 'altname-add', name, altname: 'dan-0' }, 'ip', 'link property add dev dan0 altname dan-0'],
  [{ op: 'master', name, master }, 'ip', 'link set dev dan0 master br0'],
  [{ op: 'up', name }, 'ip', 'link set dev dan0 up'],
  [{ op: 'link-del', name: 'dan-0' }, 'ip', 'link del dev dan-0'],
  [{ op: 'vlan-del', name, vlan: 1 }, 'bridge', 'vlan del dev dan0 vid 1'],
  [
    { op: 'vlan-add', name, vlans: { first: 20, last: 20 }, untagged: true },
    'bridge',
    'vlan add dev dan0 vid 20 pvid untagged',
  ],
  [{ op: 'vlan-add', name, vlans: { first: 10, last: 19 }, untagged: false }, 'bridge', 'vlan add dev dan0 vid 10-19'],
];

describe('the line of an operation', () => {
  it.each(lines)('%j is for %s: %s', (operation, by, line) => {
    expect(stepOf(operation)).toEqual({ by, line });
  });

  it('is a file where IPv6 is switched off', () => {
    expect(stepOf({ op: 'ipv6-off', name })).toEqual({
      by: 'sysctl',
      path: '/proc/sys/net/ipv6/conf/dan0/disable_ipv6',
      value: '1',
    });
  });

  it('holds one command of plain words, whatever a tap is like', () => {
    const taps = [{}, { bridge: null }, { vlan: 20, trunk: [{ id: 42 }], queues: 8, owner: 1, group: 2 }];
    const steps = taps.flatMap((changes) => makeHostTap(tapOf(changes), bridge, true).map(stepOf));
    const texts = steps.flatMap((step) => (step.by === 'sysctl' ? [] : [step.line]));
    expect(texts.filter((line) => !/^[\w.:-]+( [\w.:-]+)+$/.test(line))).toEqual([]);
    expect(texts).toContain(`tuntap add dev ${names.link} mode tap multi_queue vnet_hdr user 1 group 2`);
  });
});
