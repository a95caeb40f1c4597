import { describe, expect, it } from 'vitest';

import { cidrText } from '../../src/model/cidr.ts';
import type { RouteRequest } from '../../src/model/route.ts';
import type { KernelRoute } from '../../src/model/pod-view.ts';
import { connected, global, kernelRoute, takenOver } from './kernel-routes.ts';
import { cidr } from '../model/parsed-address.ts';

function routes(...of: readonly KernelRoute[]): readonly RouteRequest[] {
  return takenOver([global('10.88.0.5/16'), { cidr: 'fe80::5/64', scope: 'link' }], { routes: of }).routes;
}

function short({ dst, gw, scope, source, mtu }: RouteRequest): string {
  const words = [cidrText(dst), gw?.text, scope === undefined ? undefined : `scope ${scope}`, source?.text, mtu];
  return words.filter((word) => word !== undefined).join(' ');
}

describe('the routes that a guest takes over', () => {
  it.each([
    [kernelRoute('default', { gateway: '10.88.0.1' }), '0.0.0.0/0 10.88.0.1'],
    [kernelRoute('default', { family: 6, gateway: 'fd00:88::1' }), '::/0 fd00:88::1'],
    [kernelRoute('default', { family: 6, gateway: 'fe80::1', metric: 1024 }), '::/0 fe80::1'],
    [kernelRoute('default', { scope: 'link' }), '0.0.0.0/0 scope 253'],
    [kernelRoute('default', { family: 6 }), '::/0 scope 253'],
    [kernelRoute('10.9.0.0/16', { gateway: '10.88.0.1' }), '10.9.0.0/16 10.88.0.1'],
    [kernelRoute('169.254.1.1', { scope: 'link' }), '169.254.1.1/32 scope 253'],
    [kernelRoute('fd00:1::7'), 'fd00:1::7/128 scope 253'],
    [kernelRoute('fd00:1::/64', { gateway: 'fd00:88::1' }), 'fd00:1::/64 fd00:88::1'],
    [kernelRoute('10.9.0.0/16', { gateway: '10.88.0.1', mtu: 1400 }), '10.9.0.0/16 10.88.0.1 1400'],
    [kernelRoute('10.9.0.0/16', { source: '10.88.0.5', scope: 'link' }), '10.9.0.0/16 scope 253 10.88.0.5'],
    [kernelRoute('10.9.0.0/16', { gateway: '192.0.2.1', onlink: true }), '10.9.0.0/16 192.0.2.1'],
    [kernelRoute('10.9.0.0/16', { gateway: '10.88.0.1', protocol: 'static' }), '10.9.0.0/16 10.88.0.1'],
    [kernelRoute('10.9.0.0/16', { gateway: '10.88.0.1', protocol: 'dhcp', metric: 100 }), '10.9.0.0/16 10.88.0.1'],
    [kernelRoute('10.9.0.0/16', { gateway: '10.88.0.1', protocol: '' }), '10.9.0.0/16 10.88.0.1'],
  ])('%j: %s', (route, taken) => {
    expect(routes(route).map(short)).toEqual([taken]);
  });

  it.each([
    ['of the kernel', connected('10.88.0.0/16', { source: '10.88.0.5' })],
    ['of the kernel', connected('fe80::/64', { metric: 256 })],
    ['of a router', kernelRoute('default', { family: 6, gateway: 'fe80::1', protocol: 'ra' })],
    ['of a redirect', kernelRoute('10.9.0.9', { gateway: '10.88.0.2', protocol: 'redirect' })],
    ['in the table local', kernelRoute('10.88.0.5', { type: 'local', table: 'local', protocol: 'kernel' })],
    ['in a table of somebody', kernelRoute('default', { gateway: '10.88.0.1', table: '100' })],
    ['to many', kernelRoute('ff00::/8', { type: 'multicast', table: 'local' })],
    ['to nowhere', kernelRoute('10.9.0.0/16', { type: 'blackhole' })],
    ['of another link', kernelRoute('default', { gateway: '10.99.0.1', links: ['net1'] })],
    ['of no link', kernelRoute('10.9.0.0/16', { gateway: '10.88.0.1', links: [] })],
  ])('are none %s: %j', (_whose, route) => {
    expect(routes(route)).toEqual([]);
  });

  // The kernel has such a route for an IPv6 host address, and prints it without the prefix.
  it('are none to an address of the link itself', () => {
    const [six, four] = [global('fd00:88::5/128'), global('10.88.0.5/32')];
    const found = takenOver([six, four], {
      routes: [connected('fd00:88::5', { metric: 256 }), connected('10.88.0.5')],
    });
    expect(found.routes.map(short)).toEqual([]);
  });

  it.each([
    ['10.88.0.5/32', connected('10.88.0.1', { source: '10.88.0.5' }), '10.88.0.1/32 scope 253 10.88.0.5'],
    ['10.88.0.5/24', connected('192.0.2.0/24', { source: '10.88.0.5' }), '192.0.2.0/24 scope 253 10.88.0.5'],
  ])('are those to the peer of %s, which the kernel of the guest would not make: %j', (cidr, route, taken) => {
    expect(takenOver([global(cidr)], { routes: [route] }).routes.map(short)).toEqual([taken]);
  });

  // `ip -6 addr add fd00:88::5 peer fd00:88::1`: IPv6 routes have no source that would identify them.
  it('are those to the peer of an IPv6 address', () => {
    const own = connected('fd00:88::5');
    const found = takenOver([global('fd00:88::5/128')], { routes: [own, connected('fd00:88::1')] });
    expect(found.routes.map(short)).toEqual(['fd00:88::1/128 scope 253']);
  });

  it('are in the order of the kernel, and default ones of both families', () => {
    const found = routes(
      kernelRoute('default', { gateway: '10.88.0.1' }),
      connected('10.88.0.0/16'),
      kernelRoute('10.9.0.0/16', { gateway: '10.88.0.9' }),
      kernelRoute('default', { family: 6, gateway: 'fd00:88::1', metric: 1024 }),
    );
    expect(found.map(short)).toEqual(['0.0.0.0/0 10.88.0.1', '10.9.0.0/16 10.88.0.9', '::/0 fd00:88::1']);
  });

  it('are the best of several to one destination, and the first of equals', () => {
    const by = (gateway: string, metric: number, destination = 'default') =>
      kernelRoute(destination, { gateway, metric, family: gateway.includes(':') ? 6 : 4 });
    const best = (...of: readonly KernelRoute[]) => routes(...of).map(short);
    expect(best(by('10.88.0.1', 100), by('10.88.0.2', 50), by('10.88.0.3', 200))).toEqual(['0.0.0.0/0 10.88.0.2']);
    expect(best(by('10.88.0.1', 0), by('10.88.0.2', 0))).toEqual(['0.0.0.0/0 10.88.0.1']);
    expect(best(by('fd00::1', 1024), by('10.88.0.1', 5), by('fd00::2', 512))).toEqual([
      '0.0.0.0/0 10.88.0.1',
      '::/0 fd00::2',
    ]);
    expect(best(by('10.88.0.1', 7), by('10.88.0.2', 5, '10.9.0.0/16'))).toEqual([
      '0.0.0.0/0 10.88.0.1',
      '10.9.0.0/16 10.88.0.2',
    ]);
  });

  it('are the best of those that are taken over: not of the link beside it, nor of a router', () => {
    const found = routes(
      kernelRoute('default', { gateway: '10.99.0.1', links: ['net1'] }),
      kernelRoute('default', { gateway: '10.88.0.1', metric: 100 }),
      kernelRoute('default', { family: 6, gateway: 'fe80::1', protocol: 'ra', metric: 100 }),
      kernelRoute('default', { family: 6, gateway: 'fd00:88::1', metric: 1024 }),
    );
    expect(found.map(short)).toEqual(['0.0.0.0/0 10.88.0.1', '::/0 fd00:88::1']);
  });

  it('have the scope of the link exactly without a gateway', () => {
    expect(routes(kernelRoute('10.9.0.0/16', { gateway: '10.88.0.1', scope: 'link' }))[0]).not.toHaveProperty('scope');
    expect(routes(kernelRoute('10.9.0.0/16', { scope: 'global' }))[0]).toEqual({
      dst: cidr('10.9.0.0/16'),
      scope: 253,
    });
  });

  it('are asked about only if they are taken over', () => {
    const unsupported = 'several next hops';
    const odd = { mtu: 1, gateway: 'x', unsupported };
    expect(
      routes(
        kernelRoute('default', { ...odd, links: ['net1'] }),
        kernelRoute('default', { ...odd, table: '7' }),
        kernelRoute('default', { ...odd, protocol: 'ra' }),
        kernelRoute('default', { ...odd, metric: 100 }),
        kernelRoute('default', { gateway: '10.88.0.1' }),
      ).map(short),
    ).toEqual(['0.0.0.0/0 10.88.0.1']);
  });

  it.each([
    [kernelRoute('10.9.0.0/16', { mtu: 20 }), 'it has 20, which must be 68 to 9600 bytes'],
    [kernelRoute('10.9.0.0/16', { mtu: 65535 }), 'it has 65535, which must be 68 to 9600 bytes'],
    [kernelRoute('10.9.0.5/16'), 'it has 10.9.0.5/16, which has host bits set'],
    [kernelRoute('::/0', { gateway: '::ffff:10.0.0.1' }), 'it has ::ffff:10.0.0.1, which is an IPv4-mapped'],
    [kernelRoute('10.9.0.0/16', { source: 'x' }), 'it has x, which is not an IP address'],
  ])('are refused where no file could carry them: %j', (route, why) => {
    expect(() => routes(route)).toThrow(
      expect.objectContaining({
        name: 'pod-link-unusable',
        message: expect.stringContaining(`eth0 in the pod's namespace cannot be attached: ${why}`),
      }),
    );
  });
});
