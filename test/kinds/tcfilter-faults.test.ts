import { describe, expect, it } from 'vitest';

import { hopFaults, masterFaults, tcfilterFaults } from '../../src/kinds/redirection.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Link } from '../../src/model/link.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import { names } from './node.ts';
import { eth0, linksAsMade, planFor, redirected } from './redirections.ts';

const { device } = planFor('host');
const { link: tap } = names;
const root = { owner: 0, group: undefined };

/** The faults if one of the three links is changed or gone. */
function faultsWith(at: 0 | 1 | 2, changes: Partial<Link> | undefined): readonly string[] {
  const links = linksAsMade(device).flatMap((link, index) => {
    if (index !== at) return [link];
    return changes === undefined ? [] : [{ ...link, ...changes }];
  });
  return tcfilterFaults(device, links, undefined);
}

describe('what of a redirection is not as it was made', () => {
  it.each(['host', 'pod'] as const)('nothing, with the tap in the %s', (place) => {
    for (const queuePairs of [1, 4] as QueuePairs[]) {
      const { device: sound } = planFor(place, { queuePairs }, { mtu: 9000 });
      expect(tcfilterFaults(sound, linksAsMade(sound), undefined)).toEqual([]);
      expect(tcfilterFaults(sound, linksAsMade(sound), root)).toEqual([]);
    }
  });

  it('nothing, in any order and among other links', () => {
    const links = linksAsMade(device);
    const strangers = links.map((link) => ({ ...link, altnames: [], mtu: 68 }));
    expect(tcfilterFaults(device, [...strangers, ...links].reverse(), undefined)).toEqual([]);
  });

  it.each([
    [0, { mtu: 1400 }, `tap ${tap}: MTU is 1400, and was made 1500`],
    [0, { up: false }, `tap ${tap}: state is down, and was made up`],
    [0, { mac: '02:00:00:00:00:01' }, `tap ${tap}: MAC is 02:00:00:00:00:01, and was made ${names.linkMac}`],
    [0, { master: 'br0' }, `tap ${tap}: master is br0, and was made none`],
    [0, { alias: undefined }, `tap ${tap}: alias is none, and was made ${names.alias}`],
    [0, { kind: 'veth' }, `tap ${tap}: kind is veth, and was made tun`],
    [1, { mtu: 1400 }, `${tap}h: MTU is 1400, and was made 1500`],
    [1, { up: false }, `${tap}h: state is down, and was made up`],
    [1, { alias: 'x' }, `${tap}h: alias is x, and was made ${names.alias}`],
    [2, { mtu: 9000 }, `${tap}p: MTU is 9000, and was made 1500`],
    [2, { up: false }, `${tap}p: state is down, and was made up`],
    [2, { alias: undefined }, `${tap}p: alias is none, and was made ${names.alias}`],
  ] as const)('link %i with %j', (at, changes, fault) => {
    expect(faultsWith(at, changes)).toEqual([fault]);
  });

  it.each([
    [0, `tap ${tap} is gone`],
    [1, `${tap}h is gone`],
    [2, `${tap}p is gone`],
  ] as const)('link %i, which is gone', (at, fault) => {
    expect(faultsWith(at, undefined)).toEqual([fault]);
  });

  it('everything', () => {
    expect(tcfilterFaults(device, [], root)).toEqual([`tap ${tap} is gone`, `${tap}h is gone`, `${tap}p is gone`]);
  });

  it('the users of the tap', () => {
    expect(tcfilterFaults(device, linksAsMade(device), { owner: 5, group: undefined })).toEqual([
      `tap ${tap}: owner is 5, and was made 0`,
    ]);
  });

  // A tap on the host is also found by its name; then its altname is the fault.
  it('the altname of a tap that is there all the same', () => {
    expect(faultsWith(0, { altnames: [] })).toEqual([`tap ${tap}: altname is none, and was made ${names.altname}`]);
  });

  // The guest would be behind another bridge, or frames would take two paths.
  it.each([1, 2] as const)('end %i of the pair, as a port of something', (at) => {
    expect(faultsWith(at, { master: 'br0' })).toHaveLength(1);
  });
});

describe('what of the link in the pod is not as it was', () => {
  const mac = '02:5c:1e:07:9a:41';
  const addresses = ['10.88.0.5/32', 'fd00:88::5/64'];
  const link = {
    ...eth0,
    mac,
    addresses: ['10.88.0.5/16', 'fd00:88::5/64'].map((cidr) => ({ cidr, scope: 'global' })),
  };
  const where = "eth0 in the pod's namespace";
  const belongs = '(a plugin that sets it, such as tuning, belongs before dan in the list)';
  const faults = (changes: Partial<Link>): readonly string[] =>
    masterFaults(device, { mac, addresses, noArp: false }, [{ ...link, ...changes }]);

  it('nothing, whatever prefix the file has, and with more addresses than it has', () => {
    const more = [...link.addresses, { cidr: 'fe80::1/64', scope: 'link' }];
    expect(faults({})).toEqual([]);
    expect(faults({ addresses: more })).toEqual([]);
  });

  it.each([
    [{ name: 'eth1' }, [`${where} is gone`]],
    [{ mac: '02:00:00:00:00:01' }, [`${where}: MAC is 02:00:00:00:00:01, and was made ${mac} ${belongs}`]],
    [{ traits: ['no-arp'] as const }, [`${where}: NOARP is true, and was made false ${belongs}`]],
    [{ mtu: 1400 }, [`${where}: MTU is 1400, and was made 1500 ${belongs}`]],
    [{ addresses: [] }, addresses.map((text) => `${where} no longer has the address ${text.replace(/\/.*/, '')}`)],
    [{ addresses: link.addresses.slice(0, 1) }, [`${where} no longer has the address fd00:88::5`]],
  ])('%j', (changes, expected) => {
    expect(faults(changes)).toEqual(expected);
  });
});

describe('what of a hop is not as it was made', () => {
  const hop = {
    ...({ in: 'pod', cookie: names.cookie } as const),
    ...{ link: 'eth0' as InterfaceName, to: 'dan0p' as InterfaceName },
  };
  const [ours] = redirected('dan0p').filters;
  const other = { kind: 'bpf', preference: 1, name: 'tracer', redirectsTo: undefined, cookie: undefined };
  const faults = (...filters: readonly (typeof other | undefined)[]): readonly string[] =>
    hopFaults(hop, {
      disciplines: ['ingress'],
      filters: filters.filter((filter) => filter !== undefined),
    });

  it('nothing', () => {
    expect(hopFaults(hop, redirected('dan0p'))).toEqual([]);
  });

  it('nothing, with another filter behind it: it gets no frame', () => {
    expect(faults(ours as never, other)).toEqual([]);
  });

  it('its redirect, which is gone', () => {
    const gone = ['the redirect from eth0 to dan0p is gone'];
    expect(hopFaults(hop, { disciplines: [], filters: [] })).toEqual(gone);
    expect(faults()).toEqual(gone);
    expect(faults(other)).toEqual(gone);
    expect(hopFaults({ ...hop, cookie: '0'.repeat(32) }, redirected('dan0p'))).toEqual(gone);
  });

  it('its target', () => {
    expect(hopFaults(hop, redirected('eth1'))).toEqual(['the redirect from eth0 leads to eth1, not to dan0p']);
    expect(faults({ ...other, cookie: names.cookie as never })).toEqual([
      'the redirect from eth0 leads to nothing, not to dan0p',
    ]);
  });

  it('its mirror for DHCP, where it has one: gone, behind the redirect, or to another link', () => {
    const mirror = { ...(ours as object), preference: 49151, mirrors: true };
    const withMirror = (...filters: readonly unknown[]): readonly string[] =>
      hopFaults({ ...hop, mirrorsDhcp: true }, { disciplines: ['ingress'], filters: filters as never });
    const gone =
      'the mirror of DHCP answers from eth0 to dan0p is gone: a DHCP client in the pod cannot renew its lease';
    expect(withMirror(mirror, ours)).toEqual([]);
    expect(withMirror(ours)).toEqual([gone]);
    expect(withMirror(ours, mirror)).toEqual([gone]);
    expect(withMirror({ ...mirror, redirectsTo: 'eth1' }, ours)).toEqual([gone]);
    expect(withMirror(mirror, other, ours)).toEqual(['another filter stands before the redirect from eth0 to dan0p']);
  });

  it('its place: a filter before it takes the frames', () => {
    expect(faults(other, ours as never)).toEqual(['another filter stands before the redirect from eth0 to dan0p']);
  });
});
