import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { portCommands } from '../../src/host/ovs.ts';
import { quoted } from '../../src/host/ovs-vsctl.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import { defaultOvsDatabase, externalIdsOf, type OvsPort } from '../../src/model/ovs.ts';
import { planSocket, br0 } from '../kinds/sockets.ts';
import { onOvs } from '../kinds/switches.ts';
import { planOf } from '../kinds/taps.ts';

const port: OvsPort = {
  database: defaultOvsDatabase,
  bridge: 'br0' as InterfaceName,
  datapath: 'system',
  name: 'dan0' as InterfaceName,
  externalIds: { dan: 'dan-1b30', 'dan-network': 'kata-net' },
};
const marks = ['external_ids:dan="dan-1b30"', 'external_ids:dan-network="kata-net"'];
const trunk = [
  { first: 42, last: 42 },
  { first: 1000, last: 1002 },
];
const vhostUser = { path: '/run/dan/vhost-user/dan0.sock', mtu: 9000, queuePairs: 4 };
const socket = 'options:vhost-server-path="/run/dan/vhost-user/dan0.sock"';

describe('the commands that make a port', () => {
  it.each<[string, Partial<OvsPort>, readonly string[], readonly string[]]>([
    ['of a link', {}, [], []],
    ['in a VLAN', { vlan: 20 }, ['tag=20', 'vlan_mode=access'], []],
    ['of a trunk', { trunk }, ['trunks=42,1000,1001,1002', 'vlan_mode=trunk'], []],
    [
      'of a trunk with a native VLAN',
      { vlan: 20, trunk },
      ['tag=20', 'trunks=42,1000,1001,1002', 'vlan_mode=native-untagged'],
      [],
    ],
    ['to a socket', { vhostUser }, [], ['type=dpdkvhostuserclient', 'mtu_request=9000', socket]],
    [
      'to a socket, in a VLAN',
      { vlan: 4094, vhostUser },
      ['tag=4094', 'vlan_mode=access'],
      ['type=dpdkvhostuserclient', 'mtu_request=9000', socket],
    ],
  ])('%s', (_what, changes, columns, kind) => {
    expect(portCommands({ ...port, ...changes })).toEqual([
      ['add-port', 'br0', 'dan0'],
      ['set', 'Port', 'dan0', ...marks, ...columns],
      ['set', 'Interface', 'dan0', ...marks, ...kind],
    ]);
  });

  it('to a socket with limits also police what comes in, and make a policer of what goes out', () => {
    const bandwidth = { ingress: { rate: 8e6, burst: 800_001 }, egress: { rate: 80e6 + 1, burst: 12_112 } };
    expect(portCommands({ ...port, vhostUser: { ...vhostUser, bandwidth } })).toEqual([
      ['add-port', 'br0', 'dan0'],
      ['set', 'Port', 'dan0', ...marks, 'qos=@limit'],
      [
        ...['set', 'Interface', 'dan0', ...marks, 'type=dpdkvhostuserclient', 'mtu_request=9000', socket],
        ...['ingress_policing_rate=80000', 'ingress_policing_burst=13'],
      ],
      [
        ...['--id=@limit', 'create', 'QoS', 'type=egress-policer'],
        ...['other_config:cir="1000000"', 'other_config:cbs="100001"', ...marks],
      ],
    ]);
  });

  // "--may-exist" would take over a port that somebody else added meanwhile.
  it('fail over a port that is there', () => {
    expect(portCommands(port)[0]).not.toContain('--may-exist');
  });

  it.each([
    ['a tap', planOf({ vlan: 20 }, onOvs()).device.port],
    ['a socket', planSocket({ bridge: br0 }).device.port],
  ])('mark both rows of %s with its proof and its owner', (_what, made) => {
    const [, ofPort, ofInterface] = portCommands(made!);
    for (const words of [ofPort, ofInterface]) {
      expect(words).toContain(`external_ids:dan=${quoted(made?.externalIds['dan'] ?? '')}`);
      expect(words).toEqual(
        expect.arrayContaining([
          'external_ids:dan-network="kata-net"',
          'external_ids:dan-sandbox="sandbox-1"',
          'external_ids:dan-ifname="eth0"',
        ]),
      );
    }
  });
});

/** Texts that look like options, commands, columns and JSON of `ovs-vsctl`. */
const hostile = fc.oneof(
  fc.constantFrom(
    '--',
    '-- del-br br0',
    '--db=tcp:192.0.2.1:6640',
    '"',
    '\\"',
    'a", external_ids:dan="b',
    '{}',
    '[]',
    '',
  ),
  fc.stringMatching(/^[-\w"\\=,:[\]{}' \n\t\0ä]{0,20}$/),
  fc.string({ unit: 'grapheme' }),
);

describe('a value of a column', () => {
  it('never becomes an option, another command or another column, whatever a network or a pod is called', () => {
    const pod = fc.dictionary(fc.constantFrom('K8S_POD_NAMESPACE', 'K8S_POD_NAME', 'K8S_POD_UID'), hostile);
    const identity = fc.record({ network: hostile, sandbox: hostile, ifname: hostile });
    fc.assert(
      fc.property(identity, hostile, pod, hostile, (owner, altname, args, path) => {
        const externalIds = externalIdsOf(owner, altname, new Map(Object.entries(args)));
        const [add, ...sets] = portCommands({ ...port, externalIds, vhostUser: { ...vhostUser, path } });
        expect(add).toEqual(['add-port', 'br0', 'dan0']);
        expect(sets.map(([command, table, name]) => [command, table, name])).toEqual([
          ['set', 'Port', 'dan0'],
          ['set', 'Interface', 'dan0'],
        ]);
        const words = sets.flatMap((command) => command.slice(3));
        const values = words.map((word) => {
          const [, column, key, value = ''] = /^(external_ids|options):([a-z-]+)=(.*)$/s.exec(word) ?? [];
          // The others are our own numbers and names.
          if (column === undefined) expect(word).toMatch(/^(type|mtu_request)=\w+$/);
          else expect(value).toMatch(/^"[^\0-\x1f]*"$/);
          return column === undefined ? [] : [[key, JSON.parse(value) as unknown]];
        });
        const expected = [...Object.entries(externalIds), ...Object.entries(externalIds), ['vhost-server-path', path]];
        expect(values.flat()).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
