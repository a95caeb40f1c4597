import { describe, expect, it } from 'vitest';

import { guestFaults } from '../../src/dan/guest-faults.ts';
import { guestOf } from '../../src/dan/guest-entry.ts';
import { guestErrors } from '../../src/dan/guest-texts.ts';
import { parseDocument } from '../../src/dan/merge.ts';
import { readRuntimeRs } from '../../src/reader/runtime-rs.ts';
import { cidr } from '../model/parsed-address.ts';

/** A short form of a device in a file. */
interface Short {
  readonly name?: string;
  readonly mac?: string;
  readonly mtu?: number;
  readonly addresses?: readonly string[];
  readonly routes?: readonly object[];
  readonly neighbors?: readonly object[];
}

function textOf(devices: readonly Short[]): string {
  return JSON.stringify({
    devices: devices.map(({ name, mac, mtu = 1500, addresses = [], routes = [], neighbors = [] }, at) => ({
      name: name ?? `eth${at}`,
      guest_mac: mac ?? `02:00:00:00:00:0${at}`,
      device: { type: 'host-tap', tap_name: `tap${at}` },
      network_info: { interface: { ip_addresses: addresses, mtu }, routes, neighbors },
      cni: { network: `net${at}`, ifname: `eth${at}` },
    })),
  });
}

/** A sandbox's faults, each as `kind interface other what`; with a trailing `-`, the guest continues without it. */
function faultsOf(...devices: readonly Short[]): readonly string[] {
  const reading = readRuntimeRs(textOf(devices));
  if (!reading.accepted) throw new Error(JSON.stringify(reading.refusals));
  const guest = reading.devices.map((device) => device.guest);
  return guestFaults(guest).map(({ of, on, other, what, isLost }) => {
    return [of, on.name, other.name, what, ...(isLost === true ? ['-'] : [])].join(' ');
  });
}

const via = (dest: string, gateway: string, more: object = {}) => ({ dest, gateway, ...more });
const onLink = (dest: string, more: object = {}) => ({ dest, scope: 253, ...more });
const neighbor = (ip_address: string, more: object = {}) => ({
  ...{ ip_address, hardware_addr: '02:00:00:00:00:aa', state: 128, ...more },
});
const four = { addresses: ['10.0.0.5/24'] };
const six = { addresses: ['fd00::5/64'] };

describe('a guest gets all of', () => {
  it.each<[string, readonly Short[]]>([
    ['a gateway in the subnet', [{ ...four, routes: [via('0.0.0.0/0', '10.0.0.1')] }]],
    ['a gateway on the link', [{ addresses: ['10.0.0.5/32'], routes: [via('', '10.0.0.1', { flags: 4 })] }]],
    ['a gateway behind a route of the link', [{ routes: [via('', '10.0.0.1'), onLink('10.0.0.1/32')] }]],
    ['an IPv6 gateway in the subnet', [{ ...six, routes: [via('::/0', 'fd00::1')] }]],
    ['a link-local gateway', [{ addresses: ['fd00::5/128'], routes: [via('::/0', 'fe80::1')] }]],
    ['a source that is its own', [{ ...four, routes: [via('', '10.0.0.1', { source: '10.0.0.5/0' })] }]],
    [
      'an IPv4 gateway on the link of another subnet',
      [four, { routes: [via('10.9.0.0/16', '10.0.0.9', { flags: 4 })] }],
    ],
    [
      'an IPv6 gateway in the subnets of both',
      [six, { addresses: ['fd00::6/64'], routes: [via('fd09::/48', 'fd00::1')] }],
    ],
    [
      'an IPv6 gateway that only a default route covers',
      [{ ...six, routes: [via('::/0', 'fd00::1')] }, { routes: [via('fd09::/48', 'fd01::1', { flags: 4 })] }],
    ],
    [
      'an IPv6 gateway in the subnet of another, with a route to it alone',
      [six, { routes: [onLink('fd00::9/128'), via('fd09::/48', 'fd00::9')] }],
    ],
    ['the last address of a /31', [{ addresses: ['10.0.0.4/31'], routes: [via('', '10.0.0.5')] }]],
    ['the first address of a subnet as gateway', [{ ...four, routes: [via('', '10.0.0.0')] }]],
    ['a route to its own subnet on the link', [{ ...four, routes: [onLink('10.0.0.0/24', { mtu: 1400 })] }]],
    [
      'a route to the IPv6 subnet of another',
      [six, { addresses: ['fd01::5/64'], routes: [via('fd00::/64', 'fd01::1')] }],
    ],
    ['a route to the one host that it is', [{ addresses: ['10.0.0.5/32'] }, { ...four, routes: [] }].slice(0, 1)],
    [
      'routes of IPv6 for different senders',
      [{ ...six, routes: [via('fd09::/48', 'fd00::1'), via('fd09::/48', 'fd00::2', { source: 'fd00::/64' })] }],
    ],
    [
      'neighbors that it keeps',
      [{ neighbors: [neighbor('10.0.0.9/32', { flags: 16 }), neighbor('fd00::9/128', { flags: 128 })] }],
    ],
    [
      'the same neighbor on two interfaces',
      [{ neighbors: [neighbor('10.0.0.9/32')] }, { neighbors: [neighbor('10.0.0.9/32')] }],
    ],
    ['IPv6 with an MTU of 1280', [{ ...six, mtu: 1280, routes: [via('::/0', 'fd00::1')] }]],
    ['IPv4 with an MTU of 68', [{ ...four, mtu: 68 }]],
  ])('%s', (_what, devices) => {
    expect(faultsOf(...devices)).toEqual([]);
  });
});

describe('a guest does not get all of', () => {
  it.each<[readonly Short[], readonly string[]]>([
    [[{ name: 'eth0' }, { name: 'eth0' }], ['name-taken eth0 eth0 eth0']],
    [[{ mac: '02:00:00:00:00:AA' }, { mac: '02:00:00:00:00:aa' }], ['mac-taken eth1 eth0 02:00:00:00:00:aa']],
    [[{ addresses: ['10.0.0.5/24', '10.0.0.5/16'] }], ['address-repeated eth0 eth0 10.0.0.5']],
    [[six, { addresses: ['FD00:0::5/128'] }], ['address-taken eth1 eth0 fd00::5']],
    [[{ neighbors: [neighbor('10.0.0.9/32'), neighbor('10.0.0.9/32')] }], ['neighbor-repeated eth0 eth0 10.0.0.9 -']],
    [
      [{ routes: [onLink('10.9.0.0/16')] }, { routes: [onLink('10.9.0.0/16')] }],
      ['route-taken eth1 eth0 10.9.0.0/16 -'],
    ],
    [
      [{ ...four, routes: [via('', '10.0.0.1'), via('0.0.0.0/0', '10.0.0.2')] }],
      ['default-route-taken eth0 eth0 0.0.0.0/0 -'],
    ],
    // A gateway that is unreachable, or reachable only through another gateway or interface.
    [[{ ...four, routes: [via('', '10.0.1.1')] }], ['gateway-unreachable eth0 eth0 10.0.1.1']],
    [[{ addresses: ['10.0.0.5/32'], routes: [via('', '10.0.0.1')] }], ['gateway-unreachable eth0 eth0 10.0.0.1']],
    [[four, { routes: [via('', '10.0.0.1')] }], ['gateway-unreachable eth1 eth1 10.0.0.1']],
    [[{ ...six, routes: [via('::/0', 'fd01::1')] }], ['gateway-unreachable eth0 eth0 fd01::1']],
    [
      [{ ...six, routes: [via('fd09::/48', 'fd00::1'), via('fd0a::/48', 'fd09::1')] }],
      ['gateway-behind eth0 eth0 fd09::1'],
    ],
    [
      [six, { addresses: ['fd01::5/64'], routes: [via('fd09::/48', 'fd00::77', { flags: 4 })] }],
      ['gateway-elsewhere eth1 eth0 fd00::77'],
    ],
    [
      [{ ...six, routes: [via('fd09::/48', 'fd00::1')] }, { routes: [via('fd0a::/48', 'fd09::77', { flags: 4 })] }],
      ['gateway-elsewhere eth1 eth0 fd09::77'],
    ],
    // A gateway that is not a router.
    [[{ ...four, routes: [via('', '10.0.0.5')] }], ['gateway-own eth0 eth0 10.0.0.5']],
    [[four, { routes: [via('', '10.0.0.5', { flags: 4 })] }], ['gateway-own eth1 eth0 10.0.0.5']],
    [[six, { routes: [onLink('fd00::5/128'), via('::/0', 'fd00::5')] }], ['gateway-own eth1 eth0 fd00::5']],
    [[{ ...four, routes: [via('', '10.0.0.255')] }], ['gateway-broadcast eth0 eth0 10.0.0.255']],
    [[four, { routes: [via('', '10.0.0.255', { flags: 4 })] }], ['gateway-broadcast eth1 eth0 10.0.0.255']],
    [[{ addresses: ['10.0.0.5/22'], routes: [via('', '10.0.3.255')] }], ['gateway-broadcast eth0 eth0 10.0.3.255']],
    // An address that is the broadcast address of an earlier interface's subnet; in the other order, the kernel keeps
    // both.
    [[{ addresses: ['10.0.0.5/29'] }, { addresses: ['10.0.0.7/16'] }], ['address-broadcast eth1 eth0 10.0.0.7 -']],
    [[{ addresses: ['10.0.0.7/16'] }, { addresses: ['10.0.0.5/29'] }], []],
    [[{ addresses: ['10.0.0.5/29', '10.0.0.7/16'] }], []],
    // The agent's request replaces the kernel's own route.
    [
      [four, { addresses: ['10.1.0.5/24'], routes: [via('10.0.0.0/24', '10.1.0.1')] }],
      ['subnet-taken eth1 eth0 10.0.0.0/24 -'],
    ],
    [[four, { routes: [onLink('10.0.0.0/24')] }], ['subnet-taken eth1 eth0 10.0.0.0/24 -']],
    [[{ ...four, routes: [via('10.0.0.0/24', '10.0.0.1')] }], ['subnet-taken eth0 eth0 10.0.0.0/24 -']],
    [[{ ...four, routes: [via('10.1.2.3/16', '10.0.0.1')] }], ['host-bits eth0 eth0 10.0.0.1']],
    [
      [{ ...four, routes: [via('10.1.0.0/16', '10.0.0.1', { scope: 253 })] }],
      ['gateway-with-scope eth0 eth0 10.0.0.1'],
    ],
    [[{ ...four, routes: [onLink('10.9.0.0/16', { source: '10.0.0.6/0' })] }], ['source-foreign eth0 eth0 10.0.0.6']],
    [[{ ...six, routes: [onLink('fd01::/64', { source: 'fd00::5/0' })] }], ['source-tentative eth0 eth0 fd00::5']],
    // The kernel silently removes IPv6, and a route then fails.
    [[{ ...six, mtu: 1279 }], ['mtu-small-for-ipv6 eth0 eth0 1279 -']],
    [[{ ...six, mtu: 1279, routes: [onLink('fd01::/64')] }], ['mtu-small-for-ipv6 eth0 eth0 1279']],
    [[{ ...four, mtu: 67 }], ['mtu-small eth0 eth0 67']],
    [[{ neighbors: [neighbor('10.0.0.9/32', { hardware_addr: '' })] }], ['neighbor-incomplete eth0 eth0 10.0.0.9']],
    ...[1, 2, 4, 8, 32, 64, 17].map((flags): [readonly Short[], readonly string[]] => [
      [{ neighbors: [neighbor('10.0.0.9/32', { flags })] }],
      [`neighbor-flags eth0 eth0 10.0.0.9 with flags ${flags} -`],
    ]),
  ])('the guest gets not all of %j', (devices, expected) => {
    expect(faultsOf(...devices)).toEqual(expected);
  });
});

describe('the devices of a file, in whatever form they were written', () => {
  const guest = (devices: readonly object[]) => {
    const parsed = parseDocument(JSON.stringify({ devices }));
    if (!parsed.ok) throw new Error(parsed.why);
    return guestOf(parsed.value);
  };

  it('devices that are hardly any have nothing wrong but one name', () => {
    const hardly = [{}, { network_info: { interface: { ip_addresses: 'x' }, routes: [1, { dest: 'x' }, {}] } }];
    expect(guestFaults(guest(hardly)).map(({ of }) => of)).toEqual(['name-taken']);
  });

  it('an empty destination is the default route, and an address may lack its prefix', () => {
    const link = { ip_addresses: ['10.9.0.6', 'FD00:0::7/64'] };
    const [one] = guest([{ name: 'x', network_info: { interface: link, routes: [{ dest: '', gateway: 'fd00::1' }] } }]);
    expect(one?.addresses.map(({ text, prefix }) => `${text}/${prefix}`)).toEqual(['10.9.0.6/32', 'fd00::7/64']);
    expect(one?.routes.map(({ dst }) => dst)).toEqual([cidr('::/0')]);
    expect(one?.called).toBe('the interface "x" of somebody else');
  });
});

describe('the error of ADD', () => {
  const errors = (...devices: readonly Short[]) => {
    const parsed = parseDocument(textOf(devices));
    if (!parsed.ok) throw new Error(parsed.why);
    return guestErrors(guestFaults(guestOf(parsed.value))).map(({ name, message }) => `${name}: ${message}`);
  };

  it('names everything that two interfaces share in one message, and whose it is', () => {
    expect(errors(four, { ...four, name: 'eth0', mac: '02:00:00:00:00:00' })).toEqual([
      'duplicate-in-sandbox: the name "eth0" is taken by the interface "eth0" of network "net0"; the MAC 02:00:00:00:00:00 is ' +
        'that of the interface "eth0" of network "net0"; the address 10.0.0.5 is that of the interface "eth0" of network ' +
        '"net0": change one of them',
    ]);
  });

  it.each<[readonly Short[], string]>([
    [
      [{ routes: [via('', 'fe80::1')] }, { routes: [via('::/0', 'fe80::2')] }],
      'second-default-route: the interface "eth0" of network "net0" has a default route ::/0 already, and a guest gets one: ' +
        'set "defaultRoute": false in the network whose default route you do not want',
    ],
    [
      [{ routes: [onLink('10.9.0.0/16')] }, { routes: [onLink('10.9.0.0/16')] }],
      'duplicate-route: the interface "eth0" of network "net0" has a route to 10.9.0.0/16 already, and a guest gets one: leave ' +
        'one out',
    ],
    [
      [four, { routes: [onLink('10.0.0.0/24')] }],
      "duplicate-route: the route to 10.0.0.0/24 would replace the guest kernel's own route to the subnet of the interface " +
        '"eth0" of network "net0": leave it out, or give it a shorter or longer prefix',
    ],
    [
      [{ ...four, routes: [via('', '10.0.0.255')] }],
      'invalid-configuration: the route to 0.0.0.0/0 has the gateway 10.0.0.255, which is the broadcast address of a subnet of ' +
        "the guest: name the router's",
    ],
    [
      [six, { routes: [via('fd09::/48', 'fd00::77', { flags: 4 })] }],
      'invalid-configuration: the route to fd09::/48 has the gateway fd00::77 on the interface "eth1" of network "net1", but ' +
        'the guest reaches that address through the interface "eth0" of network "net0": give the interface "eth1" of network ' +
        '"net1" a route to the gateway alone, with "scope": 253',
    ],
    [
      [{ ...six, mtu: 1279 }],
      'mtu-too-small-for-ipv6: the MTU is 1279, but IPv6 needs 1280: raise "mtu", or leave IPv6 addresses, routes and ' +
        'neighbors out',
    ],
  ])('%j', (devices, message) => {
    expect(errors(...devices)).toEqual([message]);
  });
});
