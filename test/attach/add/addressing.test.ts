import { describe, expect, it } from 'vitest';

import { fromIpam, planRoutes } from '../../../src/attach/add/addressing.ts';
import type { Route } from '../../../src/model/route.ts';
import { network } from '../../dan/attachments.ts';

/** The routes that are planned for what an IPAM plugin gives and a configuration adds. */
function planned(ipam: object, changes: object = {}): readonly Route[] {
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
    ['nothing to add', [], [], []],
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
    expect(planned({ routes: defaults }, { defaultRoute: false })).toEqual([]);
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
  ])('refuses addresses %j with routes %j: %s', (ips, routes, name, message) => {
    expect(() => planned({ ips, routes })).toThrow(
      expect.objectContaining({ name, code: 7, message: expect.stringContaining(message) }),
    );
  });

  it('accepts a repeated default route with "defaultRoute": false', () => {
    expect(planned({ ips: [four], routes: [defaults[0], defaults[0]] }, { defaultRoute: false })).toEqual([]);
  });

  // The plugins of containernetworking take the first (ConfigureIface of pkg/ipam).
  it('uses the first of several gateways of a family', () => {
    const ips = [four, { address: '10.99.0.5/24', gateway: '10.99.0.1' }];
    expect(planned({ ips, routes: [defaults[0]] }).map(short)).toEqual(['0.0.0.0/0 10.88.0.1']);
  });
});

describe('fromIpam', () => {
  const read = (result: object) => fromIpam('host-local', result);

  it('reads results of every CNI version', () => {
    const routes = [{ dst: '0.0.0.0/0', mtu: 0, advmss: 0, priority: 0, table: 254, scope: 0 }];
    expect(read({ ips: [{ version: '4', interface: 0, ...four }], routes })).toEqual({
      addresses: [{ address: { family: 4, text: '10.88.0.5', prefix: 24 }, gateway: { family: 4, text: '10.88.0.1' } }],
      routes: [{ dst: { family: 4, text: '0.0.0.0', prefix: 0 } }],
      neighbors: [],
      dns: {},
    });
    expect(read({ ips: null })).toEqual({ addresses: [], routes: [], neighbors: [], dns: {} });
  });

  it.each([
    [{ ips: [{ address: '10.88.0.5' }] }, 'the address "10.88.0.5", which has no prefix length'],
    [{ ips: [{ address: '127.0.0.1/8' }] }, 'the address "127.0.0.1/8", which is a loopback address'],
    [{ ips: [{ ...four, gateway: '10.88.0.1/24' }] }, 'the gateway "10.88.0.1/24", which is not an IP address'],
    [{ routes: [{ dst: '10.1.2.3/8' }] }, 'the destination "10.1.2.3/8", which has host bits set'],
    [{ routes: [{ dst: '::/0', gw: 'x' }] }, 'the gateway "x", which is not an IP address'],
    [{ routes: [{ dst: '::/0', mtu: 1 }] }, 'the MTU of a route 1, which must be 68 to 9600 bytes'],
    [{ routes: [{ dst: '::/0', scope: 200 }] }, 'gave the route to ::/0 an "advmss", "table" or "scope"'],
    [{ routes: [{ dst: '::/0', table: 100 }] }, 'gave the route to ::/0 an "advmss", "table" or "scope"'],
    [{ routes: [{ dst: '::/0', advmss: 1360 }] }, 'gave the route to ::/0 an "advmss", "table" or "scope"'],
    [{ routes: [{ dst: '::/0', priority: 5 }] }, 'gave an impossible route: the route to ::/0 has priority 5'],
    [{ routes: [{ dst: '::/0', gw: '10.0.0.1' }] }, 'gave an impossible route'],
    [{ routes: [{ dst: '::/0', gw: '::2', scope: 253 }] }, 'gave an impossible route'],
  ])('refuses the answer %j', (result, message) => {
    expect(() => read(result)).toThrow(
      expect.objectContaining({
        name: 'ipam-plugin-failed',
        code: 111,
        message: expect.stringMatching(/^the IPAM plugin host-local gave /),
      }),
    );
    expect(() => read(result)).toThrow(message);
  });

  // Such parts are left out when the result is read: the pod would get less than the plugin gave.
  it.each([
    [{ ips: [{}] }, 'gave "ips" [{}], in which an entry lacks an address'],
    [{ ips: [four, { gateway: '10.88.0.1' }] }, 'in which an entry lacks an address'],
    [{ routes: [{}] }, 'gave "routes" [{}], in which an entry lacks a destination'],
  ])('refuses the answer %j, in which an entry is incomplete', (result, message) => {
    expect(() => read(result)).toThrow(message);
  });

  // It would become the gateway of the default route of the other family, and the guest agent fails the sandbox.
  it('refuses a gateway of another IP version than its address', () => {
    expect(() => read({ ips: [{ address: '10.88.0.5/24', gateway: 'fd00::1' }] })).toThrow(
      'gave the address 10.88.0.5/24 the gateway fd00::1, which is of the other IP version',
    );
  });
});
