import { describe, expect, it } from 'vitest';

import { type Allocation, planRoutes } from '../../../src/attach/add/addressing.ts';
import { fromIpam } from '../../../src/attach/add/from-ipam.ts';
import { resultOf } from '../../../src/attach/add/result.ts';
import type { PlannedTask } from '../../../src/attach/add/task.ts';
import type { Plan } from '../../../src/kinds/device.ts';
import type { Device } from '../../../src/kinds/kinds.ts';
import type { Mac } from '../../../src/model/mac.ts';
import type { Mtu } from '../../../src/model/mtu.ts';
import { readResult, toVersion } from '../../../src/protocol/result.ts';
import { supportedVersions } from '../../../src/protocol/version.ts';
import { nodeView } from '../../kinds/node.ts';
import { planFor } from '../../kinds/redirections.ts';
import { derived as socketPath, planSocket } from '../../kinds/sockets.ts';
import { planOf } from '../../kinds/taps.ts';
import { taskOf } from './task.ts';

const given = fromIpam('host-local', {
  ips: [{ address: '10.88.0.5/24', gateway: '10.88.0.1' }, { address: 'FD00:88::5/64' }],
  routes: [
    { dst: '0.0.0.0/0', mtu: 1400 },
    { dst: '10.9.0.0/16', scope: 253 },
    { dst: '::/0', gw: 'fe80::1' },
  ],
  dns: { nameservers: ['10.88.0.1'] },
});

const allocation: Allocation = { ...given, routes: planRoutes({ ...given, defaultRoute: true }) };

const mac = '02:5c:1e:07:9a:41';

/** The ADD of a device in the namespace /run/netns/pod, behind a plugin with this result. */
function planned(plan: Plan<Device>, prevResult?: object, log: PlannedTask['log'] = () => undefined): PlannedTask {
  const task = taskOf(prevResult === undefined ? {} : { prevResult });
  const guest = { guestMac: mac as Mac, mtu: 1500 as Mtu };
  return { ...task, log, plan: { ...plan, ...guest }, view: nodeView(), document: undefined };
}

const byTap = planOf();
const bySocket = planSocket();
const { name, mac: tapMac } = { ...byTap.device, ...byTap.device.tap };
const tap = { name, mac: tapMac, mtu: 1500 };
const guest = { name: 'eth0', mac, mtu: 1500, sandbox: '/run/netns/pod' };

describe('the CNI result of an ADD with a tap', () => {
  it("has the tap, then the guest's interface with every address", () => {
    expect(resultOf(planned(byTap), allocation)).toStrictEqual({
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

  it('has the MTU of the tap, and that of the guest, where these differ', () => {
    const { interfaces } = resultOf(planned(planOf({ mtu: 1500 })), allocation);
    const smaller = { ...planned(byTap), plan: { ...byTap, guestMac: mac as Mac, mtu: 1400 as Mtu } };
    expect(interfaces.map(({ mtu }) => mtu)).toEqual([1500, 1500]);
    expect(resultOf(smaller, allocation).interfaces.map(({ mtu }) => mtu)).toEqual([1500, 1400]);
  });

  it('has no address if none was allocated', () => {
    const { interfaces, ips } = resultOf(planned(byTap), { ...allocation, addresses: [], routes: [] });
    expect({ interfaces, ips }).toEqual({ interfaces: [tap, guest], ips: [] });
  });

  it('keeps what earlier plugins made, and the addresses point behind their interfaces', () => {
    const previous = {
      interfaces: [{ name: 'a' }, { name: 'b', sandbox: '/run/netns/pod' }],
      ips: [{ address: '192.0.2.5/24', interface: 1 }],
      routes: [{ dst: '192.0.2.0/24' }],
    };
    const result = resultOf(planned(byTap, previous), allocation);
    expect(result.interfaces).toEqual([...previous.interfaces, tap, guest]);
    expect(result.ips.map(({ interface: index }) => index)).toEqual([1, 3, 3]);
    expect(result.routes[0]).toEqual({ dst: '192.0.2.0/24' });
    expect(result.routes).toHaveLength(4);
  });

  it('has no socket', () => {
    const { interfaces } = resultOf(planned(byTap), allocation);
    for (const one of interfaces) expect(one).not.toHaveProperty('socketPath');
  });
});

describe('the CNI result of an ADD with a socket', () => {
  it("has only the guest's interface, with the socket, and the addresses point to it", () => {
    const { interfaces, ips } = resultOf(planned(bySocket), allocation);
    expect(interfaces).toStrictEqual([{ ...guest, socketPath }]);
    expect(ips.map(({ interface: index }) => index)).toEqual([0, 0]);
  });

  it('keeps what earlier plugins made, and the addresses point behind their interfaces', () => {
    const previous = { interfaces: [{ name: 'a' }, { name: 'b' }] };
    const { interfaces, ips } = resultOf(planned(bySocket, previous), allocation);
    expect(interfaces).toStrictEqual([...previous.interfaces, { ...guest, socketPath }]);
    expect(ips.map(({ interface: index }) => index)).toEqual([2, 2]);
  });

  it.each(supportedVersions)('names the socket in CNI %s only if that version has the key', (version) => {
    const text = JSON.stringify(toVersion(resultOf(planned(bySocket), allocation), version));
    expect(text.includes(socketPath)).toBe(version === '1.1.0');
    expect(text.includes('socketPath')).toBe(version === '1.1.0');
  });
});

describe('the CNI result of an ADD that takes over the interface of an earlier plugin', () => {
  const previous = readResult({
    interfaces: [
      { name: 'br0', mac: '02:00:00:00:00:b0' },
      { name: 'eth0', mac, sandbox: '/run/netns/pod' },
    ],
    ips: [{ address: '10.88.0.5/16', gateway: '10.88.0.1', interface: 1 }],
    routes: [{ dst: '0.0.0.0/0', gw: '10.88.0.1', priority: 7 }],
    dns: { nameservers: ['10.88.0.1'], domain: 'example.org' },
  });

  it("is that plugin's result with the tap behind its interfaces, so that all it points to stays", () => {
    const { dns } = previous;
    expect(resultOf(planned(planFor('host'), previous), { ...allocation, dns })).toStrictEqual({
      ...previous,
      interfaces: [...previous.interfaces, tap],
    });
  });

  it("says that a tap in the pod's namespace is there", () => {
    const expected = { ...tap, sandbox: '/run/netns/pod' };
    const inPod = planFor('pod');
    expect(resultOf(planned(inPod, previous), allocation).interfaces.at(-1)).toStrictEqual(expected);
    expect(resultOf(planned(inPod), allocation).interfaces).toStrictEqual([expected, guest]);
  });

  it('passes on gateways and routes that dan refuses from an IPAM plugin', () => {
    const ips = [{ address: '10.88.0.5/24', gateway: '127.0.0.1', interface: 1 }];
    const routes = [{ dst: '0.0.0.0/0', gw: 'fd00::1', advmss: 1360 }];
    expect(resultOf(planned(planFor('host'), { ...previous, ips, routes }), allocation)).toMatchObject({ ips, routes });
  });

  // Otherwise, "dns" of the configuration and of the runtime would have no effect.
  it('has the DNS settings that the configuration gives', () => {
    const dns = { nameservers: ['192.0.2.53'] };
    expect(resultOf(planned(planFor('host'), previous), { ...allocation, dns }).dns).toEqual(dns);
  });
});

describe('the CNI result of an ADD that takes over an interface which the result before does not list so', () => {
  const sandbox = '/run/netns/pod';
  const eth0 = { name: 'eth0', mac, mtu: 1500, sandbox };
  const four = { address: '10.88.0.5/16' };
  const resultBehind = (previous: object) => resultOf(planned(planFor('host'), previous), allocation);

  it.each([
    ['no interface in the pod', [{ name: 'cali1' }], [{ name: 'cali1' }, eth0], 1],
    ['no interface', null, [eth0], 0],
    ['it outside the pod', [{ name: 'eth0' }], [{ name: 'eth0' }, eth0], 1],
    ['its end on the host as one of the pod', [{ name: 'cali1', sandbox }], [{ name: 'cali1', sandbox }, eth0], 1],
  ])('lists it behind %s, and gives it the address', (_what, interfaces, expected, at) => {
    const result = resultBehind({ interfaces, ips: [four] });
    expect(result.interfaces).toEqual([...expected, tap]);
    expect(result.ips).toEqual([{ ...four, interface: at }]);
  });

  it.each([
    ['of no interface', undefined],
    ['of an interface that is not listed', 7],
    ['of the other end of the pair', 0],
  ])('gives it its address that is one %s', (_what, index) => {
    const interfaces = [{ name: 'veth1' }, { name: 'eth0', sandbox }];
    const { ips } = resultBehind({ interfaces, ips: [{ ...four, interface: index }] });
    expect(ips).toEqual([{ ...four, interface: 1 }]);
  });

  it('gives it no address that is not its own, or that another interface of the pod has', () => {
    const interfaces = [
      { name: 'eth0', sandbox },
      { name: 'net1', sandbox },
    ];
    const ips = [{ ...four, interface: 1 }, { address: '192.0.2.9/24' }];
    expect(resultBehind({ interfaces, ips }).ips).toEqual(ips);
  });
});

describe('the log of an ADD that takes over an interface with 10.88.0.5 and fd00:88::5', () => {
  const sandbox = '/run/netns/pod';
  const ips = [{ address: '10.88.0.5/16' }, { address: 'fd00:88::5/64' }];

  /** The log lines if the earlier plugin has this result. */
  function logged(previous: object): readonly (readonly [string, unknown])[] {
    const lines: (readonly [string, unknown])[] = [];
    const task = planned(planFor('host'), previous, (level, _text, fields) => {
      lines.push([level, fields]);
    });
    resultOf(task, allocation);
    return lines;
  }

  it.each([
    { ips },
    { ips, interfaces: [{ name: 'eth0', sandbox }] },
    { ips, interfaces: [{ name: 'eth0', sandbox, mac: mac.toUpperCase(), mtu: 1500 }] },
    { ips, interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', mtu: 9000 }] },
    { ips, interfaces: [{ name: 'eth0', sandbox, mac: mac.toUpperCase().replaceAll(':', '-') }] },
    { ips, interfaces: [{ name: 'eth0', sandbox, mac: null, mtu: null }] },
    { ips, interfaces: [{ name: 'eth0', sandbox: '/proc/4711/ns/net' }] },
    { ips, interfaces: [{ name: 'eth0', sandbox: '/var/run/netns/pod' }] },
    { ips: ips.map((ip) => ({ ...ip, interface: 0 })), interfaces: [{ name: 'veth1' }, { name: 'eth0', sandbox }] },
    { ips, interfaces: [{ name: 'net1', sandbox, mac: '02:00:00:00:00:01', mtu: 9000 }] },
  ])('has no warning for the previous result %j, which agrees', (previous) => {
    expect(logged(previous)).toEqual([]);
  });

  it.each([
    [{ ips: [] }, { missing: [], unannounced: ['10.88.0.5', 'fd00:88::5'] }],
    [{ ips: ips.slice(1) }, { missing: [], unannounced: ['10.88.0.5'] }],
    [{ ips: [...ips, { address: '10.88.0.6/16' }] }, { missing: ['10.88.0.6'], unannounced: [] }],
  ])('has a warning for the previous result %j, whose addresses differ', (previous, fields) => {
    expect(logged(previous)).toEqual([['warn', fields]]);
  });

  it.each([
    [{ mac: '02:00:00:00:00:01' }, { mac: '02:00:00:00:00:01', mtu: 1500 }],
    [{ mtu: 9000 }, { mac, mtu: 9000 }],
    [
      { mtu: 9000, sandbox: '/proc/4711/ns/net' },
      { mac, mtu: 9000 },
    ],
  ])('has a warning for a previous result whose interface has %j, which differs', (changes, previous) => {
    expect(logged({ ips, interfaces: [{ name: 'eth0', sandbox, ...changes }] })).toEqual([
      ['warn', { previous, kernel: { mac, mtu: 1500 } }],
    ]);
  });

  it('has a warning for an address of an interface that the previous result does not list', () => {
    const previous = { interfaces: [{ name: 'eth0', sandbox }], ips: ips.map((ip, at) => ({ ...ip, interface: at })) };
    expect(logged(previous)).toEqual([['warn', { stray: ['fd00:88::5/64'] }]]);
  });

  // Addresses of another interface in the pod are not what the guest takes over from this one.
  it('has no warning for addresses of another interface', () => {
    const interfaces = [
      { name: 'eth0', sandbox },
      { name: 'net1', sandbox },
    ];
    const all = [...ips.map((ip) => ({ ...ip, interface: 0 })), { address: '10.99.0.5/24', interface: 1 }];
    expect(logged({ interfaces, ips: all })).toEqual([]);
  });

  // The kernel prints addresses as in RFC 5952, but not every plugin does.
  it('has no warning for an address that is written in another form', () => {
    expect(logged({ ips: [{ address: '10.88.0.5/16' }, { address: 'FD00:88:0::5/64' }] })).toEqual([]);
  });
});
