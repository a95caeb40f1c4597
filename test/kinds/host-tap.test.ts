import { describe, expect, it } from 'vitest';

import { hostTapFaults, makeHostTap } from '../../src/kinds/host-tap.ts';
import { names } from './node.ts';
import { bridge, linkOf, tapOf } from './taps.ts';

const { link: name, altname, alias, linkMac: address } = names;

const marked = [
  { op: 'link-set', in: 'host', name, alias, address, mtu: 1500 },
  { op: 'altname-add', in: 'host', name, altname },
  { op: 'ipv6-off', in: 'host', name },
];
const master = { op: 'master', in: 'host', name, master: 'br0' };
const up = { op: 'up', in: 'host', name };

describe('who may open a tap', () => {
  it.each([
    [{}, { owner: 0 }],
    [{ owner: 1000 }, { owner: 1000 }],
    [{ group: 1001 }, { group: 1001 }],
    [
      { owner: 1000, group: 1001 },
      { owner: 1000, group: 1001 },
    ],
    [
      { owner: 0, group: 0 },
      { owner: 0, group: 0 },
    ],
  ])('%j: %j', (changes, users) => {
    const tap = tapOf(changes);
    expect({ owner: tap.owner, group: tap.group }).toEqual({ owner: undefined, group: undefined, ...users });
    expect(makeHostTap(tap, names, bridge)[0]).toStrictEqual({
      op: 'tap-add',
      in: 'host',
      name,
      multiQueue: false,
      ...users,
    });
  });
});

describe('how a tap comes to be', () => {
  const add = { op: 'tap-add', in: 'host', name, multiQueue: false, owner: 0 };

  it.each([1, 2, 256])('with %i queue pairs it is multi-queue exactly above one', (queues) => {
    expect(makeHostTap(tapOf({ queues }), names, bridge)[0]).toEqual({ ...add, multiQueue: queues > 1 });
  });

  it('is marked as ours first, has no IPv6 before it is up, and is up last', () => {
    expect(makeHostTap(tapOf(), names, bridge)).toStrictEqual([add, ...marked, master, up]);
  });

  it('without a bridge is all of that', () => {
    expect(makeHostTap(tapOf({ bridge: null }), names, undefined)).toStrictEqual([add, ...marked, up]);
    expect(tapOf({ bridge: null })).not.toHaveProperty('bridge');
  });

  it("gives the bridge its own MAC before it joins, if that would follow the ports'", () => {
    const pin = { op: 'link-set', in: 'host', name: 'br0', address: bridge.mac };
    expect(makeHostTap(tapOf(), names, { ...bridge, macIsSet: false })).toStrictEqual([
      add,
      ...marked,
      pin,
      master,
      up,
    ]);
  });

  it('sends frames back where that is asked for, before it is up', () => {
    const back = { op: 'hairpin-on', in: 'host', name };
    expect(makeHostTap(tapOf({ hairpinMode: true }), names, bridge)).toStrictEqual([add, ...marked, master, back, up]);
  });

  const removed = { op: 'vlan-del', in: 'host', name, vlan: 1 };
  const native = { op: 'vlan-add', in: 'host', name, vlans: { first: 20, last: 20 }, untagged: true };
  const tagged = [
    { op: 'vlan-add', in: 'host', name, vlans: { first: 42, last: 42 }, untagged: false },
    { op: 'vlan-add', in: 'host', name, vlans: { first: 1000, last: 1010 }, untagged: false },
  ];
  const trunk = [{ minID: 1000, maxID: 1010 }, { id: 42 }];

  it.each([
    ['a VLAN', { vlan: 20 }, [removed, native]],
    ['a trunk', { trunk }, [removed, ...tagged]],
    ['a VLAN and a trunk', { vlan: 20, trunk }, [removed, native, ...tagged]],
  ])('with %s first leaves the default VLAN', (_what, changes, vlans) => {
    const operations = makeHostTap(tapOf(changes), names, bridge);
    expect(operations).toStrictEqual([add, ...marked, master, ...vlans, up]);
  });

  it('is in the default VLAN untagged, if it is the one that is asked for', () => {
    const operations = makeHostTap(tapOf({ vlan: 1 }), names, bridge).slice(-3, -1);
    expect(operations).toEqual([
      removed,
      { op: 'vlan-add', in: 'host', name, vlans: { first: 1, last: 1 }, untagged: true },
    ]);
  });

  it('has no default VLAN to leave on a bridge without one, nor where no VLAN is asked for', () => {
    const bare = { ...bridge, defaultVlan: 0 };
    expect(makeHostTap(tapOf({ vlan: 20 }), names, bare)).toStrictEqual([add, ...marked, master, native, up]);
    expect(makeHostTap(tapOf(), names, bridge).filter(({ op }) => op.startsWith('vlan'))).toEqual([]);
  });
});

describe('what is not as it was made', () => {
  const tap = tapOf();
  const nobody = { owner: undefined, group: undefined };

  it.each([{}, { bridge: null }, { queues: 4 }, { owner: 5, group: 6 }, { group: 6 }, { mac: '02:00:00:00:00:01' }])(
    'nothing, with %j',
    (changes) => {
      const sound = tapOf(changes);
      expect(hostTapFaults(sound, linkOf(sound), { owner: sound.owner, group: sound.group })).toEqual([]);
      expect(hostTapFaults(sound, linkOf(sound), undefined)).toEqual([]);
    },
  );

  it.each([
    ['alias', linkOf(tap, { alias: undefined }), `alias is none, and was made ${alias}`],
    ['alias', linkOf(tap, { alias: 'x' }), `alias is x, and was made ${alias}`],
    ['kind', linkOf(tap, { kind: 'veth' }), 'kind is veth, and was made tun'],
    ['MAC', linkOf(tap, { mac: '02:00:00:00:00:01' }), `MAC is 02:00:00:00:00:01, and was made ${address}`],
    ['MTU', linkOf(tap, { mtu: 1400 }), 'MTU is 1400, and was made 1500'],
    ['state', linkOf(tap, { up: false }), 'state is down, and was made up'],
    ['bridge', linkOf(tap, { master: undefined }), 'master is none, and was made br0'],
    ['bridge', linkOf(tap, { master: 'br1' }), 'master is br1, and was made br0'],
    [
      'queues',
      linkOf(tap, { data: { vnet_hdr: true, multi_queue: true } }),
      'multi-queue mode is true, and was made false',
    ],
    ['header', linkOf(tap, { data: { multi_queue: false } }), 'vnet_hdr mode is false, and was made true'],
  ])('%s', (_what, link, fault) => {
    expect(hostTapFaults(tap, link, undefined)).toEqual([`tap ${name}: ${fault}`]);
  });

  it.each([
    [{ owner: 1000, group: undefined }, ['owner is 1000, and was made 0']],
    [nobody, ['owner is none, and was made 0']],
    [{ owner: 0, group: 7 }, ['group is 7, and was made none']],
    [{ owner: 1, group: 7 }, ['owner is 1, and was made 0', 'group is 7, and was made none']],
  ])('its users, %j', (users, faults) => {
    const expected = faults.map((fault) => `tap ${name}: ${fault}`);
    expect(hostTapFaults(tap, linkOf(tap), users)).toEqual(expected);
  });

  it('a bridge that it was not made for', () => {
    const free = tapOf({ bridge: null });
    expect(hostTapFaults(free, linkOf(free, { master: 'br0' }), undefined)).toEqual([
      `tap ${name}: master is br0, and was made none`,
    ]);
  });

  it('a port that no longer sends frames back, if it was made to', () => {
    const back = tapOf({ hairpinMode: true });
    const { data } = linkOf(back);
    expect(hostTapFaults(back, linkOf(back, { data: { ...data, hairpin: true } }), undefined)).toEqual([]);
    expect(hostTapFaults(back, linkOf(back), undefined)).toEqual([
      `tap ${name}: hairpin mode is false, and was made true`,
    ]);
    expect(hostTapFaults(tap, linkOf(tap, { data: { ...data, hairpin: true } }), undefined)).toEqual([]);
  });

  it('all of it at once', () => {
    const other = linkOf(tap, { alias: 'x', kind: 'veth', mac: 'x', mtu: 1, up: false, master: 'x', data: {} });
    expect(hostTapFaults(tap, other, nobody)).toHaveLength(8);
  });

  it('everything: it is gone', () => {
    expect(hostTapFaults(tap, undefined, nobody)).toEqual([`tap ${name} is gone`]);
  });

  // A DEL deletes by altname; without it, it has to look at the link.
  it('its altname', () => {
    expect(hostTapFaults(tap, linkOf(tap, { altnames: [] }), undefined)).toEqual([
      `tap ${name}: altname is none, and was made ${altname}`,
    ]);
  });
});
