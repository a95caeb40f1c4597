import { describe, expect, it } from 'vitest';

import { type BridgeView, bridgeFacts } from '../../src/kinds/bridge.ts';
import { mtusOfTap } from '../../src/kinds/switch.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Link } from '../../src/model/link.ts';
import type { Mtu } from '../../src/model/mtu.ts';
import { bridgeLink } from './node.ts';
import { bridge } from './taps.ts';

const name = 'br0' as InterfaceName;

function viewOf(link: Link | undefined, portMtus: readonly number[] = []): BridgeView {
  return { bridge: link, portMtus, bridgeMacIsSet: true };
}
describe('the facts of a bridge', () => {
  it.each([
    [bridgeLink(), {}],
    [bridgeLink({ mtu: 9000 }), { mtu: 9000 }],
    [bridgeLink({ data: { vlan_default_pvid: 7 } }), { defaultVlan: 7 }],
    [bridgeLink({ data: { vlan_default_pvid: 0 } }), { defaultVlan: 0 }],
    [bridgeLink({ data: {} }), { defaultVlan: 0 }],
  ])('%j', (given, facts) => {
    expect(bridgeFacts(name, viewOf(given), false)).toEqual({ ...bridge, ...facts });
  });

  it.each([
    ['is not there', undefined, 'bridge-missing', 101, 'the bridge "br0" does not exist'],
    ['is a veth', bridgeLink({ kind: 'veth' }), 'not-a-bridge', 102, 'br0, which is a link of kind veth'],
    ['is a device', bridgeLink({ kind: undefined }), 'not-a-bridge', 102, 'br0, which is a link of kind device'],
    ['is an Open vSwitch bridge', bridgeLink({ kind: 'openvswitch' }), 'not-a-bridge', 102, 'of kind openvswitch'],
  ])('cannot be had if it %s', (_what, given, error, code, message) => {
    expect(() => bridgeFacts(name, viewOf(given), false)).toThrow(
      expect.objectContaining({ name: error, code, message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ['off', { vlan_filtering: 0, vlan_protocol: '802.1Q' }, 'vlan-filtering-off', 103],
    ['not said', { vlan_protocol: '802.1Q' }, 'vlan-filtering-off', 103],
    ['not built into the kernel', { vlan_filtering: 0 }, 'vlan-filtering-unsupported', 104],
    ['claimed, but not built into the kernel', { vlan_filtering: 1 }, 'vlan-filtering-unsupported', 104],
  ])('do not allow VLANs where filtering is %s', (_what, data, error, code) => {
    expect(() => bridgeFacts(name, viewOf(bridgeLink({ data })), true)).toThrow(
      expect.objectContaining({ name: error, code }),
    );
    expect(bridgeFacts(name, viewOf(bridgeLink({ data })), false).name).toBe(name);
  });

  it('have the MTUs of its ports, and whether its MAC is set', () => {
    expect(bridgeFacts(name, viewOf(bridgeLink(), [9000, 1500]), false).portMtus).toEqual([9000, 1500]);
    const follows = { ...viewOf(bridgeLink()), bridgeMacIsSet: false };
    expect(bridgeFacts(name, follows, false)).toEqual({ ...bridge, macIsSet: false });
  });

  it('have its name, where an altname led to it: ports know their bridge by it', () => {
    const facts = bridgeFacts('uplink' as InterfaceName, viewOf(bridgeLink({ altnames: ['uplink'] })), false);
    expect(facts.name).toBe('br0');
  });

  it('allow VLANs where it is on', () => {
    expect(bridgeFacts(name, viewOf(bridgeLink()), true)).toEqual(bridge);
  });
});

describe('the MTU of a tap', () => {
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
  ])('%s: %i on a bridge with %i and ports %j is that of the guest: %s', (_what, mtu, itsMtu, portMtus, joins) => {
    const found = { kind: 'linux', bridge: { ...bridge, mtu: itsMtu, portMtus } } as const;
    expect(mtusOfTap(found, mtu as Mtu)).toEqual({ guest: mtu, tap: joins ? mtu : itsMtu });
  });

  it.each([
    [68, true],
    [9600, true],
    [67, false],
    [9601, false],
    [65535, false],
  ])('of %i is taken over from a bridge: %s', (mtu, taken) => {
    const attempt = () => mtusOfTap({ kind: 'linux', bridge: { ...bridge, mtu } }, undefined);
    if (taken) expect(attempt()).toEqual({ guest: mtu, tap: mtu });
    else {
      expect(attempt).toThrow(
        expect.objectContaining({
          name: 'invalid-configuration',
          message: expect.stringMatching(new RegExp(`^the MTU ${mtu} of bridge br0 .*: set "mtu"$`)),
        }),
      );
    }
  });
});
