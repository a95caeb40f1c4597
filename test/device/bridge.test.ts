import { describe, expect, it } from 'vitest';

import { bridgeFacts, mtuBelowBridge } from '../../src/device/bridge.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Link } from '../../src/model/link.ts';
import { bridge } from './taps.ts';

const name = 'br0' as InterfaceName;

function link(changes: Partial<Link> = {}): Link {
  return {
    index: 3,
    name,
    altnames: [],
    alias: undefined,
    mac: bridge.mac,
    mtu: 1500,
    up: true,
    master: undefined,
    kind: 'bridge',
    data: { vlan_filtering: 1, vlan_protocol: '802.1Q', vlan_default_pvid: 1 },
    addresses: [],
    ...changes,
  };
}

describe('the facts of a bridge', () => {
  it.each([
    [link(), {}],
    [link({ mtu: 9000 }), { mtu: 9000 }],
    [link({ data: { vlan_default_pvid: 7 } }), { defaultVlan: 7 }],
    [link({ data: { vlan_default_pvid: 0 } }), { defaultVlan: 0 }],
    [link({ data: {} }), { defaultVlan: 0 }],
  ])('%j', (given, facts) => {
    expect(bridgeFacts(name, given, false)).toEqual({ ...bridge, ...facts });
  });

  it.each([
    ['is not there', undefined, 'bridge-missing', 101, 'the bridge "br0" does not exist'],
    ['is a veth', link({ kind: 'veth' }), 'not-a-bridge', 102, 'br0, which is a link of kind veth'],
    ['is a device', link({ kind: undefined }), 'not-a-bridge', 102, 'br0, which is a link of kind device'],
    ['is an Open vSwitch bridge', link({ kind: 'openvswitch' }), 'not-a-bridge', 102, 'of kind openvswitch'],
  ])('cannot be had if it %s', (_what, given, error, code, message) => {
    expect(() => bridgeFacts(name, given, false)).toThrow(
      expect.objectContaining({ name: error, code, message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ['off', { vlan_filtering: 0, vlan_protocol: '802.1Q' }, 'vlan-filtering-off', 103],
    ['not said', { vlan_protocol: '802.1Q' }, 'vlan-filtering-off', 103],
    ['not built into the kernel', { vlan_filtering: 0 }, 'vlan-filtering-unsupported', 104],
    ['claimed, but not built into the kernel', { vlan_filtering: 1 }, 'vlan-filtering-unsupported', 104],
  ])('do not allow VLANs where filtering is %s', (_what, data, error, code) => {
    expect(() => bridgeFacts(name, link({ data }), true)).toThrow(expect.objectContaining({ name: error, code }));
    expect(bridgeFacts(name, link({ data }), false).name).toBe(name);
  });

  it('allow VLANs where it is on', () => {
    expect(bridgeFacts(name, link(), true)).toEqual(bridge);
  });
});

describe('an MTU', () => {
  it.each([
    ['the same', 1500, 1500, [], true],
    ['above', 9000, 1500, [1500], true],
    ['below an unpinned one without ports', 1400, 1500, [], false],
    ['below one that was set, without ports', 1400, 9000, [], true],
    ['below one that was set lower, without ports', 1300, 1400, [], true],
    ['below one that follows its port', 1400, 1500, [1500], false],
    ['below one that follows its smallest port', 8000, 9000, [9000, 9600], false],
    ['below one above its smallest port', 1400, 1500, [1500, 1400], true],
    ['below one that is under all its ports', 1400, 1450, [1500, 9000], true],
    ['far below one that follows its smallest port', 68, 1280, [1500, 1280], false],
  ])('%s: %i on a bridge with %i and ports %j may join: %s', (_what, mtu, bridgeMtu, ports, joins) => {
    const fault = mtuBelowBridge({ ...bridge, mtu: bridgeMtu }, mtu, ports);
    if (joins) expect(fault).toBeUndefined();
    else expect(fault).toContain(`"mtu" ${mtu} is below the MTU of bridge br0, ${bridgeMtu}`);
  });
});
