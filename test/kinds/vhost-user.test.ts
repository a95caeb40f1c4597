import { describe, expect, it } from 'vitest';

import type { Mac } from '../../src/model/mac.ts';
import type { Mtu } from '../../src/model/mtu.ts';
import { defaultOvsDatabase } from '../../src/model/ovs.ts';
import type { QueuePairs, QueueSize } from '../../src/model/queues.ts';
import { bridgeLink, names, nodeView } from './node.ts';
import { br0, derived, explicit, planSocket } from './sockets.ts';
import { onDpdk, onOvs } from './switches.ts';

const { link: name } = names;
const queues = { queuePairs: 4 as QueuePairs, queueSize: 512 as QueueSize };
const port = {
  database: defaultOvsDatabase,
  bridge: 'br0',
  datapath: 'netdev',
  name,
  externalIds: nodeView().externalIds,
};

describe('the plan of a vhost-user device', () => {
  it('for a switch of somebody else makes nothing but room for the socket', () => {
    expect(planSocket({ ...queues, mac: '02:ab:00:00:00:01' as Mac })).toStrictEqual({
      device: { kind: 'vhost-user', name, path: derived, server: 'vm', mtu: 1500, queuePairs: 4 },
      operations: [],
      exclusives: [],
      guestMac: '02:ab:00:00:00:01',
      mtu: 1500,
      attached: { kind: 'vhost-user', path: derived, ...queues },
      place: 'host',
      source: undefined,
      warnings: [],
    });
  });

  it('for a bridge of an Open vSwitch is a port that connects to the socket', () => {
    const made = { ...port, vhostUser: { path: derived, mtu: 1500, queuePairs: 4 } };
    expect(planSocket({ ...queues, bridge: br0 })).toStrictEqual({
      device: { kind: 'vhost-user', name, path: derived, server: 'vm', mtu: 1500, queuePairs: 4, port: made },
      operations: [{ op: 'ovs-port-add', in: 'host', port: made }],
      exclusives: [],
      guestMac: names.guestMac,
      mtu: 1500,
      attached: { kind: 'vhost-user', path: derived, ...queues },
      place: 'host',
      source: undefined,
      warnings: [],
    });
  });

  it('for a bridge of an Open vSwitch has limits that the switch keeps, and that pass a frame', () => {
    const bandwidth = { egress: { rate: 8e6, burst: 12_112 } };
    const { device } = planSocket({ ...queues, bridge: br0, bandwidth });
    expect(device.port?.vhostUser?.bandwidth).toEqual(bandwidth);
    expect(() => planSocket({ bridge: br0, bandwidth: { egress: { rate: 8e6, burst: 12_111 } } })).toThrow(
      'ask for 12112 bits or more',
    );
  });

  it('claims a MAC that is named, on its bridge, and a path that is named', () => {
    const mac = '02:ab:00:00:00:01' as Mac;
    expect(planSocket({ mac, bridge: br0 }).exclusives).toEqual([{ of: 'mac', bridge: 'br0' }]);
    expect(planSocket({ socketPath: explicit }).exclusives).toEqual([{ of: 'socket', path: explicit }]);
    expect(planSocket({ mac, bridge: br0, socketPath: explicit }).exclusives.map((one) => one.of)).toEqual([
      ...['mac', 'socket'],
    ]);
  });

  it('has the VLANs in the port', () => {
    const trunk = [{ first: 42, last: 42 }];
    expect(planSocket({ bridge: br0, vlan: 20, trunk }).device.port).toMatchObject({ vlan: 20, trunk });
  });

  it.each(['host', 'pod'] as const)('is looked for in the %s', (place) => {
    expect(planSocket({ place }).place).toBe(place);
  });

  it.each([
    ['that of Ethernet, where the switch is not known', null, undefined, {}, 1500],
    ['the one that is named, where the switch is not known', null, 9600, {}, 9600],
    ['that of the bridge', br0, undefined, { mtu: 9000 }, 9000],
    ['the one that is named', br0, 9100, { mtu: 9000 }, 9100],
    ["one below a bridge's that was asked for", br0, 1400, { mtuIsSet: true }, 1400],
  ])('has as MTU %s', (_which, bridge, asked, facts, mtu) => {
    const plan = planSocket({ bridge, mtu: asked as Mtu | undefined }, onDpdk(facts));
    expect([plan.mtu, plan.device.mtu]).toEqual([mtu, mtu]);
    expect(plan.device.port?.vhostUser?.mtu).toBe(bridge === null ? undefined : mtu);
  });

  it('warns of an MTU above that of the bridge, and not of checksums: the switch fills in those of a socket', () => {
    expect(planSocket({ bridge: br0, mtu: 1501 as Mtu }).warnings).toEqual([
      'the MTU 1501 is above that of bridge br0, 1500: larger frames do not leave it',
    ]);
    expect(planSocket({ bridge: br0 }).warnings).toEqual([]);
  });
});

describe('a vhost-user device has no port', () => {
  it.each([
    ['of a bridge with less MTU', 'mtu-below-bridge', { mtu: 1400 as Mtu }, onDpdk()],
    ['of a bridge with an MTU that no guest has', 'invalid-configuration', {}, onDpdk({ mtu: 65000 })],
    ['of a bridge that is nowhere', 'bridge-missing', {}, onDpdk({}, { bridge: undefined })],
    ['of a bridge that is two', 'bridge-ambiguous', {}, { ovs: onDpdk().ovs }],
    ['whose name somebody else has', 'ovs-port-taken', {}, onDpdk({}, { takenNames: [names.link] })],
    ['of a socket that is no socket', 'socket-path-unusable', {}, { ...onDpdk(), socket: 'other' as const }],
  ])('%s: %s', (_what, error, changes, view) => {
    expect(() => planSocket({ bridge: br0, ...changes }, view)).toThrow(expect.objectContaining({ name: error }));
  });

  it('of a Linux bridge', () => {
    const view = { bridge: bridgeLink(), ovs: onDpdk({}, { bridge: undefined }).ovs };
    expect(() => planSocket({ bridge: br0 }, view)).toThrow(
      expect.objectContaining({
        name: 'not-a-bridge',
        code: 102,
        message:
          '"bridge" names br0, which is a Linux bridge, and the Open vSwitch at unix:/run/openvswitch/db.sock has none of ' +
          'that name: name one of its bridges, or use "device": "host-tap" without "ovs"',
      }),
    );
  });

  const withDpdk = { interfaceTypes: ['dpdkvhostuserclient'] };

  it.each([
    ["of a bridge with the kernel's datapath", onOvs({}, withDpdk), "has the kernel's datapath"],
    ["of a bridge with the kernel's datapath, without DPDK", onOvs(), "has the kernel's datapath"],
    ['of a switch without DPDK', onOvs({ datapath: 'netdev' }), `at ${defaultOvsDatabase} runs without DPDK`],
    [
      'of a switch that can only listen itself',
      onDpdk({}, { interfaceTypes: ['dpdk', 'dpdkvhostuser'] }),
      'runs without DPDK',
    ],
    ['of a switch that does not run', onDpdk({}, { interfaceTypes: [] }), 'runs without DPDK'],
  ])('%s', (_what, view, why) => {
    expect(() => planSocket({ bridge: br0 }, view)).toThrow(
      expect.objectContaining({ name: 'ovs-lacks-dpdk', code: 121, message: expect.stringContaining(why) }),
    );
  });

  it('where none is asked for, whatever switch there is', () => {
    expect(planSocket({}, onOvs()).device).not.toHaveProperty('port');
    expect(planSocket({ socketPath: explicit }, { bridge: undefined }).device).not.toHaveProperty('port');
  });
});
