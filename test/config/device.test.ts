import { describe, expect, it } from 'vitest';

import type { NetworkConfig } from '../../src/config/interpret.ts';
import { readNetwork } from '../../src/config/network.ts';
import { macvtapModes } from '../../src/kinds/macvtap-mode.ts';
import { refusal, refusalOf, words } from './reading.ts';

const pod = '/run/netns/pod';
const made = { interfaces: [{ name: 'eth0', sandbox: pod }] };
const plugin = { cniVersion: '1.0.0', name: 'kata-net', type: 'dan' };

/** A configuration behind a plugin that made eth0 in the pod. */
function readBehind(changes: object, ifname = 'eth0'): NetworkConfig {
  return readNetwork({ ...plugin, prevResult: made, ...changes }, { ...words, ifname });
}

describe('what a configuration says of a redirection', () => {
  it('is the link of the pod, and these defaults', () => {
    expect(readBehind({ device: 'tcfilter' })).toMatchObject({
      device: { device: 'tcfilter', master: 'eth0', place: 'host', queuePairs: 1 },
      addresses: [],
      ipamType: undefined,
    });
    const { device } = readBehind({ device: 'tcfilter', queues: 4, queueSize: 512, owner: 7, group: 8 });
    expect(device).toMatchObject({ queuePairs: 4, queueSize: 512, owner: 7, group: 8 });
  });

  it.each([
    ['runtime-rs', 'host'],
    ['runtime-rs-3', 'host'],
    ['generic', 'pod'],
  ])('for %s has the tap in the %s', (runtime, place) => {
    expect(readBehind({ device: 'tcfilter', runtime }).device).toMatchObject({ place });
  });

  it('takes routes, neighbors, DNS settings and a word on default routes', () => {
    const config = readBehind({
      device: 'tcfilter',
      routes: [{ dst: '10.9.0.0/16', gw: '10.88.0.1' }],
      neighbors: [{ address: '10.88.0.9', mac: '02:00:00:00:00:09' }],
      dns: { nameservers: ['10.88.0.1'] },
      defaultRoute: false,
    });
    expect(config).toMatchObject({ routes: [{}], neighbors: [{}], dns: { nameservers: ['10.88.0.1'] } });
    expect(config.defaultRoute).toBe(false);
  });

  it.each(['tcfilter', 'macvtap'])(
    'leaves the MAC and the addresses that a runtime passes to the plugins before: %s',
    (device) => {
      const mac = '02:00:00:00:00:04';
      const config = readBehind({ device, runtimeConfig: { mac, ips: ['10.0.0.3/24'] }, args: { cni: { mac } } });
      expect(config).toMatchObject({ addresses: [] });
      expect(config.device).not.toHaveProperty('mac');
    },
  );
});

describe('what a configuration says of a macvtap', () => {
  it('is the link of the pod, and the mode bridge', () => {
    expect(readBehind({ device: 'macvtap', runtime: 'generic' }).device).toMatchObject({
      device: 'macvtap',
      master: 'eth0',
      mode: 'bridge',
      queuePairs: 1,
    });
  });

  it.each(macvtapModes)('may be the mode %s', (mode) => {
    expect(readBehind({ device: 'macvtap', mode }).device).toMatchObject({ mode });
  });
});

const leads = 'the frames go where the interface in the pod leads';
const has = 'the guest has that of the interface in the pod';
const ofThePod = [
  ['bridge', 'br0', leads],
  ['bridge', null, leads],
  ['vlan', 20, leads],
  ['trunk', [{ id: 20 }], leads],
  ['mtu', 1400, has],
  ['mac', '02:00:00:00:00:01', has],
  ['addresses', ['10.88.0.5/24'], 'the guest has those of the interface in the pod'],
  ['ipam', { type: 'host-local' }, 'the plugin before dan gives the addresses'],
  ['ovs', { db: 'unix:/run/ovs/db.sock' }, leads],
  ['socketPath', '/run/s', 'only a vhost-user device has a socket'],
  ['socketDir', '/run', 'only a vhost-user device has a socket'],
] as const;

describe('keys that say nothing about a device', () => {
  it.each((['tcfilter', 'macvtap'] as const).flatMap((device) => ofThePod.map((row) => [device, ...row] as const)))(
    '%s has no %s %j: %s',
    (device, key, value, why) => {
      expect(refusalOf(() => readBehind({ device, [key]: value }))).toBe(
        `"${key}" has no effect with "device": "${device}": ${why}`,
      );
    },
  );

  it.each([
    ['host-tap', 'master', 'eth0', 'a tap of the host takes its frames from a bridge: name it in "bridge"'],
    ['host-tap', 'mode', 'vepa', 'it is the mode of a macvtap'],
    ['host-tap', 'socketPath', '/run/s', 'only a vhost-user device has a socket'],
    ['host-tap', 'socketDir', '/run', 'only a vhost-user device has a socket'],
    ['vhost-user', 'master', 'eth0', 'its frames come from the switch: name the bridge in "bridge"'],
    ['vhost-user', 'mode', 'bridge', 'it is the mode of a macvtap'],
    ['vhost-user', 'owner', 0, 'the socket is bound by the virtual machine, under its own user'],
    ['vhost-user', 'group', 0, 'the socket is bound by the virtual machine, under its own user'],
    ['tcfilter', 'mode', 'bridge', 'it is the mode of a macvtap'],
    [
      'vhost-user',
      'hotplug',
      true,
      'a socket needs memory that the virtual machine shares from its start on: use a tap',
    ],
    ['macvtap', 'hotplug', true, 'no runtime of Kata reads a macvtap, so none runs a sandbox that could be given one'],
  ])('%s has no %s %j: %s', (device, key, value, why) => {
    const bridge = device === 'host-tap' ? { bridge: 'br0' } : {};
    expect(refusalOf(() => readBehind({ device, ...bridge, [key]: value }))).toBe(
      `"${key}" has no effect with "device": "${device}": ${why}`,
    );
  });

  it('a tap in the namespace of the pod cannot be plugged in', () => {
    expect(refusalOf(() => readBehind({ device: 'tcfilter', hotplug: true, runtime: 'generic' }))).toBe(
      '"hotplug" is for a tap on the host, and with "runtime": "generic" it is in the pod\'s namespace: leave one of them out',
    );
    expect(() => readBehind({ device: 'tcfilter', hotplug: true })).not.toThrow();
  });

  it.each(['tcfilter', 'macvtap'])('are not those that are empty: %s', (device) => {
    expect(() => readBehind({ device, addresses: [], ipam: {}, dns: {} })).not.toThrow();
    expect(() => readBehind({ device, ipam: { type: '' } })).not.toThrow();
  });

  it('are all named', () => {
    const message = refusalOf(() => readBehind({ device: 'tcfilter', bridge: 'br0', mtu: 1400, mode: 'vepa' }));
    expect(message.split('; ').map((fault) => fault.split(' ')[0])).toEqual(['"bridge"', '"mtu"', '"mode"']);
  });

  it('do not hide that a bridge is wanted only by a tap', () => {
    expect(refusalOf(() => readBehind({ device: 'tcfilter', queues: 0 }))).not.toContain('bridge');
  });
});

describe('the link of the pod', () => {
  const [eth0, net1] = ['eth0', 'net1'].map((name) => ({ name, sandbox: pod }));
  const onHost = [{ name: 'br0' }, { name: 'veth1', sandbox: '' }];
  const masterFrom = (changes: object, ifname?: string): unknown =>
    readBehind({ device: 'tcfilter', ...changes }, ifname).device;

  it.each([
    ['the one the runtime asked for', [...onHost, net1, eth0], 'eth0', 'eth0'],
    ['the one the runtime asked for', [eth0, net1], 'net1', 'net1'],
    ['the only one', [...onHost, net1], 'eth0', 'net1'],
  ])('is %s: of %j, asked for %s', (_which, interfaces, ifname, master) => {
    expect(masterFrom({ prevResult: { interfaces } }, ifname)).toMatchObject({ master });
  });

  it.each([
    ['nothing', {}, []],
    ['nulls', { interfaces: null, ips: null, routes: null, dns: null }, []],
    ['links of the host', { interfaces: onHost }, ['br0', 'veth1']],
    ['the one that was asked for, outside the pod', { interfaces: [{ name: 'eth0' }] }, ['eth0']],
    ['what has no name', { interfaces: [{}, { name: '' }, { name: null }] }, []],
  ])('is the one the runtime asked for where the result before lists %s', (_what, prevResult, listed) => {
    for (const device of ['tcfilter', 'macvtap']) {
      const config = readBehind({ device, prevResult });
      expect(config.device).toMatchObject({ master: 'eth0', unlisted: { listed, ifname: 'eth0' } });
    }
  });

  it.each([
    ['no plugin before', undefined, 'or name an interface of the pod in "master"'],
    ['no plugin before', null, 'or name an interface of the pod in "master"'],
    [
      'two in the pod, and none of that name',
      { interfaces: [net1, { name: 'net2', sandbox: pod }] },
      'lists net1 and net2 in the pod, and none is called eth0, as the runtime asked: say in "master" which',
    ],
  ])('is unknown with %s', (_what, prevResult, message) => {
    for (const device of ['tcfilter', 'macvtap']) {
      expect(() => readBehind({ device, prevResult })).toThrow(
        expect.objectContaining({
          name: 'prev-result-missing',
          code: 119,
          message: expect.stringContaining(message),
        }),
      );
    }
  });

  it('is the one that the configuration names, whatever was before', () => {
    expect(masterFrom({ master: 'net7' })).toMatchObject({ master: 'net7' });
    expect(masterFrom({ master: 'net7', prevResult: undefined })).toMatchObject({ master: 'net7' });
  });

  it('must have a name that is safe everywhere', () => {
    const prevResult = { interfaces: [{ name: 'a b', sandbox: pod }] };
    expect(refusalOf(() => readBehind({ device: 'tcfilter', prevResult }))).toBe(
      'the interface "a b" of "prevResult" must start with a letter and hold only letters, digits, "_", "-", "."',
    );
  });

  it('is not looked for in a result of which a part has another type', () => {
    const prevResult = { interfaces: [{ name: 'eth0', mac: 7, sandbox: pod }] };
    expect(refusalOf(() => readBehind({ device: 'tcfilter', prevResult }))).toContain(
      'must be a CNI result, but its "interfaces" is [{"name":"eth0","mac":7,',
    );
  });
});

describe('the VLANs of a port', () => {
  it.each([
    [20, [{ minID: 10, maxID: 30 }]],
    [20, [{ id: 20 }]],
    [10, [{ minID: 10, maxID: 30 }]],
    [30, [{ id: 5 }, { minID: 10, maxID: 30 }]],
  ])('are either tagged or untagged: %i is in %j', (vlan, trunk) => {
    expect(refusal({ vlan, trunk })).toBe(
      `"vlan" ${vlan} is in "trunk" too, and a VLAN is either tagged or untagged: name it in one of them`,
    );
  });

  it.each([9, 31])('may be beside each other: %i', (vlan) => {
    const document = { ...plugin, bridge: 'br0', vlan, trunk: [{ minID: 10, maxID: 30 }] };
    expect(readNetwork(document, words).device).toMatchObject({ vlan, trunk: [{ first: 10, last: 30 }] });
  });
});
