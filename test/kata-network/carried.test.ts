import { describe, expect, it } from 'vitest';

import { refuseNotCarried } from '../../src/kata-network/plan-interface.ts';
import { readInterface } from '../../src/kata-network/requests/interface-request.ts';

const tap = { device: 'tap1', name: 'eth1', mtu: 1500, hwAddr: '02:42:20:6f:a2:80' };
const socket = { ...tap, vhostUserSocket: '/run/vhost-user1' };
const ipv6 = [{ address: '2001:db8::1', mask: '64' }];

const attempt = (given: object, hypervisor?: string) => () => {
  refuseNotCarried(readInterface({ ...given }), hypervisor);
};

describe('what the reader of the file carries', () => {
  it.each([
    ['a tap of any MTU', { ...tap, mtu: 9600 }, 'qemu'],
    ['a tap with IPv6', { ...tap, mtu: 1280, IPAddresses: ipv6 }, undefined],
    ['a small MTU with IPv4', { ...tap, mtu: 68, IPAddresses: [{ address: '10.0.0.1', mask: '8' }] }, undefined],
    ['a socket', socket, 'dragonball'],
    ['a socket where the hypervisor is not known', socket, undefined],
    ['a socket of a small MTU', { ...socket, mtu: 1300 }, 'dragonball'],
  ])('is %s', (_what, given, hypervisor) => {
    expect(attempt(given, hypervisor)).not.toThrow();
  });

  it.each([
    [{ ...socket, mtu: 1501 }, undefined, 'not-carried-by-profile', 'announces 1500'],
    [
      socket,
      'qemu',
      'not-carried-by-profile',
      "is for the hypervisor qemu, and under Kata's Rust runtime only dragonball",
    ],
    [{ ...tap, mtu: 1279, IPAddresses: ipv6 }, undefined, 'mtu-too-small-for-ipv6', 'IPv6 needs 1280'],
  ])('is not %j under %s', (given, hypervisor, name, why) => {
    expect(attempt(given, hypervisor)).toThrow(
      expect.objectContaining({ name, code: 7, message: expect.stringContaining(why) as string }),
    );
  });
});
