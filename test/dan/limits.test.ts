import { describe, expect, it } from 'vitest';

import { type Demand, mtuFaults, profileFaults, routeFaults } from '../../src/dan/limits.ts';
import { type ProfileName, profileNames, profiles } from '../../src/dan/profile.ts';
import { parseNetwork } from '../../src/model/cidr.ts';
import { parseIp } from '../../src/model/ip.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import type { Route } from '../../src/model/route.ts';
import { network } from './attachments.ts';

const mac = '02:00:00:00:00:09';

function faults(name: ProfileName, changes: Partial<Omit<Demand, 'neighbors'>>, neighbors: readonly object[] = []) {
  const demand = { device: 'host-tap', queuePairs: 1 as QueuePairs, networkQueues: 1, ...changes } as const;
  return profileFaults(profiles[name], { ...demand, neighbors: network({ neighbors }).neighbors });
}

describe('what a profile carries', () => {
  it.each(profileNames)('%s has the name it is listed under', (name) => {
    expect(profiles[name].name).toBe(name);
  });

  it.each(
    (['runtime-rs', 'runtime-rs-3', 'generic'] as const).flatMap((name) =>
      (['host-tap', 'vhost-user'] as const).map((device) => [name, device] as const),
    ),
  )('%s has %s', (name, device) => {
    expect(faults(name, { device })).toEqual([]);
  });

  it('generic has macvtap, and no reader of Kata: their users are told of tcfilter', () => {
    expect(faults('generic', { device: 'macvtap' })).toEqual([]);
    for (const name of ['runtime-rs', 'runtime-rs-3'] as const) {
      expect(faults(name, { device: 'macvtap' })).toEqual([
        `"runtime": "${name}" has no macvtap: no reader of Kata can open a macvtap by its name; use "device": "tcfilter", ` +
          'or "generic" for another reader',
      ]);
    }
  });

  it.each([
    ['runtime-rs', 4, 1, true],
    ['generic', 4, 1, true],
    ['runtime-rs-3', 1, 1, true],
    ['runtime-rs-3', 4, 4, true],
    ['runtime-rs-3', 4, 1, false],
    ['runtime-rs-3', 1, 4, false],
  ] as const)('%s carries %i queue pairs where Kata has %i by itself: %s', (name, pairs, networkQueues, carried) => {
    const found = faults(name, { queuePairs: pairs as QueuePairs, networkQueues });
    expect(found).toHaveLength(carried ? 0 : 1);
    if (!carried) expect(found[0]).toContain(`say "queues": ${networkQueues}`);
  });

  it.each([
    [{ address: '10.0.0.9', mac }, undefined],
    [{ address: '10.0.0.9/32', mac, state: 128 }, undefined],
    [{ address: 'fd00::9/128', mac }, undefined],
    [{ address: '10.0.0.9/24', mac }, 'neighbor 10.0.0.9/24: the readers of Kata take one host, /32'],
    [{ address: 'fd00::9/32', mac }, 'neighbor fd00::9/32: the readers of Kata take one host, /128'],
    [{ address: '10.0.0.9', mac, state: 0 }, 'neighbor 10.0.0.9 with state 0: the readers of Kata drop every state'],
    [{ address: '10.0.0.9', mac, state: 2 }, 'neighbor 10.0.0.9 with state 2: the readers of Kata drop every state'],
  ])('the neighbor %j: %s', (neighbor, fault) => {
    for (const name of ['runtime-rs', 'runtime-rs-3'] as const) {
      const found = faults(name, {}, [neighbor]);
      expect(found).toHaveLength(fault === undefined ? 0 : 1);
      expect(found[0] ?? '').toContain(fault ?? '');
    }
    expect(faults('generic', {}, [neighbor])).toEqual([]);
  });

  const another = (name: string, hypervisor: string): string =>
    `"kataConfig" is for the hypervisor ${hypervisor}, and under "runtime": "${name}" only dragonball attaches vhost-user ` +
    'devices: name the configuration of that hypervisor, or use "device": "host-tap"';

  it.each(['runtime-rs', 'runtime-rs-3'] as const)('%s has vhost-user under one hypervisor alone', (name) => {
    expect(faults(name, { device: 'vhost-user', hypervisor: 'dragonball' })).toEqual([]);
    expect(faults(name, { device: 'vhost-user', hypervisor: undefined })).toEqual([]);
    for (const hypervisor of ['qemu', 'cloud-hypervisor', 'Dragonball', '']) {
      expect(faults(name, { device: 'vhost-user', hypervisor })).toEqual([another(name, hypervisor)]);
      expect(faults(name, { device: 'host-tap', hypervisor })).toEqual([]);
    }
  });

  it('generic has vhost-user under every hypervisor', () => {
    expect(faults('generic', { device: 'vhost-user', hypervisor: 'qemu' })).toEqual([]);
  });

  it('runtime-rs-3 leaves the queues of a socket to Kata, too', () => {
    const [fault, ...others] = faults('runtime-rs-3', { device: 'vhost-user', queuePairs: 4 as QueuePairs });
    expect(others).toEqual([]);
    expect(fault).toContain('say "queues": 1');
  });

  it('every fault is named', () => {
    const neighbors = [{ address: '10.0.0.9/24', mac, state: 2 }];
    expect(faults('runtime-rs-3', { queuePairs: 2 as QueuePairs }, neighbors)).toHaveLength(3);
  });
});

describe('the MTU that a profile carries', () => {
  it.each([
    ['runtime-rs', 1500, true],
    ['runtime-rs', 68, true],
    ['runtime-rs', 1501, false],
    ['runtime-rs', 9600, false],
    ['runtime-rs-3', 1500, true],
    ['runtime-rs-3', 1501, false],
    ['generic', 1501, true],
    ['generic', 9600, true],
  ] as const)('%s carries %i bytes by a socket: %s', (name, mtu, carried) => {
    const fault =
      `the MTU ${mtu} cannot be carried by a vhost-user device under "runtime": "${name}": its hypervisor announces 1500 to ` +
      'the guest; say "mtu": 1500 or less, or use "device": "host-tap"';
    expect(mtuFaults(profiles[name], 'vhost-user', mtu)).toEqual(carried ? [] : [fault]);
  });

  it.each(profileNames)('%s carries every MTU by a tap', (name) => {
    for (const mtu of [68, 1500, 1501, 9600]) {
      expect(mtuFaults(profiles[name], 'host-tap', mtu)).toEqual([]);
      expect(mtuFaults(profiles[name], 'macvtap', mtu)).toEqual([]);
    }
  });
});

describe('the routes that Kata’s Go runtime does not carry', () => {
  const networkIn = (text: string) => {
    const parsed = parseNetwork(text);
    if (!parsed.ok) throw new Error(parsed.why);
    return parsed.value;
  };
  const address = (text: string) => {
    const parsed = parseIp(text);
    if (!parsed.ok) throw new Error(parsed.why);
    return parsed.value;
  };
  const gw = address('10.0.0.1');
  const dst = networkIn('10.9.0.0/16');

  it.each<[string, Omit<Route, 'dst'>, string]>([
    ['without a gateway', { scope: 253, onlink: false }, 'has no gateway'],
    ['by a gateway in no subnet', { gw, onlink: true }, 'has the gateway 10.0.0.1, which is in no subnet'],
    ['with an MTU', { gw, onlink: false, mtu: 1400 }, 'has the MTU 1400'],
    ['with a source', { gw, onlink: false, source: gw }, 'has the source 10.0.0.1'],
  ])('are those %s', (_, route, words) => {
    expect(routeFaults(profiles.go, [{ dst, ...route }]).join()).toContain(words);
    for (const name of ['runtime-rs', 'runtime-rs-3', 'generic'] as const) {
      expect(routeFaults(profiles[name], [{ dst, ...route }])).toEqual([]);
    }
  });

  it('are none of those by a gateway, nor those of IPv6 on the link', () => {
    const onLink = { dst: networkIn('fd00:9::/64'), scope: 253, onlink: false } as const;
    expect(routeFaults(profiles.go, [{ dst, gw, onlink: false }, onLink])).toEqual([]);
  });
});
