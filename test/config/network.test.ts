import { describe, expect, it } from 'vitest';

import { readNetwork } from '../../src/config/network.ts';
import { ownKeys } from '../../src/config/keys.ts';
import { acceptedValues, refusedInside, refusedValues } from './keys.ts';
import { least, read, refusal, words } from './reading.ts';
import { cidr, ip } from '../model/parsed-address.ts';

describe('the keys of a network configuration', () => {
  it('have these defaults', () => {
    expect(read()).toEqual({
      device: {
        device: 'host-tap',
        mtu: undefined,
        mac: undefined,
        queuePairs: 1,
        queueSize: undefined,
        bridge: 'br0',
        database: undefined,
        vlan: undefined,
        trunk: undefined,
        hairpin: false,
        owner: undefined,
        group: undefined,
      },
      runtime: 'runtime-rs',
      danConf: undefined,
      kataConfig: undefined,
      addresses: [],
      routes: [],
      neighbors: [],
      defaultRoute: true,
      ipamType: undefined,
      dns: undefined,
      hotplug: false,
      commandTimeout: 10,
      unheeded: [],
    });
  });

  it.each(acceptedValues)('%s may be %j', (key, value, result) => {
    const defaults = read();
    const { device, ...others } = result;
    expect(read({ [key]: value })).toEqual({ ...defaults, ...others, device: { ...defaults.device, ...device } });
  });

  it.each(refusedValues)('%s must not be %j', (key, value, why) => {
    expect(refusal({ [key]: value })).toBe(`"${key}" ${JSON.stringify(value)} ${why}`);
  });

  it.each(refusedInside)('%j is refused', (changes, where, fault) => {
    const message = refusal({ ...changes });
    expect(message.slice(0, where.length + 1)).toBe(`${where} `);
    expect(message).toContain(fault);
  });

  it('are all in these tables', () => {
    const tested = new Set([...acceptedValues, ...refusedValues].map(([key]) => key));
    expect(Object.keys(ownKeys).filter((key) => !tested.has(key))).toEqual([]);
  });

  it('give routes and neighbors as they are written', () => {
    const routes = [
      { dst: '0.0.0.0/0', gw: '10.88.0.1', mtu: 1400, scope: 0, source: '10.88.0.5', priority: 0 },
      { dst: '198.51.100.1/32', scope: 253 },
      { dst: '::/0', gw: 'FD00:88::1', priority: 1024 },
    ];
    const neighbors = [
      { address: '10.88.0.9', mac: '02:00:00:00:00:0A' },
      { address: 'fd00:88::9/128', mac: '02:00:00:00:00:0b', state: 128, flags: 8 },
    ];
    expect(read({ routes, neighbors })).toMatchObject({
      routes: [
        {
          dst: cidr('0.0.0.0/0'),
          gw: ip('10.88.0.1'),
          mtu: 1400,
          scope: 0,
          source: ip('10.88.0.5'),
        },
        { dst: cidr('198.51.100.1/32'), scope: 253 },
        { dst: cidr('::/0'), gw: ip('fd00:88::1') },
      ],
      neighbors: [
        { ip: ip('10.88.0.9'), mac: '02:00:00:00:00:0a' },
        { ip: ip('fd00:88::9'), prefix: 128, mac: '02:00:00:00:00:0b', state: 128, flags: 8 },
      ],
    });
  });
});

describe('rules between keys', () => {
  it('a bridge is named, or it is said that none is meant', () => {
    const { bridge: _bridge, ...without } = least;
    expect(() => readNetwork(without, words)).toThrow('"bridge" is missing, and nobody would be connected');
  });

  it.each([{ vlan: 20 }, { trunk: [{ id: 20 }] }, { vlan: 1, trunk: [{ id: 2 }] }])(
    'without a bridge there is no %j',
    (settings) => {
      expect(refusal({ bridge: null, ...settings })).toContain('"bridge" is null');
    },
  );

  it('without a bridge there is no Open vSwitch', () => {
    expect(refusal({ bridge: null, ovs: { db: 'unix:/run/ovs/db.sock' } })).toBe(
      '"ovs" is the Open vSwitch that has the "bridge", and there is none: name one, or leave "ovs" out',
    );
  });

  it('addresses come from the configuration or from a plugin', () => {
    const addresses = ['10.88.0.5/24'];
    expect(refusal({ addresses, ipam: { type: 'static' } })).toContain('"addresses" and "ipam" both give addresses');
    expect(read({ addresses, ipam: {} }).addresses).toHaveLength(1);
  });

  it.each([{ subnet: '10.88.0.0/24' }, { type: '', ranges: [], routes: [] }])(
    'settings %j without a plugin that reads them are refused, and not ignored',
    (ipam) => {
      expect(refusal({ ipam })).toMatch(
        /^"ipam" .* names no IPAM plugin for (?:"subnet"|its settings): add its "type"$/,
      );
    },
  );

  it.each(['host-tap', 'vhost-user'])('the plugin dhcp cannot ask for a %s, which is in the guest', (device) => {
    const settings = device === 'host-tap' ? { device, bridge: 'br0' } : { device };
    expect(refusal({ ...settings, ipam: { type: 'dhcp' } })).toBe(
      '"ipam": {"type": "dhcp"} cannot give addresses here: dhcp asks by an interface in the pod\'s namespace, and that of ' +
        `"device": "${device}" is in the guest: leave "ipam" out and let the guest ask, or use host-local or static, or ` +
        '"device": "tcfilter" behind a plugin with this "ipam"',
    );
  });

  it.each([
    [{ dst: '0.0.0.0/0', gw: 'fd00::1' }, 'of the other IP version'],
    [{ dst: '0.0.0.0/0', gw: '10.0.0.1', scope: 253 }, 'is for a destination without a gateway'],
    [{ dst: '0.0.0.0/0', gw: '10.0.0.1', priority: 7 }, 'no DAN file can carry a metric'],
  ])('the route %j is refused', (route, why) => {
    expect(refusal({ routes: [{ dst: '10.9.0.0/16', gw: '10.0.0.1' }, route] })).toContain(why);
  });

  it('several faults are named in one message', () => {
    const message = refusal({
      mtu: 1,
      queues: 0,
      vlan: 5000,
      mac: 'x',
      routes: [{ gw: 'y' }],
      neighbours: [],
      ipam: { type: '../x' },
    });
    for (const key of ['mtu', 'queues', 'vlan', 'mac', 'routes[0].dst', 'routes[0].gw', 'ipam.type', 'neighbours']) {
      expect(message).toContain(`"${key}"`);
    }
    expect(message.split('; ')).toHaveLength(8);
  });

  it('all broken rules are named in one message, beside the faults of keys', () => {
    const message = refusal({
      ...{ mtu: 1, mode: 'vepa', vlan: 20, trunk: [{ id: 20 }], addresses: ['10.88.0.5/24'], ipam: { type: 'static' } },
      ...{ runtimeConfig: { mac: 'x' } },
      routes: [
        { dst: '0.0.0.0/0', gw: 'fd00::1' },
        { dst: '10.0.0.0/8', gw: '10.88.0.1', priority: 5 },
      ],
    });
    for (const one of [
      '"mtu" 1 must be 68',
      '"mode" has no effect with "device": "host-tap"',
      '"vlan" 20 is in "trunk" too',
      '"addresses" and "ipam" both give addresses',
      '"runtimeConfig.mac" "x" must be',
      'the route to 0.0.0.0/0 has the gateway fd00::1',
      'the route to 10.0.0.0/8 has priority 5',
    ]) {
      expect(message.split(one), one).toHaveLength(2);
    }
  });

  it.each([
    [{ bridge: 7, vlan: 20 }, '"bridge" 7 must be a string'],
    [{ device: 'vhost-user', bridge: 7, ovs: { db: 'ssl:db:6640' } }, '"bridge" 7 must be a string'],
    [{ vlan: 20, trunk: 'all' }, '"trunk" "all" must be a list'],
    [{ device: 'tcfilter', bridge: undefined, master: 7 }, '"master" 7 must be a string'],
    [{ device: 'tap', vlan: 20, master: 'eth0' }, '"device" "tap" must be one of'],
  ])('no rule is applied to a key that is faulty: %j', (changes, only) => {
    const message = refusal(changes);
    expect(message).toContain(only);
    expect(message).not.toContain('; "');
  });

  it('a missing interface in the pod is named beside other faults, with their code', () => {
    const message = refusal({ device: 'tcfilter', bridge: undefined, mtu: 1400 });
    expect(message).toContain('"mtu" has no effect with "device": "tcfilter"');
    expect(message).toContain('no plugin before dan made an interface in the pod');
  });

  it('names 20 of many faults, and how many more there are', () => {
    const neighbors = Array.from({ length: 100 }, () => ({ address: '10.88.0.9' }));
    const message = refusal({ neighbors });
    expect(message).toContain('"neighbors[19].mac"');
    expect(message).not.toContain('"neighbors[20].mac"');
    expect(message).toContain('and 80 more faults');
    const unknown = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`k${at}`, 1]));
    expect(refusal(unknown)).toContain('and 10 more unknown keys');
  });

  it('quotes 200 characters of a long value', () => {
    const message = refusal({ mtu: 'x'.repeat(1000) });
    expect(message).toContain(`"${'x'.repeat(199)}… (1002 characters)`);
    expect(message.length).toBeLessThan(500);
  });

  it('a missing bridge is named together with other faults', () => {
    expect(() => readNetwork({ name: 'kata-net', mtu: 1 }, words)).toThrow(/"bridge".*"mtu"|"mtu".*"bridge"/);
  });

  // The tagged range is added after the native VLAN, and in the kernel removes "pvid untagged" from it.
  it('the native VLAN is not among those of the trunk', () => {
    expect(refusal({ vlan: 20, trunk: [{ minID: 10, maxID: 30 }] })).toContain('20');
  });
});
