import fc from 'fast-check';

import { bitsOfAddress, mask, textOfBits } from '../model/address-bits.ts';

/** A network configuration as an operator writes it: raw JSON, plausible, sometimes wrong. */
export interface RawNetwork {
  readonly runtime: 'runtime-rs' | 'runtime-rs-3';
  /** Left out for a tap. */
  readonly device?: 'vhost-user';
  readonly socketPath?: string;
  readonly socketDir?: string;
  readonly addresses: readonly string[];
  readonly routes: readonly RawRoute[];
  readonly neighbors: readonly RawNeighbor[];
  readonly mac?: string;
  readonly mtu?: number;
  readonly queues?: number;
  readonly queueSize?: number;
  readonly defaultRoute?: boolean;
}

export interface RawRoute {
  readonly dst: string;
  readonly gw?: string;
  readonly mtu?: number;
  readonly scope?: number;
  readonly source?: string;
}

interface RawNeighbor {
  readonly address: string;
  readonly mac: string;
  readonly state?: number;
  readonly flags?: number;
}

/** A configuration, with the Kata runtime's `network_queues`. */
export interface RawCase {
  readonly network: RawNetwork;
  readonly networkQueues: number;
}

/** Mostly `usual`, seldom `other`. */
function mostly<T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>, seldom = 40): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight: seldom }, { arbitrary: other, weight: 1 });
}

const ipv4 = fc.integer({ min: 0, max: 0xffff }).map((host) => `10.88.${host >> 8}.${host & 255}`);
const anyIpv4 = fc.ipV4();
const ipv6 = fc.oneof(
  fc.nat(0xffff).map((host) => `fd00:88::${host.toString(16)}`),
  fc.nat(0xffff).map((host) => `FD00:88:0:0:0:0:${host.toString(16)}:1`),
  fc.nat(0xffff).map((host) => `fe80::${host.toString(16)}`),
  fc.ipV4().map((tail) => `2001:db8::${tail}`),
);
const oddIp = fc.oneof(
  fc.constantFrom('127.0.0.1', '::1', '010.0.0.1', '::ffff:10.0.0.1', 'fe80::1%eth0', ''),
  fc.ipV6(),
);

const ipOf = { 4: mostly(ipv4, oddIp), 6: mostly(ipv6, oddIp) } as const;
type Family = 4 | 6;
const bits = { 4: 32, 6: 128 } as const;

function address(families: readonly Family[]): fc.Arbitrary<string> {
  return fc
    .constantFrom(...families)
    .chain((version) =>
      fc.tuple(ipOf[version], fc.integer({ min: 1, max: bits[version] })).map(([ip, prefix]) => `${ip}/${prefix}`),
    );
}
const oddAddress = fc.constantFrom(
  '10.88.0.5',
  '127.0.0.1/8',
  '::1/128',
  '10.88.0.5/33',
  'fd00::5%1/64',
  '224.0.0.1/4',
);

function network(version: Family): fc.Arbitrary<string> {
  const length = bits[version];
  const usual = fc
    .tuple(fc.oneof(fc.constant(0), fc.nat(length)), version === 4 ? anyIpv4 : ipv6)
    .map(([prefix, ip]) => `${textOfBits(bitsOfAddress(ip) & mask(prefix, length), length)}/${prefix}`);
  return mostly(usual, fc.constantFrom('default', '', '10.1.2.3/16', 'fd00::5/64', '10.0.0.0'));
}

/** A route; its gateway is an address in its own subnet, or any address, or there is none and the route is on-link. */
function route(families: readonly Family[], own: readonly string[]): fc.Arbitrary<RawRoute> {
  return fc.constantFrom(...families).chain((version) => {
    const sources = own.map((text) => text.split('/')[0] ?? '').filter((ip) => ip.includes(':') === (version === 6));
    const gateway = fc.oneof(ipOf[version], version === 4 ? anyIpv4 : ipv6);
    const every = {
      dst: network(version),
      mtu: fc.integer({ min: 68, max: 9600 }),
      source: sources.length === 0 ? fc.constant(undefined) : fc.constantFrom(...sources),
    };
    const byGateway = fc.record({ ...every, gw: gateway, scope: fc.constant(0) }, { requiredKeys: ['dst', 'gw'] });
    const onLink = fc.record({ ...every, scope: fc.constant(253) }, { requiredKeys: ['dst', 'scope'] });
    const odd = fc.record(
      {
        ...every,
        gw: fc.oneof(ipOf[4], ipOf[6]),
        scope: fc.constantFrom(0, 253, 254),
        source: fc.oneof(ipOf[4], ipOf[6]),
      },
      { requiredKeys: ['dst'] },
    );
    return mostly<{ [K in keyof RawRoute]: RawRoute[K] | undefined } & { dst: string }>(
      fc.oneof(byGateway, onLink),
      odd,
    ).map(given);
  });
}

const mac = fc
  .tuple(fc.nat(63), fc.array(fc.nat(255), { minLength: 5, maxLength: 5 }), fc.boolean())
  .map(([first, rest, upper]) => {
    const text = [first * 4 + 2, ...rest].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
    return upper ? text.toUpperCase() : text;
  });
const anyMac = mostly(mac, fc.constantFrom('', '2:0:0:0:0:1', '01:00:5e:00:00:01', '00:00:00:00:00:00'));

function neighbor(families: readonly Family[]): fc.Arbitrary<RawNeighbor> {
  return fc.constantFrom(...families).chain((version) => {
    const whole = `/${bits[version]}`;
    const suffix = mostly(fc.constantFrom('', whole), fc.constantFrom('/24', '/', '/0'));
    return fc
      .record(
        {
          address: fc.tuple(ipOf[version], suffix).map((parts) => parts.join('')),
          mac: anyMac,
          state: mostly(fc.constant(128), fc.nat(256)),
          flags: mostly(fc.constantFrom(0, 16, 128, 144), fc.nat(255)),
        },
        { requiredKeys: ['address', 'mac'] },
      )
      .map(given);
  });
}

const mtu = mostly(
  fc.oneof(fc.integer({ min: 1280, max: 9600 }), fc.constantFrom(1280, 1500, 9600)),
  fc.integer({ min: 40, max: 9700 }),
  4,
);
const queues = mostly(fc.integer({ min: 1, max: 256 }), fc.constantFrom(0, 257, 1.5));
const queueSize = mostly(
  fc.nat(15).map((exponent) => 2 ** exponent),
  fc.nat(70_000),
);

const socketName = fc.stringMatching(/^[a-zA-Z][\w.-]{0,30}$/);
const socketDirectory = fc.oneof(
  fc.constantFrom('/run/dan/vhost-user', '/run/vm/', '/run/v m', '/run/"\\', '/run/pöd', '/'),
  fc.array(fc.stringMatching(/^[\w.-]{1,20}$/), { maxLength: 3 }).map((parts) => `/${parts.join('/')}`),
);
const socketPath = mostly(
  fc.tuple(socketDirectory, socketName).map(([directory, name]) => `${directory.replace(/\/$/, '')}/${name}`),
  fc.constantFrom('', 's.sock', '/run/../s', '/run/', `/${'s'.repeat(107)}`),
);

const tap = fc.constant({ device: undefined, socketPath: undefined, socketDir: undefined, mtu });

/** A socket, mostly with an MTU that Kata supports for one. */
const socket = fc.record({
  device: fc.constant('vhost-user' as const),
  socketPath: fc.option(socketPath, { nil: undefined }),
  socketDir: fc.option(socketDirectory, { nil: undefined }),
  mtu: fc.constant(mostly(fc.integer({ min: 1280, max: 1500 }), mtu, 8)),
});

function caseOf(families: readonly Family[], addresses: readonly string[]): fc.Arbitrary<RawCase> {
  const routes = route(families, addresses);
  return fc.oneof({ arbitrary: tap, weight: 2 }, { arbitrary: socket, weight: 1 }).chain(({ mtu: mtus, ...device }) =>
    fc
      .record({
        runtime: fc.constantFrom<RawNetwork['runtime']>('runtime-rs', 'runtime-rs-3'),
        routes: mostly(
          fc.uniqueArray(routes, { maxLength: 5, selector: ({ dst }) => dst }),
          fc.array(routes, { maxLength: 3 }),
        ),
        neighbors: fc.uniqueArray(neighbor(families), {
          maxLength: 3,
          selector: (item) => item.address.split('/')[0],
        }),
        mac: fc.option(anyMac, { nil: undefined }),
        mtu: fc.option(mtus, { nil: undefined }),
        queues: fc.option(queues, { nil: undefined }),
        queueSize: fc.option(queueSize, { nil: undefined }),
        defaultRoute: fc.option(fc.boolean(), { nil: undefined }),
        agreed: mostly(fc.constant(true), fc.constant(false)),
      })
      .map(({ agreed, ...fields }) => ({
        network: given({ ...device, ...fields, addresses }),
        networkQueues: agreed ? Math.max(1, fields.queues ?? 1) : 3,
      })),
  );
}

/** Raw configurations with what a reader needs to carry them. dan accepts most of them. */
export const rawCase: fc.Arbitrary<RawCase> = fc
  .constantFrom<Family[]>([4], [6], [4, 6])
  .chain((families) =>
    fc
      .uniqueArray(mostly(address(families), oddAddress), { maxLength: 4 })
      .chain((addresses) => caseOf(families, addresses)),
  );

/** The value without undefined fields, as in JSON. */
function given<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as never;
}
