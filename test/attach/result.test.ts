import { describe, expect, it } from 'vitest';

import { fromIpam, planRoutes } from '../../src/attach/addressing.ts';
import { type Outcome, resultOf } from '../../src/attach/result.ts';
import { readResult } from '../../src/protocol/result.ts';
import { tapOf } from '../device/taps.ts';

const given = fromIpam(
  'host-local',
  readResult({
    ips: [{ address: '10.88.0.5/24', gateway: '10.88.0.1' }, { address: 'FD00:88::5/64' }],
    routes: [
      { dst: '0.0.0.0/0', mtu: 1400 },
      { dst: '10.9.0.0/16', scope: 253 },
      { dst: '::/0', gw: 'fe80::1' },
    ],
  }),
);

const outcome: Outcome = {
  tap: tapOf(),
  ifname: 'eth0',
  guestMac: '02:5c:1e:07:9a:41',
  netns: '/run/netns/pod',
  addresses: given.addresses,
  routes: planRoutes({ ...given, defaultRoute: true }),
  dns: { nameservers: ['10.88.0.1'] },
  previous: undefined,
};

const tap = { name: 'dan1b3029b14dd', mac: 'fe:7e:84:d3:93:a9', mtu: 1500 };
const guest = { name: 'eth0', mac: '02:5c:1e:07:9a:41', mtu: 1500, sandbox: '/run/netns/pod' };

describe('the result of an ADD', () => {
  it("has the tap, then the guest's interface with every address", () => {
    expect(resultOf(outcome)).toStrictEqual({
      interfaces: [tap, guest],
      ips: [
        { address: '10.88.0.5/24', gateway: '10.88.0.1', interface: 1 },
        { address: 'fd00:88::5/64', interface: 1 },
      ],
      routes: [
        { dst: '0.0.0.0/0', gw: '10.88.0.1', mtu: 1400 },
        { dst: '10.9.0.0/16', scope: 253 },
        { dst: '::/0', gw: 'fe80::1' },
      ],
      dns: { nameservers: ['10.88.0.1'] },
    });
  });

  it('may have no address', () => {
    const { interfaces, ips } = resultOf({ ...outcome, addresses: [], routes: [] });
    expect({ interfaces, ips }).toEqual({ interfaces: [tap, guest], ips: [] });
  });

  it('keeps what plugins before it made, and points behind their interfaces', () => {
    const previous = readResult({
      interfaces: [{ name: 'a' }, { name: 'b', sandbox: '/run/netns/pod' }],
      ips: [{ address: '192.0.2.5/24', interface: 1 }],
      routes: [{ dst: '192.0.2.0/24' }],
    });
    const result = resultOf({ ...outcome, previous });
    expect(result.interfaces).toEqual([...previous.interfaces, tap, guest]);
    expect(result.ips.map(({ interface: index }) => index)).toEqual([1, 3, 3]);
    expect(result.routes[0]).toEqual({ dst: '192.0.2.0/24' });
    expect(result.routes).toHaveLength(4);
  });

  // A plugin in a list passes on what came before it.
  it.fails('keeps the DNS settings of plugins before it, if it has none of its own', () => {
    const dns = { nameservers: ['192.0.2.53'] };
    expect(resultOf({ ...outcome, dns: {}, previous: readResult({ dns }) }).dns).toEqual(dns);
  });
});
