import { describe, expect, test } from 'vitest';
import { type ChainFault, chainFaults, makesInterface, type Need } from '../../src/node/chain.ts';
import type { JsonObject } from '../../src/json/object.ts';

const hostTap = { type: 'dan', bridge: 'br0' };

/** What is said of the first dan in a list. */
function faults(...plugins: readonly JsonObject[]): readonly ChainFault[] {
  return chainFaults(
    plugins,
    plugins.findIndex(({ type }) => type === 'dan'),
  );
}

describe('before a host-tap', () => {
  test.each([
    'antrea',
    'bridge',
    'calico',
    'cilium-cni',
    'dummy',
    'flannel',
    'host-device',
    'ib-sriov',
    'ipvlan',
    'kube-ovn',
    'macvlan',
    'multus',
    'ovs',
    'ptp',
    'sriov',
    'tap',
    'vlan',
    'weave-net',
  ])('%s makes an interface that the guest does not see', (type) => {
    expect(faults({ type }, hostTap)).toEqual([{ of: 'hidden-interface', type, device: 'host-tap' }]);
    expect(makesInterface(type)).toBe(true);
  });

  test.each(['bandwidth', 'firewall', 'loopback', 'portmap', 'sbr', 'tuning', 'vrf'])(
    '%s makes no interface',
    (type) => {
      expect(chainFaults([{ type }, hostTap], 1)).toEqual([]);
      expect(makesInterface(type)).toBe(false);
    },
  );

  test('a plugin that dan does not know may make an interface', () => {
    const expected = [{ of: 'unknown-before', type: 'house-made', device: 'vhost-user' }];
    expect(faults({ type: 'house-made' }, { ...hostTap, device: 'vhost-user' })).toEqual(expected);
    expect(makesInterface('house-made')).toBe(true);
  });
});

describe('behind a host-tap', () => {
  test.each<[JsonObject, Need]>([
    [{ type: 'bandwidth' }, { is: 'veth', every: false }],
    [
      { type: 'bandwidth', ingressRate: 0 },
      { is: 'veth', every: false },
    ],
    [
      { type: 'bandwidth', ingressRate: 1000, ingressBurst: 8000 },
      { is: 'veth', every: true },
    ],
    [{ type: 'portmap' }, { is: 'address' }],
    [{ type: 'sbr' }, { is: 'interface', keys: [] }],
    [
      { type: 'vrf', vrfname: 'blue' },
      { is: 'interface', keys: [] },
    ],
    [
      { type: 'tuning', mac: '02:00:00:00:00:01', mtu: 1400, promisc: true },
      { is: 'interface', keys: ['mac', 'mtu', 'promisc'] },
    ],
    [
      { type: 'tuning', allmulti: false },
      { is: 'interface', keys: ['allmulti'] },
    ],
    [
      { type: 'tuning', sysctl: { 'net.ipv4.conf.IFNAME.arp_filter': '1' } },
      { is: 'interface', keys: ['net.ipv4.conf.IFNAME.arp_filter'] },
    ],
    [
      { type: 'tuning', sysctl: { 'net.core.somaxconn': '500' } },
      { is: 'sysctl', keys: ['net.core.somaxconn'] },
    ],
    [{ type: 'tuning', mac: '', mtu: 0, promisc: false, allmulti: null }, { is: 'check' }],
  ])('%j needs %j', (plugin, need) => {
    expect(faults(hostTap, plugin)).toEqual([{ of: 'behind', type: plugin['type'], device: 'host-tap', need }]);
  });

  test.each(['dan', 'firewall', 'house-made'])('%s needs nothing that is known', (type) => {
    expect(faults(hostTap, { type })).toEqual([]);
  });
});

describe.each(['tcfilter', 'macvtap'])('%s', (device) => {
  const dan = { type: 'dan', device };

  test('takes over what any plugin before it made, and plugins behind it have it', () => {
    expect(faults({ type: 'bridge' }, dan, { type: 'sbr' })).toEqual([]);
    expect(faults({ type: 'house-made' }, dan)).toEqual([]);
  });

  test('finds nothing where no plugin before it makes an interface', () => {
    expect(faults(dan, { type: 'bridge' })).toEqual([{ of: 'no-interface', device, isFirst: true }]);
    expect(faults({ type: 'portmap' }, dan)).toEqual([{ of: 'no-interface', device, isFirst: false }]);
  });

  test('takes over one that is named, whoever made it', () => {
    expect(faults({ ...dan, master: 'eth0' })).toEqual([]);
  });
});

test.each(['host-tap', 'tcfilter', 'vhost-user', 'no-such-device'])(
  'a dan with %s behind another dan is one too many',
  (device) => {
    const list = [
      { type: 'bridge' },
      { type: 'dan', device: 'tcfilter' },
      { type: 'portmap' },
      { type: 'dan', device },
    ];
    expect(chainFaults(list, 3)).toEqual([{ of: 'twice' }]);
    expect(chainFaults(list, 1)).toEqual([]);
    expect(makesInterface('dan')).toBe(false);
  },
);

test('nothing is said of a device that dan does not have', () => {
  expect(faults({ type: 'bridge' }, { ...hostTap, device: 'hosttap' }, { type: 'sbr' })).toEqual([]);
});
