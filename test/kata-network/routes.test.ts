import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isSelected, routesOf, withRoutes } from '../../src/kata-network/routes.ts';
import type { GivenRoute } from '../../src/kata-network/requests/route-request.ts';
import type { InterfaceRecord } from '../../src/kata-network/interfaces.ts';
import { readRoute, readSelection } from '../../src/kata-network/requests/route-request.ts';
import { withChanged } from '../../src/dan/merge.ts';
import { encodeRoute } from '../../src/dan/encode.ts';
import { profiles } from '../../src/dan/profile.ts';
import { bitsOfAddress, sameNetwork } from '../model/address-bits.ts';

/** An interface whose file has the given routes. */
function interfaceWith(given: readonly GivenRoute[], ifname = 'eth1') {
  const routes = given.map((one) => ({
    ...encodeRoute(profiles['runtime-rs'], { ...readRoute({ ...one }).route, onlink: false }),
  }));
  const record = { ifname, clientData: { routes: given } } as unknown as InterfaceRecord;
  return { record, entry: { name: ifname, network_info: { interface: {}, routes } } };
}

const of = (dest: string, gateway = '', device = 'eth1'): GivenRoute => ({ dest, gateway, device });

describe('the routes of a file', () => {
  const given = [of('default', '10.0.0.1'), of('172.17.10.10/24'), of('10.9.8.7'), of('2001:DB8::7/64', 'fe80::1')];
  const { record, entry } = interfaceWith(given);

  it('are told as they were given, in their order', () => {
    expect(routesOf({ record, entry }).map((route) => route.given)).toEqual(given);
    expect(routesOf({ record, entry }).map(({ route }) => route['dest'])).toEqual([
      '0.0.0.0/0',
      '172.17.10.0/24',
      '10.9.8.7/32',
      '2001:db8::/64',
    ]);
  });

  it('are told as they stand where nobody knows how they were given', () => {
    const unknown = { ...record, clientData: { ...record.clientData, routes: [] } };
    expect(routesOf({ record: unknown, entry }).map((route) => route.given)).toEqual([
      of('0.0.0.0/0', '10.0.0.1'),
      of('172.17.10.0/24'),
      of('10.9.8.7/32'),
      of('2001:db8::/64', 'fe80::1'),
    ]);
  });

  it('are none in an entry that somebody broke', () => {
    for (const broken of [
      {},
      { network_info: 7 },
      { network_info: { routes: 'none' } },
      { network_info: { routes: [7] } },
    ]) {
      expect(routesOf({ record, entry: broken })).toEqual([]);
    }
  });

  it('are replaced without a change to anything else', () => {
    const edited = {
      ...entry,
      more: 1,
      network_info: { ...entry.network_info, neighbors: [{ ip_address: '10.0.0.2/32' }] },
    };
    expect(withRoutes({ entry: edited }, []).entry).toEqual({
      ...edited,
      network_info: { ...edited.network_info, routes: [] },
    });
    const others = [{ cni: { network: 'kata-net', ifname: 'eth1' } }, { name: 'of somebody' }];
    const own = { cni: { network: '@kata-network', ifname: 'eth1' } };
    const changed = { network: '@kata-network', ifname: 'eth1', entry: edited };
    expect(withChanged({ netns: null, devices: [...others, own] }, [changed])).toEqual({
      netns: null,
      devices: [...others, edited],
    });
    expect(withChanged({ netns: null, devices: others }, [changed]).devices).toEqual(others);
  });
});

const octet = fc.integer({ min: 1, max: 3 });
const ipv4 = fc.tuple(octet, octet).map(([a, b]) => `10.0.${a}.${b}`);
const ipv6 = fc.tuple(octet, octet).map(([a, b]) => `2001:db8::${a}:${b}`);

const someRoute = fc
  .tuple(
    fc.oneof(
      fc.tuple(ipv4, fc.constantFrom('', '/0', '/16', '/24', '/31', '/32'), fc.option(ipv4)),
      fc.tuple(ipv6, fc.constantFrom('', '/0', '/64', '/112', '/127', '/128'), fc.option(ipv6)),
      fc.tuple(fc.constant('default'), fc.constant(''), fc.oneof(ipv4, ipv6)),
    ),
    fc.constantFrom('eth1', 'eth2'),
  )
  .map(([[ip, mask, gateway], device]) => of(ip + mask, gateway ?? '', device))
  .filter(({ dest, gateway }) => gateway !== '' || !dest.endsWith('/0'));

const someSelection = fc
  .tuple(someRoute, fc.boolean(), fc.boolean())
  .map(([{ dest, gateway, device }, byGateway, onDevice]) => ({
    dest,
    ...(byGateway ? { gateway } : {}),
    ...(onDevice ? { device } : {}),
  }));

// Which routes are meant, derived from the raw texts without dan's code.
function isMeant(selection: { dest: string; gateway?: string; device?: string }, route: GivenRoute): boolean {
  const { gateway = '', device = route.device } = selection;
  const sameGateway =
    gateway === '' ||
    (route.gateway !== '' &&
      family(gateway) === family(route.gateway) &&
      bitsOfAddress(gateway) === bitsOfAddress(route.gateway));
  return device === route.device && sameGateway && sameDestination(selection.dest, gateway, route);
}

function sameDestination(dest: string, gateway: string, route: GivenRoute): boolean {
  if (dest === 'default' && gateway === '') return lengthOf(route.dest) === 0;
  const [one, other] = [plain(dest, gateway), plain(route.dest, route.gateway)];
  if (family(one) !== family(other) || lengthOf(one) !== lengthOf(other)) return false;
  const [ip = ''] = one.split('/');
  const [otherIp = ''] = other.split('/');
  return sameNetwork(ip, otherIp, lengthOf(one), family(one) === 4 ? 32 : 128);
}

function plain(dest: string, gateway: string): string {
  if (dest !== 'default') return dest;
  return gateway.includes(':') ? '::/0' : '0.0.0.0/0';
}

function family(text: string): 4 | 6 {
  return text.includes(':') ? 6 : 4;
}

function lengthOf(text: string): number {
  if (text === 'default') return 0;
  const [, length] = text.split('/');
  return length === undefined ? (family(text) === 4 ? 32 : 128) : Number(length);
}

describe('a selection', () => {
  it('means exactly the routes whose network it names, and that it narrows to', () => {
    fc.assert(
      fc.property(fc.array(someRoute, { maxLength: 8 }), someSelection, (given, selection) => {
        const meant = readSelection(selection);
        const told = given.filter((one) => {
          const [route] = routesOf(interfaceWith([one], one.device));
          return route !== undefined && isSelected(meant, route);
        });
        expect(told).toEqual(given.filter((one) => isMeant(selection, one)));
      }),
    );
  });

  it('of each route as it was given takes it away, in any order: nothing is left', () => {
    const some = fc.uniqueArray(someRoute, { maxLength: 8, selector: ({ dest, gateway }) => plain(dest, gateway) });
    fc.assert(
      fc.property(
        some.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
        ([given, order]) => {
          let left = given.flatMap((one) => routesOf(interfaceWith([one], one.device)));
          for (const one of order) {
            const selection = readSelection({ ...one });
            left = left.filter((route) => !isSelected(selection, route));
          }
          expect(left).toEqual([]);
        },
      ),
    );
  });
});
