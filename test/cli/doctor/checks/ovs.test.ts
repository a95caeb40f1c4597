import { describe, expect, test } from 'vitest';
import type { OvsSwitch } from '../../../../src/cli/doctor/facts/ovs.ts';
import type { SwitchView } from '../../../../src/cli/doctor/facts/ovs.ts';
import type { InterfaceName } from '../../../../src/model/interface-name.ts';
import { defaultOvsDatabase, type OvsBridge } from '../../../../src/model/ovs.ts';
import { facts, find, findAll, idsOf, network, networks, unasked } from '../made-up-facts.ts';
import { MadeUpNode } from '../made-up-node.ts';

const taps = network('taps', networks.ovsTap);
const fast = network('fast', networks.vhostUser);

function bridge(name: string, change: Partial<OvsBridge> = {}): OvsBridge {
  return { name: name as InterfaceName, datapath: 'netdev', mtu: 1500, mtuIsSet: false, fault: undefined, ...change };
}

const sound: SwitchView = {
  version: '3.1.0',
  interfaceTypes: ['system', 'dpdkvhostuserclient'],
  userspaceTso: true,
  dpdk: { isWanted: true, isRunning: true },
  bridges: [bridge('br-ovs'), bridge('br-dpdk')],
  failed: [],
};

function ofSwitch(change: Partial<OvsSwitch>, view: Partial<SwitchView> = {}, with_ = [taps, fast]) {
  const one: OvsSwitch = {
    database: defaultOvsDatabase,
    view: { ...sound, ...view },
    process: { state: 'running', pid: 7 },
    ...change,
  };
  return facts({ networks: with_, ovs: { switches: [one] } });
}

test('on a sound node nothing is found', () => {
  expect(findAll('ovs-', ofSwitch({}))).toEqual([]);
});

test('without Open vSwitch, nothing is asked', () => {
  for (const id of idsOf('ovs-')) expect(unasked(id, facts())).toBeDefined();
});

test('a missing "ovs-vsctl" is found in the files of a node', async () => {
  using node = new MadeUpNode().write({
    '/etc/cni/net.d/10-dan.conflist': JSON.stringify({
      cniVersion: '1.0.0',
      name: 'fast',
      plugins: [{ type: 'dan', ...networks.vhostUser }],
    }),
  });
  const seen = await node.look();
  expect(find('ovs-program', seen)).toMatchObject([
    { severity: 'error', seen: 'the program "ovs-vsctl" is missing; the network "fast" needs it' },
  ]);
  expect(unasked('ovs-database', seen)).toBe('only files are looked at');
  node.write({ '/usr/bin/ovs-vsctl': { executable: '#!/bin/sh\n' } });
  expect(find('ovs-program', await node.look())).toEqual([]);
});

describe('a database that does not answer', () => {
  const seen = 'the Open vSwitch at unix:/run/openvswitch/db.sock did not answer within 4 s';
  const view = seen;

  test('is an error where a network uses it', () => {
    expect(find('ovs-database', ofSwitch({ view }))).toMatchObject([
      { severity: 'error', seen: `${seen}; the networks "taps", "fast" need it` },
    ]);
  });

  test('is a note where none does', () => {
    expect(find('ovs-database', ofSwitch({ view }, {}, []))).toMatchObject([{ severity: 'note' }]);
  });

  test('is the one finding', () => {
    const all = ofSwitch({ view });
    expect(findAll('ovs-', all).map(({ id }) => id)).toEqual(['ovs-database']);
    expect(unasked('ovs-bridge', all)).toBe('no database answers');
  });
});

test('a switch that has ended, or never shows, is found', () => {
  const gone = { state: 'gone', pid: 4711, file: '/run/openvswitch/ovs-vswitchd.pid' } as const;
  expect(find('ovs-vswitchd', ofSwitch({ process: gone }))).toMatchObject([
    { severity: 'error', seen: expect.stringContaining('4711') },
  ]);
  const unknown = { state: 'unknown', file: '/run/openvswitch/ovs-vswitchd.pid' } as const;
  expect(find('ovs-vswitchd', ofSwitch({ process: unknown }))).toMatchObject([{ severity: 'warning' }]);
  expect(find('ovs-vswitchd', ofSwitch({ process: undefined }))).toEqual([]);
});

describe('a bridge of the switch', () => {
  test('that is missing is an error', () => {
    const seen = ofSwitch({}, { bridges: [bridge('br-dpdk')] });
    expect(find('ovs-bridge', seen)).toMatchObject([
      { severity: 'error', seen: expect.stringContaining('has no bridge br-ovs; the network "taps" names it') },
    ]);
  });

  test('that the switch does not run is an error, in its own words', () => {
    const seen = ofSwitch(
      {},
      { bridges: [bridge('br-ovs', { fault: '"could not open network device"' }), bridge('br-dpdk')] },
    );
    expect(find('ovs-bridge', seen)[0]?.seen).toContain('could not open network device');
  });

  test('that a network names without "ovs" counts where the switch has it', () => {
    const plain = network('plain', { device: 'host-tap', bridge: 'br-ovs' });
    const view = { userspaceTso: false };
    expect(find('ovs-userspace-tso', ofSwitch({}, view, [plain]))).toHaveLength(1);
    expect(find('ovs-bridge', ofSwitch({}, { bridges: [] }, [plain]))).toEqual([]);
  });
});

describe('vhost-user', () => {
  test('takes a datapath in user space', () => {
    const seen = ofSwitch({}, { bridges: [bridge('br-ovs'), bridge('br-dpdk', { datapath: 'system' })] });
    expect(find('ovs-dpdk', seen)).toMatchObject([
      {
        severity: 'error',
        seen: expect.stringContaining("kernel's datapath"),
        cure: expect.stringContaining('datapath_type=netdev'),
      },
    ]);
  });

  test('takes DPDK', () => {
    const seen = ofSwitch({}, { interfaceTypes: ['system'], dpdk: { isWanted: false, isRunning: false } });
    const [found] = find('ovs-dpdk', seen);
    expect(found?.seen).toContain('dpdk-init is not set, and DPDK does not run');
    expect(found?.cure).toContain('dpdk-init=true');
  });

  test('takes a socket that the switch can reach', () => {
    const fault = {
      seen: 'ovs-vswitchd runs as user 101 without CAP_DAC_OVERRIDE and cannot enter /run/dan/vhost-user',
      cure: 'make it',
    };
    const seen = facts({ networks: [fast], ovs: { ...ofSwitch({}).ovs, outOfReach: [{ network: 'fast', fault }] } });
    expect(find('ovs-socket', seen)).toMatchObject([
      { severity: 'error', seen: expect.stringContaining('cannot enter /run/dan/vhost-user'), cure: 'make it' },
    ]);
    expect(unasked('ovs-socket', ofSwitch({}, {}, [taps]))).toContain('vhost-user');
  });
});

describe('taps at a datapath in user space', () => {
  test('lose TCP without userspace-tso-enable', () => {
    const [found] = find('ovs-userspace-tso', ofSwitch({}, { userspaceTso: false }));
    expect(found).toMatchObject({ severity: 'warning', seen: expect.stringContaining('checksums') });
    expect(found?.cure).toContain('other_config:userspace-tso-enable=true');
    expect(found?.cure).not.toContain('update');
  });

  test('need a newer switch where it is older than that setting', () => {
    const [found] = find('ovs-userspace-tso', ofSwitch({}, { userspaceTso: false, version: '2.9.8' }));
    expect(found?.cure).toContain('version 2.9.8 does not know it');
  });

  test('are fine at that of the kernel', () => {
    const bridges = [bridge('br-ovs', { datapath: 'system' }), bridge('br-dpdk')];
    expect(find('ovs-userspace-tso', ofSwitch({}, { userspaceTso: false, bridges }))).toEqual([]);
  });
});

test('a port of a pod that the switch does not run is an error', () => {
  const seen = ofSwitch({}, { failed: [{ name: 'dan0123456789a', error: '"could not open network device"' }] });
  expect(find('ovs-port-error', seen)).toMatchObject([
    { severity: 'error', seen: expect.stringContaining('dan0123456789a: "could not open network device"') },
  ]);
});
