import { describe, expect, it } from 'vitest';

import type { Allocation } from '../../../src/attach/add/addressing.ts';
import { allocateKnown } from '../../../src/attach/add/allocate.ts';
import type { ExistingDocument } from '../../../src/dan/merge.ts';
import { planDevice } from '../../../src/kinds/kinds.ts';
import type { Mac } from '../../../src/model/mac.ts';
import type { Mtu } from '../../../src/model/mtu.ts';
import { nodeView } from '../../kinds/node.ts';
import { taskOf } from './task.ts';
import { cidr, ip } from '../../model/parsed-address.ts';

function plan(changes: object, mtu = 1500, document?: ExistingDocument): Allocation {
  const task = taskOf({ ...changes });
  const view = nodeView();
  const plan = { ...planDevice(task.config.device, view), mtu: mtu as Mtu, guestMac: '02:00:00:00:00:01' as Mac };
  return allocateKnown({ ...task, plan, view, document });
}

const addresses = ['10.88.0.5/24', 'fd00:88::5/64'];
const other = {
  name: 'net1',
  guest_mac: '02:00:00:00:00:02',
  network_info: {
    interface: { ip_addresses: ['10.88.0.6/24'] },
    routes: [{ dest: '0.0.0.0/0', gateway: '10.88.0.1' }, { dest: '10.9.0.0/16' }],
  },
  cni: { network: 'other', ifname: 'net1' },
};
const file: ExistingDocument = { netns: null, devices: [other] };
const byGateway = (dst: string) => ({ dst, gw: '10.88.0.1' });

describe('the allocation for fixed addresses', () => {
  it('has the addresses, routes and DNS settings of the configuration', () => {
    const dns = { nameservers: ['10.88.0.1'] };
    expect(plan({ addresses, routes: [byGateway('0.0.0.0/0')], dns })).toEqual({
      addresses: [{ address: cidr('10.88.0.5/24') }, { address: cidr('fd00:88::5/64') }],
      routes: [
        {
          dst: cidr('0.0.0.0/0'),
          gw: ip('10.88.0.1'),
          onlink: false,
        },
      ],
      neighbors: [],
      dns,
    });
    expect(plan({})).toEqual({ addresses: [], routes: [], neighbors: [], dns: {} });
  });

  // A plugin in a list passes on what it gets from earlier ones.
  it('has the DNS settings of previous plugins if the configuration has none', () => {
    const prevResult = { cniVersion: '1.0.0', dns: { nameservers: ['192.0.2.53'] } };
    const dns = { nameservers: ['10.88.0.1'] };
    expect(plan({ prevResult }).dns).toEqual(prevResult.dns);
    expect(plan({ prevResult, dns: {} }).dns).toEqual(prevResult.dns);
    expect(plan({ prevResult, dns }).dns).toEqual(dns);
    expect(plan({ prevResult, runtimeConfig: { dns: { Servers: ['10.88.0.2'] } } }).dns).toEqual({
      nameservers: ['10.88.0.2'],
    });
  });

  // The guest agent adds each address once (EEXIST fails the sandbox), and the last neighbor of an address wins.
  it.each([
    [{ addresses: ['10.88.0.5/24', '10.88.0.5/24'] }, 'the address 10.88.0.5'],
    [{ addresses: ['fd00::5/64', 'FD00::5/128'] }, 'the address fd00::5'],
    [
      {
        neighbors: [
          { address: '10.88.0.9', mac: '02:00:00:00:00:01' },
          { address: '10.88.0.9/32', mac: '02:00:00:00:00:02' },
        ],
      },
      'the neighbor 10.88.0.9',
    ],
  ])('refuses the repeated entry in %j', (twice, what) => {
    expect(() => plan(twice)).toThrow(
      expect.objectContaining({
        name: 'invalid-configuration',
        code: 7,
        message: `${what} is given twice: leave one out`,
      }),
    );
  });

  it('accepts a DAN file with other addresses and routes', () => {
    expect(plan({ addresses, routes: [byGateway('10.8.0.0/16')] }, 1500, file).routes).toHaveLength(1);
    expect(plan({ routes: [byGateway('0.0.0.0/0')], defaultRoute: false }, 1500, file).routes).toEqual([]);
  });

  it.each([
    [{ addresses: ['10.88.0.6/16'] }, 'duplicate-in-sandbox', 'the address 10.88.0.6 is that of the interface "net1"'],
    [{ routes: [byGateway('0.0.0.0/0')] }, 'second-default-route', 'the interface "net1" of network "other" has'],
    [{ routes: [byGateway('10.9.0.0/16')] }, 'duplicate-route', 'has a route to 10.9.0.0/16 already'],
  ])('refuses %j, which the DAN file has already', (changes, name, message) => {
    expect(() => plan(changes, 1500, file)).toThrow(
      expect.objectContaining({ name, code: 7, message: expect.stringContaining(message) }),
    );
    expect(() => plan(changes)).not.toThrow();
  });

  it.each([
    { addresses: ['fd00::5/64'] },
    { routes: [{ dst: 'fd00:1::/64', scope: 253 }] },
    { neighbors: [{ address: 'fd00::9', mac: '02:00:00:00:00:09' }] },
  ])('refuses %j with an MTU of 1279, and accepts it with 1280', (changes) => {
    expect(() => plan(changes, 1279)).toThrow(expect.objectContaining({ name: 'mtu-too-small-for-ipv6' }));
    expect(() => plan(changes, 1280)).not.toThrow();
  });

  it('accepts an IPv6 default route with an MTU of 68 if "defaultRoute": false drops it', () => {
    const routes = [{ dst: '::/0', gw: 'fd00::1' }];
    expect(plan({ routes, defaultRoute: false }, 68).routes).toEqual([]);
  });

  it.each(['runtime-rs', 'runtime-rs-3'])(
    'refuses a route whose source is no address of the guest with "runtime": "%s"',
    (runtime) => {
      const routes = (source: string) => [{ ...byGateway('0.0.0.0/0'), source }];
      expect(plan({ runtime, addresses, routes: routes('10.88.0.5') }).routes[0]?.source?.text).toBe('10.88.0.5');
      expect(() => plan({ runtime, addresses, routes: routes('10.88.0.7') })).toThrow(
        expect.objectContaining({
          name: 'not-carried-by-profile',
          code: 7,
          message: expect.stringContaining("10.88.0.7, which is none of the guest's addresses (10.88.0.5, fd00:88::5)"),
        }),
      );
    },
  );

  it('accepts a route with any source with "runtime": "generic"', () => {
    const routes = [{ ...byGateway('0.0.0.0/0'), source: '172.18.0.1' }];
    expect(plan({ runtime: 'generic', addresses, routes }).routes[0]?.source?.text).toBe('172.18.0.1');
  });

  const net1 = (addresses: readonly string[], routes: readonly object[] = []): ExistingDocument => ({
    netns: null,
    devices: [{ ...other, network_info: { interface: { ip_addresses: addresses, mtu: 1500 }, routes } }],
  });
  const short = ({ routes }: Allocation): readonly string[] =>
    routes.map(({ dst, gw, onlink, scope = 0 }) =>
      [`${dst.text}/${dst.prefix}`, gw?.text ?? '-', scope, ...(onlink ? ['onlink'] : [])].join(' '),
    );

  // The guest's kernel: "Nexthop has invalid gateway or device mismatch".
  it('an IPv6 gateway on the link that another interface leads to gets a route of its own', () => {
    const changes = { addresses: ['fd00:2::2/64'], routes: [{ dst: '2001:db8:1::/48', gw: 'fd00:1::77' }] };
    expect(short(plan(changes))).toEqual(['2001:db8:1::/48 fd00:1::77 0 onlink']);
    const expected = ['fd00:1::77/128 - 253', '2001:db8:1::/48 fd00:1::77 0'];
    expect(short(plan(changes, 1500, net1(['fd00:1::2/64'])))).toEqual(expected);
    const byRoute = net1(['fd00:3::2/64'], [{ dest: 'fd00:1::/48', gateway: 'fd00:3::1' }]);
    expect(short(plan(changes, 1500, byRoute))).toEqual(expected);
    const byDefault = net1(['fd00:3::2/64'], [{ dest: '::/0', gateway: 'fd00:3::1' }]);
    expect(short(plan(changes, 1500, byDefault))).toEqual(['2001:db8:1::/48 fd00:1::77 0 onlink']);
  });

  it('an interface is refused that takes an IPv6 gateway away from another', () => {
    const there = net1([], [{ dest: '2001:db8:1::/48', gateway: 'fd00:1::77', flags: 4 }]);
    expect(() => plan({ addresses: ['fd00:1::2/64'] }, 1500, there)).toThrow(
      expect.objectContaining({
        name: 'invalid-configuration',
        message: expect.stringContaining(
          'has the gateway fd00:1::77 on the interface "net1" of network "other", but the guest reaches that address through ' +
            'this network',
        ),
      }),
    );
  });

  // The guest's kernel: "No route to host".
  it('an IPv6 gateway in the subnet is marked where a route before leads there by another gateway', () => {
    const routes = [
      { dst: 'fd00:1::/65', gw: 'fd00:1::1' },
      { dst: '2001:db8::/48', gw: 'fd00:1::77' },
    ];
    expect(short(plan({ addresses: ['fd00:1::2/64'], routes }))).toEqual([
      'fd00:1::/65 fd00:1::1 0',
      '2001:db8::/48 fd00:1::77 0 onlink',
    ]);
  });

  it.each([
    [{ addresses: ['10.1.0.2/24'], routes: [{ dst: '10.7.0.0/16', gw: '10.1.0.255' }] }, 'the broadcast address'],
    [{ addresses: ['10.1.0.2/24'], routes: [{ dst: '10.7.0.0/16', gw: '10.1.0.2' }] }, "the guest's own address"],
    [{ routes: [{ dst: '10.7.0.0/16', gw: '10.88.0.6' }] }, "the guest's own address"],
    [
      { addresses: ['10.88.1.5/24'], routes: [{ dst: '10.88.0.0/24', gw: '10.88.1.1' }] },
      "would replace the guest kernel's own route",
    ],
    [
      { neighbors: [{ address: '10.88.0.9', mac: '02:00:00:00:00:09', flags: 1 }] },
      'only the flags 16 (external) and 128 (router)',
    ],
  ])('refuses %j, which the guest would refuse or lose', (changes, message) => {
    expect(() => plan(changes, 1500, file)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) }),
    );
  });
});
