import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileOfSandbox } from '../../test/dan/attaching.ts';
import { Host } from '../harness/host.ts';
import { interfaceRequests, networkRequests } from './agent-requests.ts';
import { type DanDevice, readDocument } from './document.ts';
import { missingIn, printScript, readPrinted } from './kept.ts';

// Few networks, so that interfaces often clash.
const addresses4 = fc
  .tuple(
    fc.constantFrom('10.1.0.', '10.1.1.', '10.2.0.'),
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom(16, 24, 30, 31, 32),
  )
  .map(([net, host, prefix]) => `${net}${host}/${prefix}`);
const addresses6 = fc
  .tuple(
    fc.constantFrom('fd00:1::', 'fd00:1:1::', 'fd00:2::'),
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom(16, 32, 48, 64, 128),
  )
  .map(([net, host, prefix]) => `${net}${host}/${prefix}`);
const gateways4 = fc.constantFrom(
  '10.1.0.1',
  '10.1.0.3',
  '10.1.0.255',
  '10.1.255.255',
  '10.2.0.1',
  '10.1.1.1',
  '10.9.0.1',
);
const gateways6 = fc.constantFrom('fd00:1::1', 'fd00:1::77', 'fd00:1:1::1', 'fd00:2::1', 'fd00:9::1', 'fe80::1');
const destinations4 = fc.constantFrom(
  '0.0.0.0/0',
  '10.1.0.0/24',
  '10.1.0.0/16',
  '10.2.0.0/24',
  '10.9.0.0/16',
  '10.9.0.1/32',
  '172.16.0.0/12',
);
const destinations6 = fc.constantFrom(
  '::/0',
  'fd00:1::/64',
  'fd00:1::/48',
  'fd00:9::/48',
  'fd00:9::1/128',
  'fd00:2::/32',
  '2001:db8::/32',
);

const route = fc.oneof(
  fc.record({ dst: destinations4, gw: gateways4 }),
  fc.record({ dst: destinations6, gw: gateways6 }),
  fc.record({ dst: fc.oneof(destinations4, destinations6), scope: fc.constant(253) }),
  fc.record({ dst: destinations4, gw: gateways4, mtu: fc.constant(1300) }),
);
const neighbor = fc.record({
  address: fc.constantFrom('10.1.0.9', '10.1.0.1', 'fd00:1::9'),
  mac: fc.constantFrom('02:00:00:00:00:09', '02:00:00:00:00:0a'),
  flags: fc.oneof({ arbitrary: fc.constantFrom(0, 16, 128), weight: 5 }, { arbitrary: fc.nat(255), weight: 1 }),
});
const network = fc.record({
  addresses: fc.uniqueArray(fc.oneof(addresses4, addresses6), { maxLength: 3 }),
  routes: fc.uniqueArray(route, { maxLength: 3, selector: ({ dst }) => dst }),
  neighbors: fc.uniqueArray(neighbor, { maxLength: 2, selector: ({ address }) => address }),
  mtu: fc.constantFrom(1500, 1500, 1500, 1280, 1279),
});

/** Configures a namespace as the guest agent configures a guest, and returns what is missing in the end. */
async function configure(host: Host, devices: readonly DanDevice[]): Promise<readonly string[]> {
  const links = devices.flatMap(({ mac }, at) => [
    `link add vm${at} address ${mac} type veth peer name peer${at}`,
    `link set peer${at} up`,
  ]);
  const requests = [
    ...devices.flatMap((device, at) => interfaceRequests(device, `vm${at}`)),
    ...networkRequests(devices),
  ].map(({ args }) => args.join(' '));
  const { exitCode, stdout, stderr } = await host.run(
    'unshare',
    ['--net', 'sh', '-ec', `ip -batch -; ${printScript}`],
    {
      input: ['link set lo up', ...links, ...requests, ''].join('\n'),
    },
  );
  if (exitCode !== 0) throw new Error(`the kernel refuses ${stderr.trim()} of\n${requests.join('\n')}`);
  const printed = readPrinted(stdout);
  if (printed === undefined) throw new Error('a list changed, and nobody changes it');
  return missingIn(printed, devices);
}

/** Sandboxes that dan must not accept completely. */
const faulty: readonly (readonly object[])[] = [
  // The gateway is an address of the guest or of another interface, or a broadcast address of either.
  [{ addresses: ['10.1.0.2/24'], routes: [{ dst: '10.9.0.0/16', gw: '10.1.0.255' }] }],
  [{ addresses: ['10.1.0.2/24'] }, { routes: [{ dst: '10.9.0.0/16', gw: '10.1.0.255' }] }],
  [{ addresses: ['10.1.0.2/24'] }, { routes: [{ dst: '10.9.0.0/16', gw: '10.1.0.2' }] }],
  [{ addresses: ['fd00:1::2/64'], routes: [{ dst: '2001:db8::/48', gw: 'fd00:1::2' }] }],
  // The gateway is reached through another interface, by its subnet or by a route, or behind another gateway.
  [{ addresses: ['fd00:1::2/64'] }, { routes: [{ dst: '2001:db8::/48', gw: 'fd00:1::77' }] }],
  [
    { addresses: ['fd00:1::2/64'], routes: [{ dst: 'fd00:9::/48', gw: 'fd00:1::1' }] },
    { routes: [{ dst: '2001:db8::/48', gw: 'fd00:9::1' }] },
  ],
  [{ routes: [{ dst: '2001:db8::/48', gw: 'fd00:1::77' }] }, { addresses: ['fd00:1::2/64'] }],
  [
    {
      addresses: ['fd00:1::2/64'],
      routes: [
        { dst: 'fd00:1::/65', gw: 'fd00:1::1' },
        { dst: '2001:db8::/48', gw: 'fd00:1::77' },
      ],
    },
  ],
  // The route replaces that of a subnet, in either order.
  [{ addresses: ['10.1.0.2/24'] }, { addresses: ['10.2.0.2/24'], routes: [{ dst: '10.1.0.0/24', gw: '10.2.0.1' }] }],
  [{ addresses: ['10.2.0.2/24'], routes: [{ dst: '10.1.0.0/24', gw: '10.2.0.1' }] }, { addresses: ['10.1.0.2/24'] }],
  [{ addresses: ['10.1.0.2/24'], routes: [{ dst: '10.1.0.0/24', gw: '10.1.0.1' }] }],
  ...[1, 2, 8, 64].map((flags) => [{ neighbors: [{ address: '10.1.0.9', mac: '02:00:00:00:00:09', flags }] }]),
  [{ addresses: ['fd00:1::2/64'], mtu: 1279 }],
  [{ routes: [{ dst: '10.9.0.0/16', scope: 253 }] }, { routes: [{ dst: '10.9.0.0/16', scope: 253 }] }],
  [{ addresses: ['10.1.0.2/24'] }, { addresses: ['10.1.0.2/24'] }],
  // An address is the broadcast address of an earlier interface.
  [{ addresses: ['10.1.0.1/30'] }, { addresses: ['10.1.0.3/16'] }],
];

const runs = 120;

test('a guest’s kernel takes and keeps all of the file of any sandbox that dan accepts', async () => {
  await using host = await Host.create();
  const counts = { interfaces: 0, several: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array<object>(network, { minLength: 1, maxLength: 3 }), async (networks) => {
      const text = fileOfSandbox(networks);
      if (text === undefined) return;
      const { devices } = readDocument(text, 'the file');
      counts.interfaces += devices.length;
      counts.several += devices.length > 1 ? 1 : 0;
      expect(await configure(host, devices)).toEqual([]);
    }),
    { numRuns: runs, examples: faulty.map((sandbox) => [[...sandbox]]), plugins: [fc.interruptAfterTimeLimit(60_000)] },
  );
  expect(counts.interfaces).toBeGreaterThan(runs / 3);
  expect(counts.several).toBeGreaterThan(runs / 15);
});
