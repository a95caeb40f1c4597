import { describe, expect, it } from 'vitest';

import { pinBridge } from '../../src/kinds/bridge.ts';
import { vlanFaults } from '../../src/kinds/tap-vlans.ts';
import { bridgeLink, names } from './node.ts';
import { onOvs } from './switches.ts';
import { bridge, planOf, tapOf } from './taps.ts';

describe('the plan of a tap on the host', () => {
  it('is the tap, the MAC and the queues that the configuration names', () => {
    const plan = planOf({ mac: '02:AB:00:00:00:01', queues: 4, queueSize: 512 });
    expect(plan).toMatchObject({ guestMac: '02:ab:00:00:00:01', place: 'host', source: undefined, warnings: [] });
    expect(plan.attached).toEqual({ kind: 'host-tap', tapName: names.link, queuePairs: 4, queueSize: 512 });
    expect(plan.device).toMatchObject({ kind: 'host-tap', bridge: 'br0', mac: names.linkMac, queuePairs: 4 });
  });

  it('has the derived MAC where none is named', () => {
    expect(planOf().guestMac).toBe(names.guestMac);
  });

  it('claims a MAC that is named, on its bridge, and nothing else', () => {
    const mac = '02:ab:00:00:00:01';
    expect(planOf({ mac }).exclusives).toEqual([{ of: 'mac', bridge: 'br0' }]);
    expect(planOf({ mac }, onOvs()).exclusives).toEqual([{ of: 'mac', bridge: 'br0' }]);
    expect([planOf({ mac, bridge: null }), planOf()].map((plan) => plan.exclusives)).toEqual([[], []]);
  });

  it.each([
    ['that of its bridge', {}, { bridge: bridgeLink({ mtu: 9000 }), portMtus: [9000] }, 9000],
    ['that of Ethernet without a bridge', { bridge: null }, {}, 1500],
    ['the one that is named', { mtu: 1300 }, {}, 1300],
    ['the one that is named without a bridge', { bridge: null, mtu: 9600 }, {}, 9600],
  ])('has as MTU %s', (_which, changes, view, mtu) => {
    const plan = planOf(changes, view);
    expect(plan).toMatchObject({ mtu, device: { mtu } });
    expect(plan.operations).toContainEqual(expect.objectContaining({ op: 'link-set', name: names.link, mtu }));
  });

  it('has the MTU of a bridge that would follow it, where the guest is to have less', () => {
    const plan = planOf({ mtu: 1450 }, { bridge: bridgeLink({ mtu: 1500 }), portMtus: [1500] });
    expect(plan).toMatchObject({ mtu: 1450, device: { mtu: 1500 }, warnings: [] });
    expect(plan.operations).toContainEqual(expect.objectContaining({ op: 'link-set', name: names.link, mtu: 1500 }));
  });

  it('warns of an MTU above that of the bridge', () => {
    expect(planOf({ mtu: 9000 }).warnings).toEqual([
      'the MTU 9000 is above that of bridge br0, 1500: larger frames do not leave it',
    ]);
    expect(planOf({ mtu: 1500 }).warnings).toEqual([]);
  });

  it('warns of a bridge that is down', () => {
    expect(planOf({}, { bridge: bridgeLink({ up: false }) }).warnings).toEqual([
      'the bridge br0 is down, and forwards nothing: "ip link set br0 up"',
    ]);
  });

  it.each([
    ['bridge-missing', {}, { bridge: undefined }],
    ['not-a-bridge', {}, { bridge: bridgeLink({ kind: 'veth' }) }],
    ['vlan-filtering-off', { vlan: 20 }, { bridge: bridgeLink({ data: { vlan_protocol: '802.1Q' } }) }],
    ['vlan-filtering-off', { trunk: [{ id: 2 }] }, { bridge: bridgeLink({ data: { vlan_protocol: '802.1Q' } }) }],
    ['invalid-configuration', {}, { bridge: bridgeLink({ mtu: 65535 }), portMtus: [] }],
  ])('is none: %s', (name, changes, view) => {
    expect(() => planOf(changes, view)).toThrow(expect.objectContaining({ name }));
  });
});

describe('what keeps a bridge as it is', () => {
  const set = { op: 'link-set', in: 'host', name: 'br0' };
  const mac = { ...set, address: bridge.mac };
  const again = (first: number, mtu: number) => [
    { ...set, mtu: first },
    { ...set, mtu },
  ];

  it.each([
    ['nothing, where its MAC is set', {}, []],
    ['its MAC, where it would follow that of its ports', { macIsSet: false }, [mac]],
    ['no MAC that is zero, as its last port left it', { macIsSet: false, mac: '00:00:00:00:00:00' }, []],
    ['its MTU, which it was made with', { mtu: 9000 }, again(8999, 9000)],
    ['its MTU, which is the least', { mtu: 68 }, again(69, 68)],
    ['both', { mtu: 1400, macIsSet: false }, [mac, ...again(1399, 1400)]],
    ['nothing, with ports that its MTU follows', { mtu: 9000, portMtus: [9000] }, []],
  ])('%s', (_what, changes, operations) => {
    expect(pinBridge({ ...bridge, ...changes })).toStrictEqual(operations);
  });
});

describe('the VLANs of a port', () => {
  const tap = tapOf({ vlan: 20, trunk: [{ minID: 100, maxID: 102 }, { id: 42 }] });
  const made = [
    { first: 20, last: 20, untagged: true },
    { first: 42, last: 42, untagged: false },
    { first: 100, last: 102, untagged: false },
  ];
  const start = `tap ${names.link}: VLANs are `;

  it('are as they were made, in any order and any ranges', () => {
    const single = [102, 101, 100].map((vlan) => ({ first: vlan, last: vlan, untagged: false }));
    expect(vlanFaults(tap, made)).toEqual([]);
    expect(vlanFaults(tap, [...single, made[1]!, made[0]!])).toEqual([]);
  });

  it.each([
    [[], 'none'],
    [made.slice(0, 2), '20 untagged, 42'],
    [[{ first: 1, last: 1, untagged: false }, ...made], '1, 20 untagged, 42, 100, 101, 102'],
    [[{ first: 20, last: 20, untagged: false }, ...made.slice(1)], '20, 42, 100, 101, 102'],
  ])('are not as they were made: %j', (there, text) => {
    expect(vlanFaults(tap, there)).toEqual([`${start}${text}, and were made 20 untagged, 42, 100, 101, 102`]);
  });

  it('do not matter where none were asked for', () => {
    expect(vlanFaults(tapOf(), [{ first: 1, last: 1, untagged: true }])).toEqual([]);
  });
});
