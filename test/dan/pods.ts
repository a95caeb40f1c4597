import fc from 'fast-check';

import type { Link, LinkAddress } from '../../src/model/link.ts';
import type { KernelNeighbor, KernelRoute } from '../../src/model/pod-view.ts';
import { kernelRoute } from '../kinds/kernel-routes.ts';
import { linkNamed } from '../kinds/node.ts';
import { bitsOfAddress, mask, textOfBits } from '../model/address-bits.ts';

type Family = 4 | 6;
const lengthOf = { 4: 32, 6: 128 } as const;

/** A pod as plugins leave it: the kernel's state of eth0, and of everything else. */
export interface RawPod {
  readonly eth0: Link;
  readonly routes: readonly KernelRoute[];
  readonly neighbors: readonly KernelNeighbor[];
  /** What a guest must get of it, derived from how it was made. */
  readonly expected: {
    readonly addresses: readonly string[];
    readonly routes: readonly ExpectedRoute[];
    readonly neighbors: readonly KernelNeighbor[];
  };
}

/** A route that the guest's kernel must get. */
export interface ExpectedRoute {
  readonly dst: string;
  readonly gw: string | undefined;
  readonly mtu: number | undefined;
  readonly source: string | undefined;
}

/** An address as the kernel prints it. */
const ipIn = {
  4: fc.integer({ min: 0x0100, max: 0xfeff }).map((host) => `10.88.${host >> 8}.${host & 255}`),
  6: fc.integer({ min: 0x10, max: 0xffff }).map((host) => `fd00:88::${host.toString(16)}`),
} as const;
const gatewayIn = { 4: fc.constantFrom('10.88.0.1', '169.254.1.1'), 6: fc.constantFrom('fd00:88::1', 'fe80::1') };

function networkText(ip: string, prefix: number, family: Family): string {
  const length = lengthOf[family];
  const bits = textOfBits(bitsOfAddress(ip) & mask(prefix, length), length);
  const text = family === 4 ? bits : new URL(`http://[${bits}]/`).hostname.slice(1, -1);
  // In the form of `ip`: a single host without its prefix.
  return prefix === length ? text : `${text}/${prefix}`;
}

interface RawAddress {
  readonly family: Family;
  readonly ip: string;
  readonly prefix: number;
  /** Whether the plugin left the route that the kernel made. */
  readonly connected: boolean;
}

function address(families: readonly Family[]): fc.Arbitrary<RawAddress> {
  return fc.constantFrom(...families).chain((family) =>
    fc.record({
      family: fc.constant(family),
      ip: ipIn[family],
      prefix: family === 4 ? fc.constantFrom(16, 22, 24, 31, 32) : fc.constantFrom(48, 64, 112, 128),
      connected: fc.boolean(),
    }),
  );
}

interface RawRoute {
  readonly kernel: KernelRoute;
  readonly dst: string;
}

/** A route that was added explicitly, to a unique destination. */
function route(family: Family, sources: readonly string[]): fc.Arbitrary<RawRoute> {
  const length = lengthOf[family];
  const prefixes = family === 4 ? fc.integer({ min: 8, max: 32 }) : fc.integer({ min: 16, max: 128 });
  const outside =
    family === 4 ? fc.nat(0xffff).map((host) => `172.${16 + (host >> 12)}.${(host >> 4) & 255}.0`) : ipIn[6];
  return fc
    .record({
      everything: fc.boolean(),
      base: outside,
      prefix: prefixes,
      gateway: fc.option(gatewayIn[family], { nil: undefined, freq: 4 }),
      protocol: fc.constantFrom('boot', 'static', 'dhcp', 'bird'),
      metric: fc.constantFrom(0, 100, 1024),
      mtu: fc.option(fc.integer({ min: 1280, max: 9600 }), { nil: undefined, freq: 2 }),
      source:
        sources.length === 0 ? fc.constant(undefined) : fc.option(fc.constantFrom(...sources), { nil: undefined }),
      onlink: fc.boolean(),
    })
    .map(({ everything, base, prefix, gateway, ...more }) => {
      const network = networkText(base, prefix, family);
      const destination = everything ? 'default' : network;
      const dst = everything
        ? `${family === 4 ? '0.0.0.0' : '::'}/0`
        : network.includes('/')
          ? network
          : `${network}/${length}`;
      const scope = gateway === undefined ? 'link' : 'global';
      return { kernel: kernelRoute(destination, { ...more, family, gateway, scope }), dst };
    });
}

/** What nobody takes over: routes of the kernel, of routers, of other tables and links. */
const beside: fc.Arbitrary<KernelRoute> = fc.constantFrom(
  kernelRoute('fe80::/64', { protocol: 'kernel', metric: 256 }),
  kernelRoute('ff00::/8', { type: 'multicast', table: 'local', protocol: 'kernel' }),
  kernelRoute('10.88.255.255', { type: 'broadcast', table: 'local', protocol: 'kernel', scope: 'link' }),
  kernelRoute('10.88.1.7', { type: 'local', table: 'local', protocol: 'kernel', scope: 'host' }),
  kernelRoute('default', { family: 6, gateway: 'fe80::99', protocol: 'ra', metric: 1 }),
  kernelRoute('default', { gateway: '10.99.0.1', links: ['net1'] }),
  kernelRoute('default', { gateway: '10.88.0.77', table: '100' }),
  kernelRoute('default', { family: 6, links: ['lo'], type: 'unreachable', protocol: 'kernel', metric: 1 }),
  kernelRoute('10.99.0.0/16', { protocol: 'kernel', links: ['net1'] }),
);

const neighborOn = (families: readonly Family[]): fc.Arbitrary<KernelNeighbor> =>
  fc.constantFrom(...families).chain((family) =>
    fc.record({
      address: ipIn[family],
      link: fc.constantFrom('eth0', 'eth0', 'net1'),
      mac: fc.constant('ee:ee:ee:ee:ee:ee'),
    }),
  );

const linkLocal: LinkAddress = { cidr: 'fe80::5c:1eff:fe07:9a41/64', scope: 'link' };

/** Pods of one family or both, whose eth0 has up to four addresses, and routes of every kind. */
export const rawPod: fc.Arbitrary<RawPod> = fc
  .constantFrom<Family[]>([4], [6], [4, 6])
  .chain((families) =>
    fc.uniqueArray(address(families), { minLength: 1, maxLength: 4, selector: ({ ip }) => ip }).chain((addresses) =>
      fc.record({
        addresses: fc.constant(addresses),
        made: fc.uniqueArray(
          fc.constantFrom(...families).chain((family) =>
            route(
              family,
              addresses.filter((one) => one.family === family).map(({ ip }) => ip),
            ),
          ),
          { maxLength: 6, selector: ({ dst }) => dst },
        ),
        others: fc.array(beside, { maxLength: 5 }),
        neighbors: fc.uniqueArray(neighborOn(families), { maxLength: 4, selector: (item) => item.address }),
        mtu: fc.integer({ min: 1280, max: 9600 }),
        mac: fc.constantFrom('02:5c:1e:07:9a:41', '0a:58:0a:58:01:07', 'ee:ee:ee:ee:ee:ee'),
        worse: fc.boolean(),
      }),
    ),
  )
  .map(({ addresses, made, others, neighbors, mtu, mac, worse }) => {
    const connected = addresses
      .filter((one) => one.connected)
      .map(({ ip, prefix, family }) => networkText(ip, prefix, family));
    const ofKernel = [...new Set(connected)].map((text) => kernelRoute(text, { protocol: 'kernel', scope: 'link' }));
    // The kernel's own route to a network precedes any other.
    const best = made.filter(({ kernel }) => !connected.includes(kernel.destination));
    // Another route to the same destination that loses by its metric.
    const losers = worse ? made.map(({ kernel }) => ({ ...kernel, metric: kernel.metric + 1, mtu: 1280 })) : [];
    return {
      eth0: linkNamed('eth0', {
        ...{ mac, mtu },
        addresses: [...addresses.map(({ ip, prefix }) => ({ cidr: `${ip}/${prefix}`, scope: 'global' })), linkLocal],
      }),
      routes: [...others, ...losers, ...ofKernel, ...made.map(({ kernel }) => kernel)],
      neighbors,
      expected: {
        addresses: addresses.map(({ ip, prefix, family }) => {
          const hasRoute = connected.includes(networkText(ip, prefix, family));
          return `${ip}/${hasRoute ? prefix : lengthOf[family]}`;
        }),
        routes: best.map(({ kernel: { gateway: gw, mtu: ofRoute, source }, dst }) => ({
          dst,
          gw,
          mtu: ofRoute,
          // The guest's kernel chooses an IPv6 source, since it would refuse one while the address is tentative.
          source: source?.includes(':') === true ? undefined : source,
        })),
        neighbors: neighbors.filter(({ link }) => link === 'eth0'),
      },
    };
  });
