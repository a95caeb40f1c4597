import { describe, expect, it } from 'vitest';

import { fromIpam, planRoutes } from '../../../src/attach/add/addressing.ts';
import { type Outcome, resultOf, withTap } from '../../../src/attach/add/result.ts';
import { readResult, toVersion } from '../../../src/protocol/result.ts';
import { supportedVersions } from '../../../src/protocol/version.ts';

const given = fromIpam('host-local', {
  ips: [{ address: '10.88.0.5/24', gateway: '10.88.0.1' }, { address: 'FD00:88::5/64' }],
  routes: [
    { dst: '0.0.0.0/0', mtu: 1400 },
    { dst: '10.9.0.0/16', scope: 253 },
    { dst: '::/0', gw: 'fe80::1' },
  ],
});

const outcome: Outcome = {
  tap: { name: 'dan1b3029b14dd', mac: 'fe:7e:84:d3:93:a9', in: 'host' },
  socketPath: undefined,
  mtu: 1500,
  ifname: 'eth0',
  guestMac: '02:5c:1e:07:9a:41',
  netns: '/run/netns/pod',
  addresses: given.addresses,
  routes: planRoutes({ ...given, defaultRoute: true }),
  dns: { nameservers: ['10.88.0.1'] },
};

const tap = { name: 'dan1b3029b14dd', mac: 'fe:7e:84:d3:93:a9', mtu: 1500 };
const guest = { name: 'eth0', mac: '02:5c:1e:07:9a:41', mtu: 1500, sandbox: '/run/netns/pod' };

describe('the result of an ADD', () => {
  it("has the tap, then the guest's interface with every address", () => {
    expect(resultOf(outcome, undefined)).toStrictEqual({
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
    const { interfaces, ips } = resultOf({ ...outcome, addresses: [], routes: [] }, undefined);
    expect({ interfaces, ips }).toEqual({ interfaces: [tap, guest], ips: [] });
  });

  it('keeps what plugins before it made, and points behind their interfaces', () => {
    const previous = readResult({
      interfaces: [{ name: 'a' }, { name: 'b', sandbox: '/run/netns/pod' }],
      ips: [{ address: '192.0.2.5/24', interface: 1 }],
      routes: [{ dst: '192.0.2.0/24' }],
    });
    const result = resultOf(outcome, previous);
    expect(result.interfaces).toEqual([...previous.interfaces, tap, guest]);
    expect(result.ips.map(({ interface: index }) => index)).toEqual([1, 3, 3]);
    expect(result.routes[0]).toEqual({ dst: '192.0.2.0/24' });
    expect(result.routes).toHaveLength(4);
  });
});

describe('the result of an ADD without a tap', () => {
  const socketPath = '/run/dan/vhost-user/dan1b3029b14dd.sock';
  const bySocket: Outcome = { ...outcome, tap: undefined, socketPath };

  it("has the guest's interface with its socket, and points to it", () => {
    const { interfaces, ips } = resultOf(bySocket, undefined);
    expect(interfaces).toStrictEqual([{ ...guest, socketPath }]);
    expect(ips.map(({ interface: index }) => index)).toEqual([0, 0]);
  });

  it('keeps what plugins before it made, and points behind their interfaces', () => {
    const previous = readResult({ interfaces: [{ name: 'a' }, { name: 'b' }] });
    const { interfaces, ips } = resultOf(bySocket, previous);
    expect(interfaces).toStrictEqual([...previous.interfaces, { ...guest, socketPath }]);
    expect(ips.map(({ interface: index }) => index)).toEqual([2, 2]);
  });

  it.each(supportedVersions)('names the socket in CNI %s, if that knows it', (version) => {
    const text = JSON.stringify(toVersion(resultOf(bySocket, undefined), version));
    expect(text.includes(socketPath)).toBe(version === '1.1.0');
    expect(text.includes('socketPath')).toBe(version === '1.1.0');
  });

  it('has no socket, where the device has none', () => {
    for (const one of resultOf(outcome, undefined).interfaces) expect(one).not.toHaveProperty('socketPath');
  });
});

describe('the result for an interface that a plugin before made', () => {
  const previous = readResult({
    interfaces: [
      { name: 'br0', mac: '02:00:00:00:00:b0' },
      { name: 'eth0', mac: '02:5c:1e:07:9a:41', sandbox: '/run/netns/pod' },
    ],
    ips: [{ address: '10.88.0.5/16', gateway: '10.88.0.1', interface: 1 }],
    routes: [{ dst: '0.0.0.0/0', gw: '10.88.0.1', priority: 7 }],
    dns: { nameservers: ['10.88.0.1'], domain: 'example.org' },
  });

  it('is that of the plugin, and the tap behind its interfaces, so that all it points to stays', () => {
    const { dns } = previous;
    expect(withTap(previous, { ...outcome, dns })).toStrictEqual({
      ...previous,
      interfaces: [...previous.interfaces, tap],
    });
  });

  it('says that a tap in the pod is there', () => {
    const inPod = { ...outcome, tap: { name: tap.name, mac: tap.mac, in: 'pod' as const } };
    const expected = { ...tap, sandbox: '/run/netns/pod' };
    expect(withTap(previous, inPod).interfaces.at(-1)).toStrictEqual(expected);
    expect(resultOf(inPod, undefined).interfaces).toStrictEqual([expected, guest]);
  });

  // "dns" of a configuration and of the runtime would be a setting without effect.
  it('has the DNS settings that the configuration gives', () => {
    const dns = { nameservers: ['192.0.2.53'] };
    expect(withTap(previous, { ...outcome, dns }).dns).toEqual(dns);
  });
});
