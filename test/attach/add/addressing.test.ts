import { describe, expect, it } from 'vitest';

import { planRoutes } from '../../../src/attach/add/addressing.ts';
import { fromIpam } from '../../../src/attach/add/from-ipam.ts';
import type { Route } from '../../../src/model/route.ts';
import type { JsonObject } from '../../../src/json/object.ts';
import { network } from '../../dan/attachments.ts';

/** The routes planned from an IPAM plugin's answer and a configuration. */
function planned(ipam: JsonObject, changes: object = {}): readonly Route[] {
  const given = fromIpam('host-local', ipam);
  const config = network({ ...changes });
  return planRoutes({
    addresses: given.addresses,
    routes: [...given.routes, ...config.routes],
    defaultRoute: config.defaultRoute,
  });
}

function short({ dst, gw, onlink }: Route): string {
  return `${dst.text}/${dst.prefix} ${gw?.text ?? 'link'}${onlink ? ' onlink' : ''}`;
}

const four = { address: '10.88.0.5/24', gateway: '10.88.0.1' };
const six = { address: 'fd00:88::5/64', gateway: 'fd00:88::1' };
const defaults = [{ dst: '0.0.0.0/0' }, { dst: '::/0' }];

describe('planRoutes', () => {
  it.each([
    ['the gateway of their family', [four, six], defaults, ['0.0.0.0/0 10.88.0.1', '::/0 fd00:88::1']],
    ['the gateway of their family, in any order', [six, four], defaults, ['0.0.0.0/0 10.88.0.1', '::/0 fd00:88::1']],
    ['their own gateway first', [four], [{ dst: '10.9.0.0/16', gw: '10.88.0.9' }], ['10.9.0.0/16 10.88.0.9']],
    ['no gateway on the link', [four], [{ dst: '10.9.0.0/16', scope: 253 }], ['10.9.0.0/16 link']],
    [
      'a mark where the gateway is outside',
      [four],
      [{ dst: '10.9.0.0/16', gw: '192.0.2.1' }],
      ['10.9.0.0/16 192.0.2.1 onlink'],
    ],
    [
      'a mark where the gateway is outside a subnet of one',
      [{ address: '10.88.0.5/32', gateway: '169.254.1.1' }],
      [{ dst: '169.254.1.1/32', scope: 253 }, { dst: '0.0.0.0/0' }],
      ['169.254.1.1/32 link', '0.0.0.0/0 169.254.1.1 onlink'],
    ],
    ['no mark for a link-local gateway', [six], [{ dst: '::/0', gw: 'fe80::1' }], ['::/0 fe80::1']],
    [
      'a mark for an IPv4 gateway that an IPv6 subnet seems to hold',
      [{ address: '::5/0' }],
      [{ dst: '0.0.0.0/0', gw: '10.0.0.1' }],
      ['0.0.0.0/0 10.0.0.1 onlink'],
    ],
    [
      'a gateway in the second subnet',
      [four, { address: '10.99.0.5/24' }],
      [{ dst: '10.9.0.0/16', gw: '10.99.0.1' }],
      ['10.9.0.0/16 10.99.0.1'],
    ],
    ['nothing to add', [four], [], []],
  ])('gives routes %s', (_what, ips, routes, expected) => {
    expect(planned({ ips, routes }).map(short)).toEqual(expected);
  });

  it("puts the IPAM plugin's routes first, and gives the configuration's routes the plugin's gateways", () => {
    const routes = [{ dst: '10.9.0.0/16' }, { dst: '::/0', mtu: 1400 }];
    const found = planned({ ips: [four, six], routes: [{ dst: '0.0.0.0/0' }] }, { routes });
    expect(found.map(short)).toEqual(['0.0.0.0/0 10.88.0.1', '10.9.0.0/16 10.88.0.1', '::/0 fd00:88::1']);
    expect(found[2]?.mtu).toBe(1400);
  });

  it('drops default routes with "defaultRoute": false', () => {
    const routes = [...defaults, { dst: '0.0.0.0/1' }, { dst: '10.9.0.0/16' }];
    const found = planned({ ips: [four, six], routes }, { defaultRoute: false });
    expect(found.map(short)).toEqual(['0.0.0.0/1 10.88.0.1', '10.9.0.0/16 10.88.0.1']);
    expect(planned({ ips: [four, six], routes: defaults }, { defaultRoute: false })).toEqual([]);
  });

  it.each([
    [[{ address: '10.88.0.5/24' }], [{ dst: '0.0.0.0/0' }], 'route-without-gateway', 'no IPv4 address brings one'],
    [[four], [{ dst: '::/0' }], 'route-without-gateway', 'the route to ::/0 has no gateway'],
    [
      [four],
      [{ dst: '::/0', scope: 0 }],
      'route-without-gateway',
      '"scope": 253 if the destination is on the link itself',
    ],
    [
      [four],
      [defaults[0], { dst: '0.0.0.0/0', gw: '10.88.0.2' }],
      'second-default-route',
      'this network gives the routes 0.0.0.0/0 via 10.88.0.1 and 0.0.0.0/0 via 10.88.0.2, and a guest gets one',
    ],
    [
      [four],
      [defaults[0], { dst: '0.0.0.0/0', mtu: 1400 }],
      'second-default-route',
      'this network gives the routes 0.0.0.0/0 via 10.88.0.1 and 0.0.0.0/0 via 10.88.0.1 with the MTU 1400',
    ],
    [
      [six],
      [
        { dst: '::/0', gw: 'fd00:88::1' },
        { dst: '0::/0', gw: 'fd00:88::2' },
      ],
      'second-default-route',
      'this network gives the routes ::/0 via fd00:88::1 and ::/0 via fd00:88::2',
    ],
    [
      [four],
      [{ dst: '10.9.0.0/16' }, { dst: '10.9.0.0/16', gw: '10.88.0.2' }],
      'duplicate-route',
      'this network gives the routes 10.9.0.0/16 via 10.88.0.1 and 10.9.0.0/16 via 10.88.0.2',
    ],
  ])('refuses addresses %j with routes %j: %s', (ips, routes, name, message) => {
    expect(() => planned({ ips, routes })).toThrow(
      expect.objectContaining({ name, code: 7, message: expect.stringContaining(message) }),
    );
  });

  it('takes a route of the configuration once that the IPAM plugin gives too', () => {
    const routes = [{ dst: '0.0.0.0/0', gw: '10.88.0.1' }];
    expect(planned({ ips: [four], routes: [defaults[0]] }, { routes }).map(short)).toEqual(['0.0.0.0/0 10.88.0.1']);
  });

  it('a default route without a gateway is refused where the gateway of the address is 0.0.0.0', () => {
    const routes = [defaults[0]];
    expect(() => planned({ ips: [{ ...four, gateway: '0.0.0.0' }], routes })).toThrow(
      expect.objectContaining({ name: 'route-without-gateway' }),
    );
  });

  it('accepts a repeated default route with "defaultRoute": false', () => {
    expect(planned({ ips: [four], routes: [defaults[0], defaults[0]] }, { defaultRoute: false })).toEqual([]);
  });

  // The plugins of containernetworking use the first (ConfigureIface of pkg/ipam).
  it('uses the first of several gateways of a family', () => {
    const ips = [four, { address: '10.99.0.5/24', gateway: '10.99.0.1' }];
    expect(planned({ ips, routes: [defaults[0]] }).map(short)).toEqual(['0.0.0.0/0 10.88.0.1']);
  });
});
