import { describe, expect, it } from 'vitest';

import { findSwitch, mtuOfPort, mtuWarnings, type Switch, type SwitchView } from '../../src/kinds/switch.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Mtu } from '../../src/model/mtu.ts';
import type { OvsBridge } from '../../src/model/ovs.ts';
import { bridgeLink, linkNamed } from './node.ts';
import { ovsFacts } from './switches.ts';
import { bridge } from './taps.ts';

const name = 'br0' as InterfaceName;
const none: SwitchView = { bridge: undefined, portMtus: [], bridgeMacIsSet: true, ovs: undefined };
const without = { ...ovsFacts(), bridge: undefined };
const filtersNot = bridgeLink({ data: { vlan_protocol: '802.1Q' } });

const ovs = (changes: Partial<OvsBridge> = {}): Switch & { readonly kind: 'ovs' } => ({
  kind: 'ovs',
  ovs: ovsFacts(changes),
});
const linux = (changes: object = {}): Switch => ({ kind: 'linux', bridge: { ...bridge, ...changes } });

describe('what a bridge is', () => {
  it.each<[string, Partial<SwitchView>, Switch]>([
    ['a Linux bridge, where no Open vSwitch is', { bridge: bridgeLink() }, linux()],
    ['a Linux bridge, where an Open vSwitch has none of that name', { bridge: bridgeLink(), ovs: without }, linux()],
    ['one of an Open vSwitch', { ovs: ovsFacts() }, ovs()],
    // The kernel's datapath shows its bridges as links.
    [
      'one of an Open vSwitch that is a link, too',
      { bridge: linkNamed('br0', { kind: 'openvswitch' }), ovs: ovsFacts() },
      ovs(),
    ],
    ['one in user space, whose link is a tap', { bridge: linkNamed('br0', { kind: 'tun' }), ovs: ovsFacts() }, ovs()],
  ])('%s', (_what, view, found) => {
    expect(findSwitch(name, { ...none, ...view }, false)).toEqual(found);
  });

  it('may be one of an Open vSwitch whose ports are to be in VLANs: it has them all', () => {
    expect(findSwitch(name, { ...none, ovs: ovsFacts() }, true).kind).toBe('ovs');
    expect(() => findSwitch(name, { ...none, bridge: filtersNot, ovs: without }, true)).toThrow(
      expect.objectContaining({ name: 'vlan-filtering-off' }),
    );
  });

  it('is not known, where it is both', () => {
    expect(() => findSwitch(name, { ...none, bridge: bridgeLink(), ovs: ovsFacts() }, false)).toThrow(
      expect.objectContaining({
        name: 'bridge-ambiguous',
        code: 120,
        message:
          '"bridge" names br0, which is both a Linux bridge and one of the Open vSwitch at unix:/run/openvswitch/db.sock: ' +
          'rename or delete one of them',
      }),
    );
  });

  it('is told to be missing in both places, where both were asked', () => {
    expect(() => findSwitch(name, { ...none, ovs: without }, false)).toThrow(
      expect.objectContaining({
        name: 'bridge-missing',
        code: 101,
        message:
          'the bridge "br0" is neither a link in the host\'s network namespace nor a bridge of the Open vSwitch at ' +
          'unix:/run/openvswitch/db.sock: make it, with "ip link add br0 type bridge" or "ovs-vsctl add-br br0", or name ' +
          'another in "bridge"',
      }),
    );
  });

  it('is told to be missing on the host, where no Open vSwitch was asked', () => {
    const attempt = () => findSwitch(name, none, false);
    expect(attempt).toThrow(expect.objectContaining({ name: 'bridge-missing' }));
    expect(attempt).not.toThrow('Open vSwitch');
  });

  it.each([
    ['no Open vSwitch', undefined],
    ['an Open vSwitch that does not have it', without],
  ])('is none, where it is another link: with %s', (_what, view) => {
    const veth = linkNamed('br0', { kind: 'veth' });
    expect(() => findSwitch(name, { ...none, bridge: veth, ovs: view }, false)).toThrow(
      expect.objectContaining({ name: 'not-a-bridge', code: 102, message: expect.stringContaining('of kind veth') }),
    );
  });
});

describe('the MTU of a port', () => {
  it.each<[string, Switch & { readonly kind: 'ovs' }, number | undefined, number]>([
    ['that of an Open vSwitch bridge', ovs({ mtu: 9000 }), undefined, 9000],
    ['that of Ethernet, while the switch has not made the bridge', ovs({ mtu: undefined }), undefined, 1500],
    ['the one that is asked for', ovs({ mtu: 9000 }), 9600, 9600],
    ['the same that the bridge has', ovs({ mtu: 1500 }), 1500, 1500],
    ["below the bridge's, where that was asked for", ovs({ mtu: 9000, mtuIsSet: true }), 1400, 1400],
    ["below Ethernet's, while the switch has not made the bridge", ovs({ mtu: undefined }), 1400, 1400],
    [
      "the one that is asked for, where no guest could have the bridge's",
      ovs({ mtu: 65000, mtuIsSet: true }),
      9600,
      9600,
    ],
  ])('is %s', (_which, found, asked, mtu) => {
    expect(mtuOfPort(found, asked as Mtu | undefined)).toBe(mtu);
  });

  // update_mtu of ofproto/ofproto.c: the bridge's own link gets the smallest MTU of its ports.
  it('must not sink that of an Open vSwitch bridge', () => {
    expect(() => mtuOfPort(ovs({ mtu: 1500 }), 1499 as Mtu)).toThrow(
      expect.objectContaining({
        name: 'mtu-below-bridge',
        code: 7,
        message:
          '"mtu" 1499 is below the MTU of the Open vSwitch bridge br0, 1500, which follows its smallest port and would ' +
          'fall for everyone on it: leave "mtu" out, or pin the bridge\'s own with "ovs-vsctl set Interface br0 mtu_request=1500"',
      }),
    );
  });

  it.each([67, 9601, 65000])('cannot be %i, taken over from an Open vSwitch bridge', (mtu) => {
    expect(() => mtuOfPort(ovs({ mtu }), undefined)).toThrow(
      expect.objectContaining({
        name: 'invalid-configuration',
        message: expect.stringMatching(new RegExp(`^the MTU ${mtu} of the Open vSwitch bridge br0 .*: set "mtu"$`)),
      }),
    );
  });

  it.each<[Switch, number, boolean]>([
    [ovs({ mtu: 1500 }), 1501, true],
    [ovs({ mtu: 1500 }), 1500, false],
    [ovs({ mtu: 1500, mtuIsSet: true }), 1400, false],
    [ovs({ mtu: undefined }), 9600, false],
    [linux(), 1501, true],
    [linux(), 1500, false],
  ])('is warned of above the switch: %j, %i: %s', (found, mtu, warned) => {
    const text = `the MTU ${mtu} is above that of bridge br0, 1500: larger frames do not leave it`;
    expect(mtuWarnings(found, mtu as Mtu)).toEqual(warned ? [text] : []);
  });
});
