import { describe, expect, it } from 'vitest';

import { fromIpam } from '../../../src/attach/add/from-ipam.ts';
import type { JsonObject } from '../../../src/json/object.ts';
import { cidr, ip } from '../../model/parsed-address.ts';

const four = { address: '10.88.0.5/24', gateway: '10.88.0.1' };
const six = { address: 'fd00:88::5/64', gateway: 'fd00:88::1' };
const defaultRoute = { dst: '0.0.0.0/0' };

describe('fromIpam', () => {
  const read = (result: JsonObject) => fromIpam('host-local', result);

  it('reads results of every CNI version', () => {
    const routes = [{ dst: '0.0.0.0/0', mtu: 0, advmss: 0, priority: 0, table: 254, scope: 0 }];
    expect(read({ ips: [{ version: '4', interface: 0, ...four }], routes })).toEqual({
      addresses: [{ address: cidr('10.88.0.5/24'), gateway: ip('10.88.0.1') }],
      routes: [{ dst: cidr('0.0.0.0/0') }],
      neighbors: [],
      dns: {},
      warnings: [],
    });
    expect(read({ ips: [four], routes: null, dns: null })).toMatchObject({ routes: [], dns: {} });
  });

  it.each([null, ''])('takes a gateway %j for none', (gateway) => {
    const routes = [{ dst: '10.9.0.0/16', gw: gateway, mtu: null, scope: null, priority: null }];
    const given = read({ ips: [{ ...four, gateway }], routes });
    expect(given.warnings).toEqual([]);
    expect(given.addresses[0]?.gateway).toBeUndefined();
    expect(given.routes[0]?.gw).toBeUndefined();
  });

  it.each(['nameservers', 'search', 'options', 'domain'])(
    'takes "%s" of DNS settings for none where it is null',
    (key) => {
      expect(read({ ips: [four], dns: { [key]: null } })).toMatchObject({ dns: {}, warnings: [] });
    },
  );

  const once = 'which is taken once';

  it.each([
    [{ ips: [{ ...four, gateway: '0.0.0.0' }] }, ['10.88.0.5/24'], [], 'the gateway 0.0.0.0, which is taken for none'],
    [{ ips: [{ ...six, gateway: '0::0' }] }, ['fd00:88::5/64'], [], 'the gateway ::, which is taken for none'],
    [{ ips: [four, four] }, ['10.88.0.5/24 10.88.0.1'], [], `gave the address 10.88.0.5 twice, ${once}`],
    [{ ips: [six, { ...six, address: 'FD00:88:0::5/64' }] }, ['fd00:88::5/64 fd00:88::1'], [], once],
    [{ ips: [four], routes: [defaultRoute, defaultRoute] }, ['10.88.0.5/24 10.88.0.1'], ['0.0.0.0/0'], once],
    [
      { ips: [four], routes: [defaultRoute, { dst: '0.0.0.0/0', gw: '10.88.0.1', mtu: 0 }] },
      ['10.88.0.5/24 10.88.0.1'],
      ['0.0.0.0/0'],
      'gave a route twice, which is taken once',
    ],
  ])('takes %j in the one way that it can be meant, and says so', (answer, addresses, routes, warning) => {
    const given = read(answer);
    const texts = given.addresses.map(({ address, gateway }) =>
      [`${address.text}/${address.prefix}`, ...(gateway === undefined ? [] : [gateway.text])].join(' '),
    );
    expect(texts).toEqual(addresses);
    expect(given.routes.map(({ dst }) => `${dst.text}/${dst.prefix}`)).toEqual(routes);
    expect(given.warnings).toEqual([expect.stringMatching(/^the IPAM plugin host-local gave /)]);
    expect(given.warnings[0]).toContain(warning);
  });

  it.each([
    [{ ips: [{ address: '10.88.0.5' }] }, 'the address "10.88.0.5", which has no prefix length'],
    [{ ips: [{ address: '127.0.0.1/8' }] }, 'the address "127.0.0.1/8", which is a loopback address'],
    [{ ips: [{ ...four, gateway: '10.88.0.1/24' }] }, 'the gateway "10.88.0.1/24", which is not an IP address'],
    [{ ips: [{ ...four, gateway: '127.0.0.1' }] }, 'the gateway 127.0.0.1, which is a loopback address'],
    [{ ips: [{ ...six, gateway: 'ff02::1' }] }, 'the gateway ff02::1, which is a multicast address'],
    [{ ips: [four, { ...four, address: '10.88.0.5/16' }] }, 'twice, as 10.88.0.5/24 with the gateway 10.88.0.1 and as'],
    [{ ips: [four, { ...four, gateway: '10.88.0.2' }] }, 'and as 10.88.0.5/24 with the gateway 10.88.0.2'],
    [
      { ips: [four], routes: [{ dst: '10.9.0.0/16', gw: '0.0.0.0' }] },
      'the gateway 0.0.0.0, which may mean that the destination is on the link itself ("scope": 253), or that the gateway is',
    ],
    [
      { ips: [six], routes: [{ dst: 'fd00:9::/48', gw: '::' }] },
      'the gateway ::, which may mean that the destination is on the link itself ("scope": 253), or that the gateway is',
    ],
    [{ routes: [{ dst: '10.1.2.3/8' }] }, 'the destination "10.1.2.3/8", which has host bits set'],
    [{ routes: [{ dst: '::/0', gw: 'x' }] }, 'the gateway "x", which is not an IP address'],
    [{ routes: [{ dst: '::/0', mtu: 1 }] }, 'the MTU of a route 1, which must be 68 to 9600 bytes'],
    [{ routes: [{ dst: '::/0', scope: 200 }] }, 'gave the route to ::/0 an "advmss", "table" or "scope"'],
    [{ routes: [{ dst: '::/0', table: 100 }] }, 'gave the route to ::/0 an "advmss", "table" or "scope"'],
    [{ routes: [{ dst: '::/0', advmss: 1360 }] }, 'gave the route to ::/0 an "advmss", "table" or "scope"'],
    [{ routes: [{ dst: '::/0', priority: 5 }] }, 'gave an impossible route: the route to ::/0 has priority 5'],
    [{ routes: [{ dst: '::/0', gw: '10.0.0.1' }] }, 'the gateway 10.0.0.1, which is of the other IP version'],
    [{ routes: [{ dst: '0.0.0.0/0', gw: '127.0.0.1' }] }, 'the gateway 127.0.0.1, which is a loopback address'],
    [{ routes: [{ dst: '::/0', gw: 'ff02::1' }] }, 'the gateway ff02::1, which is a multicast address'],
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

  it.each<[JsonObject, string]>([
    [{}, 'gave no address, and an interface with "ipam" needs one'],
    [{ ips: null }, 'gave no address'],
    [{ ips: [], routes: [defaultRoute] }, 'gave no address'],
    [{ interfaces: [{ name: 'eth0' }], dns: { domain: 'a' } }, 'gave no address'],
    [{ ips: {} }, 'gave "ips" {}, which must be a list'],
    [{ ips: [four], routes: Array(20_001).fill(defaultRoute) }, 'gave "routes" of 20001 elements, and dan takes 20000'],
    [{ ips: four }, 'which must be a list'],
    [{ ips: '10.88.0.5/24' }, 'gave "ips" "10.88.0.5/24", which must be a list'],
    [{ ips: 0 }, 'gave "ips" 0, which must be a list'],
    [{ ips: [four], routes: { dst: '::/0' } }, 'gave "routes" {"dst":"::/0"}, which must be a list'],
    [{ ips: [four], dns: ['10.0.0.2'] }, 'gave "dns" ["10.0.0.2"], which must be an object'],
    [
      { ips: [four], dns: { nameservers: '10.0.0.2' } },
      'gave "dns.nameservers" "10.0.0.2", which must be a list of texts',
    ],
    [{ ips: [four], dns: { search: ['a', { b: 1 }] } }, 'which must be a list of texts'],
    [{ ips: [four], dns: { options: [[[]]] } }, 'gave "dns.options" [[[]]], which must be a list of texts'],
    [{ ips: [four], dns: { domain: 7 } }, 'gave "dns.domain" 7, which must be a text'],
    [{ ip4: { ip: '10.88.0.5/24' } }, 'gave "ip4", the form of CNI 0.2.0'],
    [{ ips: [four], ip6: { ip: 'fd00::5/64' } }, 'gave "ip6", the form of CNI 0.2.0'],
  ])('refuses the answer %j, which has another form', (result, message) => {
    expect(() => read(result)).toThrow(message);
    expect(() => read(result)).toThrow(expect.objectContaining({ name: 'ipam-plugin-failed', code: 111 }));
  });

  // `readResult` drops such parts, so the pod would get less than the plugin gave.
  it.each([
    [{ ips: [{}] }, 'gave "ips" [{}], in which an entry lacks an address'],
    [{ ips: [four, { gateway: '10.88.0.1' }] }, 'in which an entry lacks an address'],
    [{ routes: [{}] }, 'gave "routes" [{}], in which an entry lacks a destination'],
  ])('refuses the answer %j, in which an entry is incomplete', (result, message) => {
    expect(() => read(result)).toThrow(message);
  });

  // It would become the gateway of the other family's default route, for which the guest agent fails the sandbox.
  it('refuses a gateway of another IP version than its address', () => {
    expect(() => read({ ips: [{ address: '10.88.0.5/24', gateway: 'fd00::1' }] })).toThrow(
      'gave the address 10.88.0.5/24 the gateway fd00::1, which is of the other IP version',
    );
  });
});
