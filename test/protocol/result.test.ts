import { describe, expect, it } from 'vitest';

import { readResult, type Result, resultFault, strayAddresses, toVersion } from '../../src/protocol/result.ts';
import { supportedVersions } from '../../src/protocol/version.ts';

/** A result with every field of CNI 1.1.0. */
const full: Result = {
  interfaces: [
    { name: 'dan0', mac: 'fe:00:00:00:00:01', mtu: 1500, socketPath: '/run/s', pciID: '0000:00:01.0' },
    { name: 'eth0', mac: '02:00:00:00:00:01', mtu: 1500, sandbox: '/run/netns/pod' },
  ],
  ips: [
    { address: '10.88.0.5/24', gateway: '10.88.0.1', interface: 1 },
    { address: 'fd00:88::5/64', interface: 1 },
  ],
  routes: [
    { dst: '0.0.0.0/0', gw: '10.88.0.1', mtu: 1400, advmss: 1360, priority: 7, table: 254, scope: 0 },
    { dst: '198.51.100.1/32', scope: 253 },
  ],
  dns: { nameservers: ['10.88.0.1'], domain: 'example.org', search: ['example.org'], options: ['ndots:2'] },
};

const oldInterfaces = [
  { name: 'dan0', mac: 'fe:00:00:00:00:01' },
  { name: 'eth0', mac: '02:00:00:00:00:01', sandbox: '/run/netns/pod' },
];
const oldRoutes = [{ dst: '0.0.0.0/0', gw: '10.88.0.1' }, { dst: '198.51.100.1/32' }];
const numberedIps = [
  { version: '4', address: '10.88.0.5/24', gateway: '10.88.0.1', interface: 1 },
  { version: '6', address: 'fd00:88::5/64', interface: 1 },
];

const numbered = { interfaces: oldInterfaces, ips: numberedIps, routes: oldRoutes, dns: full.dns };

const shapes = {
  '0.3.0': numbered,
  '0.3.1': numbered,
  '0.4.0': numbered,
  '1.0.0': { ...numbered, ips: full.ips },
  '1.1.0': full,
} satisfies Record<(typeof supportedVersions)[number], object>;

describe('a result', () => {
  it.each(supportedVersions)('in the shape of CNI %s', (version) => {
    expect(toVersion(full, version)).toEqual({ cniVersion: version, ...shapes[version] });
  });

  it.each(supportedVersions)('that is empty has its lists all the same in CNI %s', (version) => {
    const empty = { interfaces: [], ips: [], routes: [], dns: {} };
    expect(toVersion(readResult({}), version)).toEqual({ cniVersion: version, ...empty });
  });

  it('is read from what IPAM plugins give: missing and null parts, and what is no object, are left out', () => {
    const empty = { interfaces: [], ips: [], routes: [], dns: {} };
    for (const value of [undefined, null, [], 'text', {}, { ips: null, routes: 'x', dns: [], interfaces: {} }]) {
      expect(readResult(value)).toEqual(empty);
    }
    const ips = [{ version: '4', address: '10.0.0.5/24' }];
    expect(readResult({ cniVersion: '0.4.0', ips: [...ips, null, 'x', []], code: 1 })).toEqual({ ...empty, ips });
  });

  it('has no member that is null or an empty text', () => {
    const value = {
      interfaces: [{ name: 'eth0', mac: null, mtu: null, sandbox: '' }],
      ips: [
        { address: '10.0.0.5/24', gateway: null, interface: null },
        { address: '10.0.0.6/24', gateway: '' },
      ],
      routes: [{ dst: '0.0.0.0/0', gw: null, priority: null }],
      dns: { nameservers: null, domain: '' },
    };
    expect(readResult(value)).toStrictEqual({
      interfaces: [{ name: 'eth0' }],
      ips: [{ address: '10.0.0.5/24' }, { address: '10.0.0.6/24' }],
      routes: [{ dst: '0.0.0.0/0' }],
      dns: {},
    });
  });

  // go-cni panics if an index is out of range.
  it.each([
    [-1, undefined],
    [0, undefined],
    [1, 0],
    [2, undefined],
    [3, 1],
    [4, undefined],
    [0.5, undefined],
    ['1', undefined],
  ])('gives an address to no interface that is not there: the index %j becomes %j', (index, place) => {
    const interfaces = [null, { name: 'veth1' }, { mac: '02:00:00:00:00:01' }, { name: 'eth0' }];
    const value = { interfaces, ips: [{ address: '10.0.0.5/24', interface: index }] };
    expect(readResult(value).ips[0]?.interface).toBe(place);
    expect(strayAddresses(value)).toEqual(place === undefined ? ['10.0.0.5/24'] : []);
  });

  it.each([{}, undefined, { ips: [{ address: '10.0.0.5/24' }, { address: '10.0.0.6/24', interface: null }] }])(
    'without an index gives no address to an interface that is not there: %j',
    (value) => {
      expect(strayAddresses(value)).toEqual([]);
    },
  );

  it.each(supportedVersions)('that came in the shape of CNI %s keeps it', (version) => {
    const shape = { cniVersion: version, ...shapes[version] };
    expect(toVersion(readResult(shape), version)).toEqual(shape);
  });

  // A prevResult is passed on unvalidated, and the result is converted after everything has been made.
  it('with an address that says nothing does not break the answer', () => {
    expect(() => toVersion(readResult({ ips: [{}] }), '0.4.0')).not.toThrow();
  });
});

describe('a result that is given', () => {
  it.each([full, ...Object.values(shapes), {}, { ips: null, routes: null, dns: null, interfaces: null }, { ip4: {} }])(
    'is one, whatever of it is left out: %#',
    (value) => {
      expect(resultFault(value)).toBeUndefined();
    },
  );

  it.each([
    ...['interfaces', 'ips', 'routes'].flatMap((key) =>
      [7, 'x', {}, [null], ['x'], [[]], [7]].map((value) => ({ [key]: value })),
    ),
    ...['name', 'mac', 'sandbox', 'socketPath', 'pciID'].map((key) => ({ interfaces: [{ name: 'eth0', [key]: 7 }] })),
    ...['1500', 1.5, {}].map((mtu) => ({ interfaces: [{ name: 'eth0', mtu }] })),
    ...[{ address: 7 }, { address: '10.0.0.5/24', gateway: [] }, { interface: '0' }].map((ip) => ({ ips: [ip] })),
    ...['mtu', 'advmss', 'priority', 'table', 'scope'].map((key) => ({ routes: [{ dst: '::/0', [key]: 'x' }] })),
    ...[{ dst: 7 }, { dst: '::/0', gw: {} }].map((route) => ({ routes: [route] })),
    ...['x', [], { domain: 7 }, { nameservers: '10.0.0.1' }, { search: [7] }, { options: {} }].map((dns) => ({ dns })),
  ])('is none where a part has another type: %j', (value) => {
    expect(resultFault(value)).toContain(`its "${Object.keys(value)[0] ?? ''}" is `);
  });

  it.each([[[]], ['text'], [7], [true]])('is none that is no object: %j', (value) => {
    expect(resultFault(value)).toBe('must be an object');
  });
});
