import { describe, expect, test } from 'vitest';
import { type ChainFault, chainFaults, makesInterface, type Need } from '../../src/node/chain.ts';
import type { JsonObject } from '../../src/json/object.ts';

const hostTap = { type: 'dan', bridge: 'br0' };

/** The faults of the first dan in a list. */
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
    [{ type: 'istio-cni' }, { is: 'filter' }],
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

  const bridge = { type: 'bridge' };

  test('takes over what any plugin before it made', () => {
    expect(faults(bridge, dan)).toEqual([]);
    expect(faults({ type: 'house-made' }, dan)).toEqual([]);
  });

  test.each(['bandwidth', 'firewall', 'portmap', 'house-made'])('%s works on the host, or is not known', (type) => {
    expect(faults(bridge, { type }, dan)).toEqual([]);
    expect(faults(bridge, dan, { type })).toEqual([]);
  });

  const sysctl = { 'net.ipv4.conf.IFNAME.arp_filter': '1', 'net.core.somaxconn': '500' };

  test.each<[JsonObject, readonly object[]]>([
    [{ type: 'sbr' }, [{ row: 'table-by-rule', keys: [] }]],
    [{ type: 'vrf', vrfname: 'blue' }, [{ row: 'link-is-port', keys: [] }]],
    [{ type: 'istio-cni' }, [{ row: 'nftables', keys: [] }]],
    [{ type: 'linkerd-cni' }, [{ row: 'nftables', keys: [] }]],
    [
      { type: 'tuning', promisc: true, allmulti: true, txQLen: 7, sysctl },
      [
        { row: 'link-promiscuous', keys: ['promisc', 'allmulti'] },
        { row: 'link-queue', keys: ['txQLen'] },
        { row: 'link-parameters', keys: Object.keys(sysctl) },
      ],
    ],
  ])('is told what of %j does not reach the guest, before it and behind it', (plugin, lost) => {
    const told = (isBefore: boolean) =>
      lost.map((one) => ({ of: 'lost', type: plugin['type'], device, isBefore, ...one }));
    expect(faults(bridge, plugin, dan)).toEqual(told(true));
    expect(faults(bridge, dan, plugin)).toEqual(told(false));
  });

  test('has MAC and MTU that tuning set before it, and not those that it sets behind it', () => {
    const tuning = { type: 'tuning', mac: '02:00:00:00:00:01', mtu: 1400 };
    expect(faults(bridge, tuning, dan)).toEqual([]);
    expect(faults(bridge, dan, tuning)).toEqual([
      { of: 'lost', type: 'tuning', device, isBefore: false, row: 'too-late', keys: ['mac', 'mtu'] },
    ]);
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

describe('an interface that a macvtap does not go with', () => {
  const found = (plugin: JsonObject, dan: JsonObject) => faults(plugin, { type: 'tuning' }, { type: 'dan', ...dan });
  const dhcp = { ipam: { type: 'dhcp' } };
  const macvtap = { device: 'macvtap' };
  const passthru = { ...macvtap, mode: 'passthru' };

  test.each<[JsonObject, JsonObject, readonly string[]]>([
    [{ type: 'macvlan' }, passthru, ['passthru-on-macvlan']],
    [{ type: 'macvlan' }, macvtap, []],
    [{ type: 'bridge' }, passthru, []],
    [{ type: 'bridge', ...dhcp }, macvtap, ['lease-lost']],
    [{ type: 'macvlan', ...dhcp }, passthru, ['passthru-on-macvlan', 'lease-lost']],
    [{ type: 'macvlan', ...dhcp }, { device: 'tcfilter' }, []],
    // It may belong to another network.
    [{ type: 'macvlan', ...dhcp }, { ...passthru, master: 'eth0' }, []],
  ])('is one of %j with %j: %j', (plugin, dan, rows) => {
    const type = plugin['type'];
    expect(found(plugin, dan)).toEqual(rows.map((row) => ({ of: 'unfit', type, device: 'macvtap', row })));
  });
});

test('nothing is said of a device that dan does not have', () => {
  expect(faults({ type: 'bridge' }, { ...hostTap, device: 'hosttap' }, { type: 'sbr' })).toEqual([]);
});
