import { describe, expect, it } from 'vitest';

import type { AttachedDevice } from '../../src/dan/attachment.ts';
import { encode } from '../../src/dan/encode.ts';
import { profileNames, profiles } from '../../src/dan/profile.ts';
import type { Mtu } from '../../src/model/mtu.ts';
import type { QueuePairs, QueueSize } from '../../src/model/queues.ts';
import { attachment } from './attachments.ts';

const rust = ['runtime-rs', 'runtime-rs-3'] as const;

function tap(queuePairs: number, queueSize?: number): AttachedDevice {
  return {
    kind: 'host-tap',
    tapName: 'dan0',
    queuePairs: queuePairs as QueuePairs,
    queueSize: queueSize as QueueSize | undefined,
  };
}

function vhostUser(queuePairs: number, queueSize?: number): AttachedDevice {
  return {
    kind: 'vhost-user',
    path: '/run/s',
    queuePairs: queuePairs as QueuePairs,
    queueSize: queueSize as QueueSize | undefined,
  };
}

function macvtap(queuePairs: number, queueSize?: number): AttachedDevice {
  const { tapName: _tapName, ...queues } = tap(queuePairs, queueSize) as AttachedDevice & { kind: 'host-tap' };
  return { ...queues, kind: 'macvtap', tapName: 'dan0', path: '/run/dan/macvtap/dan0', mode: 'vepa' };
}

const node = { path: '/run/dan/macvtap/dan0', mode: 'vepa' };

describe('an entry', () => {
  it.each(profileNames)('of the profile %s names its device, its MTU and its owner', (name) => {
    const entry = encode(profiles[name], attachment({}, { mtu: 9000 as Mtu, ifname: 'net1', network: 'other' }));
    expect(entry).toMatchObject({
      name: 'net1',
      guest_mac: '02:5c:1e:07:9a:41',
      device: { type: 'host-tap', tap_name: 'dan3f9c1e7a02b' },
      network_info: {
        interface: { ip_addresses: [], mtu: 9000, ntype: 'tuntap', flags: 0 },
        routes: [],
        neighbors: [],
      },
      cni: { network: 'other', ifname: 'net1' },
    });
    expect(Object.keys(entry)).toEqual(['name', 'guest_mac', 'device', 'network_info', 'cni']);
  });

  it.each([
    ['runtime-rs', tap(1), { type: 'host-tap', tap_name: 'dan0', queue_num: 1 }],
    ['runtime-rs', tap(4, 256), { type: 'host-tap', tap_name: 'dan0', queue_num: 4, queue_size: 256 }],
    ['runtime-rs-3', tap(1), { type: 'host-tap', tap_name: 'dan0' }],
    ['runtime-rs-3', tap(4, 256), { type: 'host-tap', tap_name: 'dan0', queue_size: 256 }],
    ['generic', tap(2), { type: 'host-tap', tap_name: 'dan0', queue_num: 2 }],
    ['runtime-rs', vhostUser(2, 1024), { type: 'vhost-user', path: '/run/s', queue_num: 2, queue_size: 1024 }],
    ['runtime-rs-3', vhostUser(2), { type: 'vhost-user', path: '/run/s' }],
    ['generic', vhostUser(1, 1), { type: 'vhost-user', path: '/run/s', queue_num: 1, queue_size: 1 }],
    ['generic', macvtap(1), { type: 'host-tap', tap_name: 'dan0', queue_num: 1, macvtap: node }],
    ['generic', macvtap(4, 256), { type: 'host-tap', tap_name: 'dan0', queue_num: 4, queue_size: 256, macvtap: node }],
  ] as const)('of the profile %s has the device %j as %j', (name, device, expected) => {
    const encoded = encode(profiles[name], attachment({}, { device })).device;
    expect(JSON.stringify(encoded)).toBe(JSON.stringify(expected));
  });

  it('never has a null or an undefined value', () => {
    for (const name of profileNames) {
      const entry = encode(profiles[name], attachment({ routes: [{ dst: '::/0' }] }, { device: tap(1) }));
      expect(JSON.stringify(entry)).not.toContain('null');
      expect(JSON.parse(JSON.stringify(entry))).toStrictEqual(entry);
    }
  });
});

describe('addresses and routes', () => {
  it('are canonical', () => {
    const { network_info: info } = encode(
      profiles['runtime-rs'],
      attachment({
        addresses: ['FD00:88:0::0005/64', '10.88.0.5/24'],
        routes: [{ dst: '0::0/0', gw: 'FD00:88::0001' }],
      }),
    );
    expect(info.interface.ip_addresses).toEqual(['fd00:88::5/64', '10.88.0.5/24']);
    expect(info.routes).toEqual([{ dest: '::/0', gateway: 'fd00:88::1' }]);
  });

  const full = { dst: '10.1.0.0/16', gw: '10.88.0.1', mtu: 1400, scope: 0, source: '10.88.0.5' };
  const link = { dst: '10.2.0.0/16', scope: 253 };

  it.each(rust)('of the profile %s say what is set, and the source as a prefix of 0', (name) => {
    const { routes } = encode(profiles[name], attachment({ routes: [full, link, { dst: '::/0' }] })).network_info;
    expect(routes).toStrictEqual([
      { dest: '10.1.0.0/16', source: '10.88.0.5/0', gateway: '10.88.0.1', mtu: 1400 },
      { dest: '10.2.0.0/16', scope: 253 },
      { dest: '::/0' },
    ]);
  });

  it.each(profileNames)('have NOARP under %s, the one flag that the readers carry', (name) => {
    const flags = (noArp: boolean) => encode(profiles[name], attachment({}, { noArp })).network_info.interface.flags;
    expect([flags(true), flags(false)]).toEqual([0x80, 0]);
  });

  it('of the profile generic say scope and flags always, and the source as it is', () => {
    const { routes } = encode(profiles.generic, attachment({ routes: [full, link] })).network_info;
    expect(routes).toStrictEqual([
      { dest: '10.1.0.0/16', source: '10.88.0.5', gateway: '10.88.0.1', scope: 0, flags: 0, mtu: 1400 },
      { dest: '10.2.0.0/16', scope: 253, flags: 0 },
    ]);
  });

  it.each([...rust, 'generic'] as const)('of the profile %s mark a gateway outside every subnet with 4', (name) => {
    const plain = attachment({ routes: [{ dst: '10.1.0.0/16', gw: '192.0.2.1' }] });
    const routes = plain.routes.map((route) => ({ ...route, onlink: true }));
    expect(encode(profiles[name], { ...plain, routes }).network_info.routes).toMatchObject([
      { dest: '10.1.0.0/16', gateway: '192.0.2.1', flags: 4 },
    ]);
  });
});

describe('neighbors', () => {
  const mac = '02:00:00:00:00:09';

  it.each(rust)('of the profile %s are one host, permanent', (name) => {
    const neighbors = [
      { address: '10.88.0.9', mac },
      { address: 'FD00::9/128', mac, state: 128, flags: 8 },
    ];
    expect(encode(profiles[name], attachment({ neighbors })).network_info.neighbors).toStrictEqual([
      { ip_address: '10.88.0.9/32', state: 128, hardware_addr: mac },
      { ip_address: 'fd00::9/128', state: 128, flags: 8, hardware_addr: mac },
    ]);
  });

  it('of the profile generic are as they were given, and permanent where nothing was', () => {
    const neighbors = [
      { address: '192.168.0.3/16', mac, state: 0, flags: 0 },
      { address: 'fd00::9', mac },
    ];
    expect(encode(profiles.generic, attachment({ neighbors })).network_info.neighbors).toStrictEqual([
      { ip_address: '192.168.0.3/16', device: '', state: 0, flags: 0, hardware_addr: mac },
      { ip_address: 'fd00::9/128', device: '', state: 128, flags: 0, hardware_addr: mac },
    ]);
  });
});
