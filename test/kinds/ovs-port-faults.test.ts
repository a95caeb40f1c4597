import { describe, expect, it } from 'vitest';

import { ovsPortFaults } from '../../src/kinds/ovs-port.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import { defaultOvsDatabase, type OvsPort, type OvsPortRow } from '../../src/model/ovs.ts';

const marks = { dan: 'dan-1b30', 'dan-network': 'kata-net' };
const where = 'port dan0 of the Open vSwitch bridge br0';

const plain: OvsPort = {
  database: defaultOvsDatabase,
  bridge: 'br0' as InterfaceName,
  datapath: 'system',
  name: 'dan0' as InterfaceName,
  externalIds: marks,
};
const trunk = [
  { first: 42, last: 42 },
  { first: 1000, last: 1001 },
];
const inVlans: OvsPort = { ...plain, vlan: 20, trunk };
const client: OvsPort = {
  ...plain,
  datapath: 'netdev',
  vlan: 20,
  vhostUser: { path: '/run/s', mtu: 1500, queuePairs: 4 },
};

const limited: OvsPort = {
  ...client,
  vhostUser: {
    ...{ path: '/run/s', mtu: 1500, queuePairs: 4 },
    bandwidth: { ingress: { rate: 8e6, burst: 800_000 }, egress: { rate: 80e6, burst: 12_112 } },
  },
};

const plainRow: OvsPortRow = {
  bridge: 'br0',
  tag: undefined,
  trunks: [],
  vlanMode: undefined,
  portIds: marks,
  interfaceIds: marks,
  type: 'system',
  options: {},
  mtuRequest: undefined,
  policing: { rate: 0, burst: 0 },
  qos: undefined,
  error: undefined,
  status: { driver_name: 'tun' },
};
const rowInVlans: OvsPortRow = { ...plainRow, tag: 20, trunks: [42, 1000, 1001], vlanMode: 'native-untagged' };
const clientRow: OvsPortRow = {
  ...plainRow,
  tag: 20,
  vlanMode: 'access',
  type: 'dpdkvhostuserclient',
  options: { 'vhost-server-path': '/run/s' },
  mtuRequest: 1500,
  status: { status: 'connected', num_of_vrings: '8' },
};

const qos = { type: 'egress-policer', settings: { cir: '1000000', cbs: '100000' } };
const limitedRow: OvsPortRow = { ...clientRow, policing: { rate: 80_000, burst: 13 }, qos };

describe('a port that is as it was made', () => {
  it.each<[string, OvsPort, OvsPortRow]>([
    ['without VLANs', plain, plainRow],
    ['in VLANs', inVlans, rowInVlans],
    ['in VLANs that the database has in another order', inVlans, { ...rowInVlans, trunks: [1001, 42, 1000] }],
    ['in a trunk alone', { ...plain, trunk }, { ...plainRow, trunks: [42, 1000, 1001], vlanMode: 'trunk' }],
    ['as the client of a socket', client, clientRow],
    ['with limits', limited, limitedRow],
    ['with limits that somebody else put there', client, limitedRow],
    ['with marks that others put beside ours', plain, { ...plainRow, portIds: { ...marks, 'iface-id': 'x' } }],
  ])('has no faults: %s', (_what, port, row) => {
    expect(ovsPortFaults(port, row)).toEqual([]);
  });
});

const { dan: _proof, ...unproven } = marks;

describe('a port that is not', () => {
  it.each<[string, OvsPort, OvsPortRow, Partial<OvsPortRow>, string]>([
    ['bridge', plain, plainRow, { bridge: undefined }, 'bridge is none, and was made br0'],
    ['proof', plain, plainRow, { portIds: unproven }, 'external_ids:dan of the port is none, and was made dan-1b30'],
    [
      'network',
      plain,
      plainRow,
      { portIds: { ...marks, 'dan-network': 'x' } },
      'external_ids:dan-network of the port is x, and was made kata-net',
    ],
    [
      'proof of the interface',
      plain,
      plainRow,
      { interfaceIds: unproven },
      'external_ids:dan of the interface is none, and was made dan-1b30',
    ],
    ['VLAN', inVlans, rowInVlans, { tag: 21 }, 'tag is 21, and was made 20'],
    ['VLAN', inVlans, rowInVlans, { tag: undefined }, 'tag is none, and was made 20'],
    ['VLAN that was not asked for', plain, plainRow, { tag: 20 }, 'tag is 20, and was made none'],
    // A port with an empty trunk carries every VLAN.
    ['trunk', inVlans, rowInVlans, { trunks: [] }, 'trunks is none, and was made 42,1000,1001'],
    ['one VLAN less', inVlans, rowInVlans, { trunks: [42, 1000] }, 'trunks is 42,1000, and was made 42,1000,1001'],
    ['one VLAN more', inVlans, rowInVlans, { trunks: [7, 42, 1000, 1001] }, 'trunks is 7,42,1000,1001, and was made'],
    ['trunk that was not asked for', plain, plainRow, { trunks: [42] }, 'trunks is 42, and was made none'],
    [
      'mode',
      inVlans,
      rowInVlans,
      { vlanMode: 'native-tagged' },
      'vlan_mode is native-tagged, and was made native-untagged',
    ],
    ['mode', client, clientRow, { vlanMode: undefined }, 'vlan_mode is none, and was made access'],
    ['kind', client, clientRow, { type: 'dpdkvhostuser' }, 'type is dpdkvhostuser, and was made dpdkvhostuserclient'],
    ['kind', plain, plainRow, { type: 'internal' }, 'type is internal, and was made '],
    [
      'socket',
      client,
      clientRow,
      { options: { 'vhost-server-path': '/run/t' } },
      'options is vhost-server-path=/run/t, and was made vhost-server-path=/run/s',
    ],
    ['socket', client, clientRow, { options: {} }, 'options is none, and was made vhost-server-path=/run/s'],
    [
      'option that was not asked for',
      client,
      clientRow,
      { options: { 'vhost-server-path': '/run/s', 'tx-retries-max': '0' } },
      'options is tx-retries-max=0 vhost-server-path=/run/s, and was made vhost-server-path=/run/s',
    ],
    ['MTU', client, clientRow, { mtuRequest: 9000 }, 'mtu_request is 9000, and was made 1500'],
    ['MTU', client, clientRow, { mtuRequest: undefined }, 'mtu_request is none, and was made 1500'],
    ['MTU that was not asked for', plain, plainRow, { mtuRequest: 1400 }, 'mtu_request is 1400, and was made none'],
    [
      'policing',
      limited,
      limitedRow,
      { policing: { rate: 8, burst: 13 } },
      'ingress_policing_rate is 8, and was made 80000',
    ],
    [
      'burst',
      limited,
      limitedRow,
      { policing: { rate: 80_000, burst: 0 } },
      'ingress_policing_burst is 0, and was made 13',
    ],
    [
      'policer',
      limited,
      limitedRow,
      { qos: { ...qos, settings: { ...qos.settings, cir: '1' } } },
      'cir of the QoS is 1, and was made 1000000',
    ],
    [
      'policer’s burst',
      limited,
      limitedRow,
      { qos: { ...qos, settings: { cir: '1000000' } } },
      'cbs of the QoS is none, and was made 100000',
    ],
    ['QoS', limited, limitedRow, { qos: { ...qos, type: '' } }, 'type of the QoS is , and was made egress-policer'],
    [
      'number of queues',
      client,
      clientRow,
      { status: { status: 'connected', num_of_vrings: '2' } },
      'number of queue pairs is 1, and was made 4',
    ],
    ['interface', plain, plainRow, { error: 'no such device' }, 'the switch says "no such device"'],
  ])('has another %s, and one fault', (_what, port, row, changes, fault) => {
    const [found, ...others] = ovsPortFaults(port, { ...row, ...changes });
    expect(others).toEqual([]);
    expect(found?.startsWith(`${where}: ${fault}`)).toBe(true);
  });

  it('has all of its faults named', () => {
    const other = { ...plainRow, portIds: {}, interfaceIds: {}, bridge: undefined, error: 'x' };
    const faults = ovsPortFaults(client, other);
    expect(faults).toHaveLength(1 + 2 + 2 + 5 + 1);
    for (const fault of faults) expect(fault.startsWith(`${where}: `)).toBe(true);
  });

  it('is gone', () => {
    expect(ovsPortFaults(plain, undefined)).toEqual([`${where} is gone`]);
  });
});

describe('the queues of a socket', () => {
  // A VMM that has not connected yet, or is gone, is not a fault of the port.
  it.each([
    ['nobody is connected', { status: 'disconnected', num_of_vrings: '0' }],
    ['nobody is connected any more', { status: 'disconnected', num_of_vrings: '2' }],
    ['the switch tells nothing', {}],
    ['the switch tells no number', { status: 'connected' }],
    ['the virtual machine has not said yet', { status: 'connected', num_of_vrings: '0' }],
  ])('are no fault while %s', (_what, status) => {
    expect(ovsPortFaults(client, { ...clientRow, status })).toEqual([]);
  });

  it('are no matter of a link', () => {
    expect(ovsPortFaults(plain, { ...plainRow, status: { status: 'connected', num_of_vrings: '2' } })).toEqual([]);
  });
});
