import { describe, expect, it } from 'vitest';

import type { DanEntry } from '../../src/dan/encode.ts';
import { guestFaults } from '../../src/hotplug/faults.ts';

const entry = {
  name: 'net1',
  guest_mac: '02:00:00:00:00:AA',
  network_info: {
    interface: { ip_addresses: ['10.99.0.2/24', 'FD00:99::2/64'], mtu: 1400, ntype: 'tuntap', flags: 0 },
    routes: [
      { dest: '10.200.0.0/16', gateway: '10.99.0.1' },
      { dest: '10.201.0.0/16', scope: 253 },
    ],
    neighbors: [],
  },
} as unknown as DanEntry;

const nic = {
  name: 'net1',
  mac: '02:00:00:00:00:aa',
  mtu: 1400,
  addresses: ['10.99.0.2/24', 'fd00:99::2/64', 'fe80::ff:fe00:aa/64'],
};
const route = { device: 'net1', source: '', scope: 0, mtu: 0 };
// The agent's report about a route with a gateway.
const routes = [
  { ...route, destination: '0.0.0.0', gateway: '10.99.0.1' },
  { ...route, destination: '10.201.0.0/16', gateway: '', scope: 253 },
];

describe('what a guest has of an interface', () => {
  it('is as its entry says', () => {
    expect(guestFaults(entry, [{ ...nic, name: 'lo', mac: '' }, nic], routes)).toEqual([]);
  });

  it('is not judged where the agent keeps it to itself', () => {
    expect(guestFaults(entry, undefined, undefined)).toEqual([]);
    expect(guestFaults(entry, [nic], undefined)).toEqual([]);
  });

  it.each([
    [[], routes, ['the guest has no interface with the MAC 02:00:00:00:00:AA']],
    [[{ ...nic, name: 'eth0' }], routes, ['the interface "net1" is called "eth0" in the guest']],
    [[{ ...nic, mtu: 1500 }], routes, ['"net1" in the guest has the MTU 1500, and got 1400']],
    [[{ ...nic, addresses: ['10.99.0.2/24'] }], routes, ['"net1" in the guest no longer has the address fd00:99::2']],
    [[nic], routes.slice(1), ['the guest no longer has the route to 10.200.0.0/16 by 10.99.0.1 on "net1"']],
    [[nic], routes.slice(0, 1), ['the guest no longer has the route to 10.201.0.0/16 on "net1"']],
    [
      [nic],
      routes.map((one) => ({ ...one, device: 'eth0' })),
      [
        'the guest no longer has the route to 10.200.0.0/16 by 10.99.0.1 on "net1"',
        'the guest no longer has the route to 10.201.0.0/16 on "net1"',
      ],
    ],
  ])('%j with the routes %j: %j', (interfaces, listed, faults) => {
    expect(guestFaults(entry, interfaces, listed)).toEqual(faults);
  });
});
