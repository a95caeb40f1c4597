import fc from 'fast-check';
import type { JsonObject } from '../../../src/json/object.ts';

const words = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), maxLength });
const anything = fc.oneof(fc.jsonValue(), fc.string({ unit: 'grapheme' }), fc.constant(''));
const octet = fc.integer({ min: 0, max: 260 }).map(String);
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const ipv6 = fc.oneof(
  fc.ipV6(),
  fc.tuple(words('0123456789abcdefABCDEF:', 9), ipv4).map((parts) => parts.join(':')),
);
const ip = fc.oneof(ipv4, ipv6);
const networks = fc.constantFrom(
  '0.0.0.0/0',
  '10.0.0.0/8',
  '192.0.2.0/24',
  '::/0',
  'FD00::/8',
  '2001:db8::/32',
  '::/96',
);
const withPrefix = fc.tuple(ip, fc.integer({ min: 0, max: 130 })).map(([address, prefix]) => `${address}/${prefix}`);
const interfaceName = words('abzABZ019_-./:', 16);
const number = (most: number) => fc.oneof(fc.integer({ min: -1, max: most + 1 }), fc.constantFrom(1, most, 0.5));
const digits = words('0123456789abcdefABCDEF', 2);
const mac = fc
  .array(digits, { minLength: 6, maxLength: 6 })
  .map((octets) => octets.map((one) => one.padStart(2, '0')).join(':'));
const path = fc
  .array(
    fc.oneof(words('abzABZ019_-.', 6), fc.string({ unit: 'binary', maxLength: 3 }), fc.constantFrom('..', '.', '')),
    {
      maxLength: 20,
    },
  )
  .map((parts) => `/${parts.join('/')}`);
const soundPath = fc
  .array(
    words('abz019_-', 8).map((one) => `a${one}`),
    { minLength: 1, maxLength: 13 },
  )
  .map((all) => `/${all.join('/')}`);
const vlan = fc.integer({ min: 0, max: 4095 });
const range = fc.oneof(fc.record({ id: vlan }), fc.record({ minID: vlan, maxID: vlan }, { requiredKeys: [] }));
const database = fc.oneof(
  path.map((one) => `unix:${one}`),
  soundPath.map((one) => `unix:${one}`),
  fc
    .tuple(
      fc.oneof(
        octet.map((one) => `127.0.0.${one}`),
        fc.constant('[::1]'),
      ),
      number(65535),
    )
    .map(([host, port]) => `tcp:${host}:${port}`),
  fc.string().map((one) => `ssl:${one}`),
);

const at = (key: string, values: fc.Arbitrary<unknown>): fc.Arbitrary<JsonObject> =>
  fc.oneof({ weight: 9, arbitrary: values }, { weight: 1, arbitrary: anything }).map((value) => ({ [key]: value }));
const inList = (key: string, rest: JsonObject, part: string, values: fc.Arbitrary<unknown>): fc.Arbitrary<JsonObject> =>
  at(part, values).map((element) => ({ [key]: [{ ...rest, ...element }] }));

const neighbor = { address: '10.0.0.9', mac: '02:00:00:00:00:09' };

/** Configurations with one value, valid or not, at a place with its own parser, by that place. */
export const valuesAt: Readonly<Record<string, fc.Arbitrary<JsonObject>>> = {
  danConf: at('danConf', fc.oneof(path, soundPath)),
  kataConfig: at('kataConfig', fc.oneof(path, soundPath)),
  logFile: at('logFile', fc.oneof(path, soundPath)),
  mtu: at('mtu', number(9600)),
  mac: at('mac', mac),
  queues: at('queues', number(256)),
  queueSize: at(
    'queueSize',
    fc.oneof(
      fc.integer({ min: 0, max: 16 }).map((power) => 2 ** power),
      number(40),
    ),
  ),
  bridge: at('bridge', fc.oneof(interfaceName, fc.constant(null))),
  master: at('master', interfaceName),
  trunk: at('trunk', fc.array(range, { maxLength: 4 })),
  'ovs.db': at('db', database).map((ovs) => ({ ovs })),
  socketPath: at('socketPath', fc.oneof(path, soundPath)),
  socketDir: at('socketDir', fc.oneof(path, soundPath)),
  'addresses[]': at('addresses', fc.array(withPrefix, { minLength: 1, maxLength: 2 })),
  'routes[].dst': inList(
    'routes',
    {},
    'dst',
    fc.oneof(
      networks,
      withPrefix,
      ipv4.map((one) => `${one}/32`),
    ),
  ),
  'routes[].gw': inList('routes', { dst: '::/0' }, 'gw', ip),
  'routes[].mtu': inList('routes', { dst: '::/0' }, 'mtu', number(9600)),
  'routes[].source': inList('routes', { dst: '::/0' }, 'source', ip),
  'neighbors[].address': inList('neighbors', neighbor, 'address', fc.oneof(ip, withPrefix)),
  'neighbors[].mac': inList('neighbors', neighbor, 'mac', mac),
  'ipam.type': at('type', fc.oneof(words('abz-./', 5), fc.string({ unit: 'binary' }))).map((ipam) => ({ ipam })),
};
