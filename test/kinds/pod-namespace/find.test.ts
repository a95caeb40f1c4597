import { describe, expect, it } from 'vitest';
import { findingsOf, isRefused } from '../../../src/kinds/pod-namespace/find.ts';
import type { Link, LinkAddress } from '../../../src/model/link.ts';
import type { KernelRoute, PodPolicy } from '../../../src/model/pod-view.ts';
import { connected, kernelRoute, takenOver } from '../kernel-routes.ts';
import { linkNamed, podOf } from '../node.ts';
import { cidr } from '../../model/parsed-address.ts';

const untouched: PodPolicy = { rules: [], proxied: [], nftables: [], iptables: [] };

/** The findings about eth0: rows, with what was seen. */
function found(
  link: Partial<Link>,
  routes: readonly KernelRoute[] = [],
  policy: Partial<PodPolicy> = {},
): readonly (readonly [string, string])[] {
  const findings = findingsOf(linkNamed('eth0', link), podOf({ routes }), { ...untouched, ...policy });
  return findings.map(({ row, seen }) => [row, seen]);
}

describe('an address that expires', () => {
  const lease: LinkAddress = { cidr: '10.88.0.5/24', scope: 'global', dynamic: true };
  const slaac: LinkAddress = { cidr: 'fd00:88::5c:1eff:fe07:9a41/64', scope: 'global', dynamic: true };
  const router = kernelRoute('default', { family: 6, gateway: 'fe80::1', protocol: 'ra' });

  it('is the guest’s, with a warning', () => {
    expect(found({ addresses: [lease] })).toEqual([
      ['address-expires', 'it has a lifetime for its address 10.88.0.5/24'],
    ]);
    const { addresses } = takenOver([lease], { routes: [connected('10.88.0.0/24')] });
    expect(addresses).toEqual([cidr('10.88.0.5/24')]);
  });

  it.each([
    ['of a prefix that a router advertised', slaac, [router]],
    ['that makes temporary ones', { ...slaac, ofRouter: true }, []],
    ['that is temporary', { ...slaac, ofRouter: true, deprecated: true }, []],
  ])('%s is made by the guest itself, and nobody is told', (_what, address, routes) => {
    expect(found({ addresses: [address] }, routes)).toEqual([]);
    expect(takenOver([address], { routes }).addresses).toEqual([]);
  });

  it('of DHCPv6 is no address of a router, although there is one', () => {
    const of = { ...slaac, cidr: 'fd00:88::7/128' };
    expect(found({ addresses: [of] }, [router])).toMatchObject([['address-expires', expect.any(String)]]);
    expect(takenOver([of], { routes: [router] }).addresses).toHaveLength(1);
  });

  it('has no route to its network that lasts, where a router advertised it', () => {
    const routes = [router, connected('fd00:88::/64', { expires: true })];
    const fixed = { cidr: 'fd00:99::5/128', scope: 'global' };
    expect(takenOver([slaac, fixed], { routes }).routes).toEqual([]);
  });
});

describe('a route', () => {
  it('of several routers is none that anybody is told of', () => {
    const router = { family: 6, protocol: 'ra', unsupported: 'several next hops' } as const;
    expect(found({}, [kernelRoute('default', router)])).toEqual([]);
  });

  it('that is not taken over has no form that matters', () => {
    const odd = kernelRoute('10.9.0.0/16', { unsupported: 'a TOS' });
    expect(found({}, [{ ...odd, links: ['net1'] }])).toEqual([]);
    expect(found({}, [kernelRoute('10.9.0.0/16'), { ...odd, metric: 9 }])).toEqual([
      ['route-worse', 'it has another, better route to 10.9.0.0/16'],
    ]);
  });

  it('that the kernel made to drop packets is none of anybody’s', () => {
    const dropped = { type: 'unreachable', links: ['lo'] };
    expect(found({}, [kernelRoute('default', { ...dropped, protocol: 'kernel' })])).toEqual([]);
    expect(found({}, [kernelRoute('default', dropped)])).toHaveLength(1);
  });

  it('that a worse one has to its network, in place of the connected one, leaves the address without network', () => {
    const routes = [
      connected('10.88.0.0/24', { metric: 100 }),
      kernelRoute('10.88.0.0/24', { gateway: '10.88.0.1', metric: 5 }),
    ];
    const { addresses } = takenOver([{ cidr: '10.88.0.5/24', scope: 'global' }], { routes });
    expect(addresses).toEqual([cidr('10.88.0.5/32')]);
  });

  it('of one address needs no word about its source in IPv6', () => {
    const route = kernelRoute('fd00:9::/64', { gateway: 'fd00:88::1', source: 'fd00:88::5' });
    const addresses = ['fd00:88::5/64', 'fd00:88::6/64'].map((cidr) => ({ cidr, scope: 'global' }));
    expect(found({ addresses: addresses.slice(0, 1) }, [route])).toEqual([]);
    expect(found({ addresses }, [route])).toHaveLength(1);
  });

  it('of another link in a table that a rule leads to is a matter of that link', () => {
    const rules = [{ family: 4, priority: 5, action: 'lookup', table: '100' }] as const;
    const route = kernelRoute('default', { table: '100', gateway: '10.88.0.1' });
    expect(found({}, [{ ...route, links: ['net1'] }], { rules })).toEqual([]);
    expect(found({}, [{ ...route, family: 6 }], { rules })).toEqual([]);
    expect(found({}, [route], { rules })).toHaveLength(1);
  });
});

describe('a link', () => {
  it('with an XDP program is warned of', () => {
    expect(found({ traits: ['xdp'] })).toEqual([['xdp', 'it has an XDP program']]);
    expect(isRefused({ row: 'xdp', seen: '' })).toBe(false);
  });

  it.each([0, 1000])('with a txqueuelen of %i has what links get', (queueLength) => {
    expect(found({ queueLength })).toEqual([]);
  });
});
