import { describe, expect, it } from 'vitest';

import { type HostTap, hostTapFaults } from '../../src/kinds/host-tap.ts';
import { vlanFaults } from '../../src/kinds/tap-vlans.ts';
import { defaultOvsDatabase } from '../../src/model/ovs.ts';
import { names, nodeView } from './node.ts';
import { onDpdk, onOvs } from './switches.ts';
import { linkOf, planOf } from './taps.ts';

const { link: name, altname, alias, linkMac: address } = names;
const port = {
  database: defaultOvsDatabase,
  bridge: 'br0',
  datapath: 'system',
  name,
  externalIds: nodeView().externalIds,
};

function tapOn(view: object, changes: object = {}): HostTap {
  return planOf({ ...changes }, view).device;
}

describe('the plan of a tap on a bridge of an Open vSwitch', () => {
  // A port without its link is an error in the switch, and an incomplete port leaks frames.
  it('makes the tap, sets it up, and gives it to the switch last', () => {
    expect(planOf({}, onOvs()).operations).toStrictEqual([
      { op: 'tap-add', in: 'host', name, multiQueue: false, owner: 0 },
      { op: 'link-set', in: 'host', name, alias, address, mtu: 1500 },
      { op: 'altname-add', in: 'host', name, altname },
      { op: 'ipv6-off', in: 'host', name },
      { op: 'up', in: 'host', name },
      { op: 'ovs-port-add', in: 'host', port },
    ]);
  });

  it('is a port with the marks of the attachment, and no port of a Linux bridge', () => {
    const { device } = planOf({}, onOvs());
    expect(device.port).toStrictEqual(port);
    expect(device).not.toHaveProperty('bridge');
    expect(device.port?.externalIds).toMatchObject({ dan: altname, 'dan-network': 'kata-net' });
  });

  it.each([
    ['an access VLAN', { vlan: 20 }, { vlan: 20 }],
    ['a trunk', { trunk: [{ id: 42 }] }, { trunk: [{ first: 42, last: 42 }] }],
    [
      'a trunk with a native VLAN',
      { vlan: 20, trunk: [{ minID: 30, maxID: 40 }] },
      { vlan: 20, trunk: [{ first: 30, last: 40 }] },
    ],
  ])('has %s in the port, and none of the bridge command', (_what, changes, vlans) => {
    const { device, operations } = planOf(changes, onOvs());
    expect(device.port).toStrictEqual({ ...port, ...vlans });
    expect(device).not.toHaveProperty('vlan');
    expect(device).not.toHaveProperty('trunk');
    expect(operations.filter(({ op }) => op.startsWith('vlan') || op === 'master')).toEqual([]);
    expect(operations.at(-1)).toStrictEqual({ op: 'ovs-port-add', in: 'host', port: { ...port, ...vlans } });
    expect(vlanFaults(device, [{ first: 1, last: 1, untagged: true }])).toEqual([]);
  });

  it.each([
    ['that of the bridge', {}, { mtu: 9000 }, 9000],
    ['that of Ethernet, while the bridge has none', {}, { mtu: undefined }, 1500],
    ['the one that is named', { mtu: 1400 }, { mtuIsSet: true }, 1400],
  ])('has as MTU %s', (_which, changes, bridge, mtu) => {
    const plan = planOf(changes, onOvs(bridge));
    expect(plan).toMatchObject({ mtu, device: { mtu } });
    expect(plan.operations).toContainEqual(expect.objectContaining({ op: 'link-set', name, mtu }));
  });

  it('has the MTU of a bridge that would follow it, where the guest is to have less', () => {
    expect(planOf({ mtu: 1400 }, onOvs())).toMatchObject({ mtu: 1400, device: { mtu: 1500 } });
    expect(planOf({ mtu: 1400 }, onOvs({ mtuIsSet: true }))).toMatchObject({ mtu: 1400, device: { mtu: 1400 } });
  });

  it('has the database that was asked', () => {
    const database = 'tcp:127.0.0.1:6640' as typeof defaultOvsDatabase;
    const { device } = planOf({ ovs: { db: database } }, onOvs({}, { database }));
    expect(device.port?.database).toBe(database);
  });

  it.each([
    ['invalid-configuration', { hairpinMode: true }, onOvs()],
    ['bridge-missing', {}, onOvs({}, { bridge: undefined })],
    ['bridge-ambiguous', {}, { ovs: onOvs().ovs }],
    ['invalid-configuration', {}, onOvs({ mtu: 65000 })],
  ])('is none: %s', (error, changes, view) => {
    expect(() => planOf(changes, view)).toThrow(expect.objectContaining({ name: error }));
  });

  it("is none: somebody else's port has the name", () => {
    expect(() => planOf({}, onOvs({}, { takenNames: [names.link] }))).toThrow(
      expect.objectContaining({
        name: 'ovs-port-taken',
        code: 122,
        message:
          `the port needs the name ${name}, and the Open vSwitch at ${defaultOvsDatabase} has one of that name that no ` +
          `record claims: see with "ovs-vsctl --db=${defaultOvsDatabase} list Port ${name}" whose it is; if nobody's, delete ` +
          'it with "ovs-vsctl del-port"',
      }),
    );
  });

  it('on a Linux bridge asks nothing of an Open vSwitch that is there, too', () => {
    const ovs = onOvs({}, { bridge: undefined, takenNames: [names.link] }).ovs;
    const { device, operations } = planOf({}, { ovs });
    expect(device).toMatchObject({ bridge: 'br0' });
    expect(device).not.toHaveProperty('port');
    expect(operations.at(-1)).toEqual({ op: 'up', in: 'host', name });
  });
});

describe('a tap on a bridge in user space', () => {
  it('is a port like any other', () => {
    expect(tapOn(onOvs({ datapath: 'netdev' })).port).toStrictEqual({ ...port, datapath: 'netdev' });
  });

  it.each([
    ['the kernel has the datapath', onOvs(), false],
    ['the switch fills in checksums', onOvs({ datapath: 'netdev' }, { userspaceTso: true }), false],
    ['it does not', onOvs({ datapath: 'netdev' }), true],
    ['it does not, with DPDK', onDpdk(), true],
  ])('warns of checksums that stay empty exactly where nobody fills them in: %s', (_what, view, warned) => {
    const { warnings } = planOf({}, view);
    expect(warnings).toHaveLength(warned ? 1 : 0);
    if (warned) expect(warnings[0]).toContain('userspace-tso-enable=true');
  });

  it('warns of both, an MTU above that of the bridge and checksums', () => {
    const { warnings } = planOf({ mtu: 9000 }, onOvs({ datapath: 'netdev' }));
    expect(warnings.map((warning) => warning.split(' ').slice(0, 2).join(' '))).toEqual(['the MTU', 'the Open']);
  });
});

describe('the link of a tap on a bridge of an Open vSwitch', () => {
  const onSystem = tapOn(onOvs());
  const inUserSpace = tapOn(onOvs({ datapath: 'netdev' }));
  const faults = (tap: HostTap, master: string | undefined) => hostTapFaults(tap, linkOf(tap, { master }), undefined);

  it.each([
    ["the kernel's datapath", onSystem, 'ovs-system', []],
    ["the kernel's datapath", onSystem, undefined, ['master is none, and was made ovs-system']],
    ["the kernel's datapath", onSystem, 'br0', ['master is br0, and was made ovs-system']],
    ['a datapath in user space', inUserSpace, undefined, []],
    ['a datapath in user space', inUserSpace, 'br0', ['master is br0, and was made none']],
    ['a datapath in user space', inUserSpace, 'ovs-system', ['master is ovs-system, and was made none']],
  ])('with %s has the master %s or is not as it was made', (_what, tap, master, found) => {
    expect(faults(tap, master)).toEqual(found.map((fault) => `tap ${name}: ${fault}`));
  });

  it('is gone', () => {
    expect(hostTapFaults(onSystem, undefined, undefined)).toEqual([`tap ${name} is gone`]);
  });
});
