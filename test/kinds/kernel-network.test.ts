import { describe, expect, it } from 'vitest';

import { cidrText } from '../../src/model/cidr.ts';
import type { LinkAddress } from '../../src/model/link.ts';
import type { KernelRoute } from '../../src/model/pod-view.ts';
import { connected, global, kernelRoute, takenOver } from './kernel-routes.ts';
import { ip } from '../model/parsed-address.ts';

function addresses(of: readonly LinkAddress[], routes: readonly KernelRoute[]): readonly string[] {
  return takenOver(of, { routes }).addresses.map(cidrText);
}

describe('the addresses that a guest takes over', () => {
  it.each([
    ['with its connected route', '10.88.0.5/16', [connected('10.88.0.0/16')], '10.88.0.5/16'],
    ['with its connected route', 'fd00:88::5/64', [connected('fd00:88::/64', { metric: 256 })], 'fd00:88::5/64'],
    ['without any route', '10.88.0.5/16', [], '10.88.0.5/32'],
    ['without any route', 'fd00:88::5/64', [], 'fd00:88::5/128'],
    ['with the route of a smaller network', '10.88.0.5/16', [connected('10.88.0.0/24')], '10.88.0.5/32'],
    ['with the route of a larger network', '10.88.0.5/16', [connected('10.0.0.0/8')], '10.88.0.5/32'],
    ['with the route of a plugin', '10.88.0.5/16', [kernelRoute('10.88.0.0/16')], '10.88.0.5/32'],
    [
      'with the route by a gateway that ptp puts in its place',
      '10.88.0.5/16',
      [kernelRoute('10.88.0.0/16', { gateway: '10.88.0.1' }), kernelRoute('10.88.0.1', { scope: 'link' })],
      '10.88.0.5/32',
    ],
    [
      'with the route of another link',
      '10.88.0.5/16',
      [connected('10.88.0.0/16', { links: ['net1'] })],
      '10.88.0.5/32',
    ],
    ['with the route in another table', '10.88.0.5/16', [connected('10.88.0.0/16', { table: '7' })], '10.88.0.5/32'],
    [
      'with the local route of the kernel',
      '10.88.0.5/16',
      [connected('10.88.0.0/16', { type: 'local', table: 'local' })],
      '10.88.0.5/32',
    ],
    ['of one host', '10.88.0.5/32', [], '10.88.0.5/32'],
    ['of one host', 'fd00:88::5/128', [connected('fd00:88::5')], 'fd00:88::5/128'],
    ['in a network of two', '10.88.0.5/31', [connected('10.88.0.4/31')], '10.88.0.5/31'],
    ['off the prefix', 'fd00:88::ff:5/112', [connected('fd00:88::ff:0/112')], 'fd00:88::ff:5/112'],
  ])('%s: %s with %j is %s', (_what, cidr, routes, taken) => {
    expect(addresses([global(cidr)], routes)).toEqual([taken]);
  });

  it('are those of both families, in the order of the kernel, each by its own route', () => {
    const of = ['10.88.0.5/16', 'fd00:88::5/64', '10.99.0.5/24', '10.88.7.5/16'].map(global);
    const routes = [connected('10.88.0.0/16'), connected('fd00:88::/64')];
    expect(addresses(of, routes)).toEqual(['10.88.0.5/16', 'fd00:88::5/64', '10.99.0.5/32', '10.88.7.5/16']);
  });

  it('are without link-local ones and those of the host: the kernel of the guest makes its own', () => {
    const of = [
      { cidr: 'fe80::5c:1eff:fe07:9a41/64', scope: 'link' },
      { cidr: '127.0.0.1/8', scope: 'host' },
      { cidr: 'fec0::5/64', scope: 'site' },
    ];
    expect(addresses(of, [connected('fe80::/64'), connected('fec0::/64')])).toEqual(['fec0::5/64']);
  });

  it.each([
    ['10.88.0.5/33', 'must end in a prefix length of 0 to 32'],
    ['127.0.0.5/8', 'is a loopback address: no guest can have it'],
    ['fd00::5%eth0/64', 'must not name a zone'],
  ])('are refused where no file could carry them: %s', (cidr, why) => {
    expect(() => takenOver([global(cidr)], {})).toThrow(
      expect.objectContaining({
        name: 'pod-link-unusable',
        code: 118,
        message: expect.stringContaining(
          `eth0 in the pod's namespace cannot be attached: it has ${cidr}, which ${why}`,
        ),
      }),
    );
  });

  // The address is carried as one host, and the route to its peers would be lost.
  it('of a link to peers in another network come with the route to them', () => {
    const { routes } = takenOver([global('10.88.0.5/24')], {
      routes: [connected('192.0.2.0/24', { source: '10.88.0.5' })],
    });
    expect(routes.map(({ dst }) => cidrText(dst))).toEqual(['192.0.2.0/24']);
  });

  // An IPv4 address has the scope link only on purpose, and the guest's kernel makes none of its own.
  it('are also IPv4 ones of the scope link', () => {
    expect(addresses([{ cidr: '169.254.7.5/16', scope: 'link' }], [connected('169.254.0.0/16')])).toEqual([
      '169.254.7.5/16',
    ]);
  });
});

describe('the neighbors that a guest takes over', () => {
  const neighbors = [
    { address: '10.88.0.1', link: 'eth0', mac: 'EE:EE:EE:EE:EE:EE' },
    { address: 'fd00:88::1', link: 'eth0', mac: '02:00:00:00:00:01' },
    { address: '10.99.0.1', link: 'net1', mac: '02:00:00:00:00:02' },
  ];

  it('are the permanent ones of the link', () => {
    expect(takenOver([], { neighbors }).neighbors).toEqual([
      { ip: ip('10.88.0.1'), mac: 'ee:ee:ee:ee:ee:ee' },
      { ip: ip('fd00:88::1'), mac: '02:00:00:00:00:01' },
    ]);
    expect(takenOver([], {}).neighbors).toEqual([]);
  });

  it.each([
    [{ mac: '01:00:5e:00:00:01' }, '01:00:5e:00:00:01, which is a multicast address'],
    [{ address: 'x' }, 'x, which is not an IP address'],
  ])('are refused with %j', (changes, why) => {
    expect(() => takenOver([], { neighbors: [{ ...neighbors[0]!, ...changes }] })).toThrow(
      expect.objectContaining({ name: 'pod-link-unusable', message: expect.stringContaining(why) }),
    );
  });
});
