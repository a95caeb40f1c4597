import { type Bandwidth, leastBurst, type TokenBucket, tokenBucketOf } from '../model/bandwidth.ts';
import { danError } from '../model/error.ts';
import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Operation } from '../model/operation.ts';
import type { Link } from '../model/link.ts';
import type { Hop, OwnLink, Shaper } from './device.ts';
import type { Feature } from './kind.ts';
import { type AnyTap, findOwn, linkFaults, mark, ownLink } from './tap.ts';
import { addPair, pairEndFaults } from './veth-pair.ts';

/**
 * The limits of a tap on the host. The tap sends what the guest gets. What the guest sends arrives at the tap, where
 * the kernel can only drop it; so it is redirected through another link, where it can also be queued. That link is an
 * ifb, or, for a port of an Open vSwitch, one end of a veth pair whose other end is the port. An ifb does not work
 * there: the switch removes what others attach to its ports, and its user-space datapath takes frames before an ifb
 * gets them.
 */
export interface Shaped {
  readonly bandwidth?: Bandwidth;
  /** Queues the guest's frames if they are limited and the tap is not a port of an Open vSwitch. */
  readonly ifb?: OwnLink;
  /** The pair between the tap and an Open vSwitch. */
  readonly veth?: { readonly host: OwnLink; readonly port: OwnLink };
  /** Mark of the redirects there, in hexadecimal digits. */
  readonly cookie?: string;
}

/** What a tap with these limits has in addition. With `isPort`, it is connected to an Open vSwitch. */
export function shapedBy(bandwidth: Bandwidth | undefined, names: DerivedNames, isPort: boolean): Shaped {
  if (bandwidth === undefined) return {};
  const { cookie } = names;
  if (isPort)
    return { bandwidth, veth: { host: ownLink(names, 'host', 'h'), port: ownLink(names, 'host', 'p') }, cookie };
  return bandwidth.egress === undefined ? { bandwidth } : { bandwidth, ifb: ownLink(names, 'host', 'i'), cookie };
}

/** The additional links of a tap with limits. */
export function shapingLinks({ ifb, veth }: Shaped): readonly OwnLink[] {
  return [...(ifb === undefined ? [] : [ifb]), ...(veth === undefined ? [] : [veth.host, veth.port])];
}

/** dan's name for one of these links; undefined if it is none of them. */
export function shapingLabel({ ifb, veth }: Shaped, link: string): string | undefined {
  if (link === ifb?.name) return `ifb ${link}`;
  return link === veth?.host.name || link === veth?.port.name ? `veth ${link}` : undefined;
}

/** The limits of such a tap, by the links that apply them. `tap` is its name. */
export function shapersOf({ bandwidth = {}, ifb, veth }: Shaped, tap: InterfaceName): readonly Shaper[] {
  const { ingress, egress } = bandwidth;
  const fromGuest = ifb ?? veth?.host;
  return [
    ...(ingress === undefined ? [] : [{ in: 'host', link: tap, limit: ingress } as const]),
    ...(fromGuest === undefined || egress === undefined
      ? []
      : [{ in: 'host', link: fromGuest.name, limit: egress } as const]),
  ];
}

/** The hops of the guest's frames if these are limited; with a pair, also those of the frames to the guest. */
export function shapingHops({ ifb, veth, cookie }: Shaped, tap: InterfaceName): readonly Hop[] {
  if (cookie === undefined) return [];
  const hop = (link: InterfaceName, to: InterfaceName): Hop => ({ in: 'host', link, to, cookie });
  return [
    ...(ifb === undefined ? [] : [hop(tap, ifb.name)]),
    ...(veth === undefined ? [] : [hop(tap, veth.host.name), hop(veth.host.name, tap)]),
  ];
}

/** The operations that apply a tap's limits, before the tap is up. Like the tap, each link is marked as ours first. */
export function shapeTap(device: AnyTap & Shaped, names: DerivedNames): readonly Operation[] {
  const { ifb, veth, mac, mtu } = device;
  const tap = device.tap.name;
  const links = shapingLinks(device);
  return [
    ...(ifb === undefined ? [] : [{ op: 'ifb-add', in: 'host', name: ifb.name, mac, mtu } as const]),
    ...(veth === undefined ? [] : [addPair(veth.host, veth.port, names, mtu)]),
    ...links.flatMap((link) => mark(link)),
    ...keepLimits(shapersOf(device, tap)),
    ...links.map(({ name }) => ({ op: 'up', in: 'host', name }) as const),
    ...shapingHops(device, tap).flatMap(({ in: where, link, to, cookie }): Operation[] => [
      { op: 'ingress-add', in: where, name: link },
      { op: 'redirect', in: where, from: link, to, cookie },
    ]),
  ];
}

/** The kernel features that such a tap needs. With `isPort`, it is connected to an Open vSwitch. */
export function shapingFeatures(bandwidth: Bandwidth | undefined, isPort: boolean): readonly Feature[] {
  if (bandwidth === undefined) return [];
  const redirect = ['ingress', 'u32', 'mirred'] as const;
  if (isPort) return ['tbf', 'veth', ...redirect];
  return bandwidth.egress === undefined ? ['tbf'] : ['tbf', 'ifb', ...redirect];
}

/** The operations that apply limits. */
export function keepLimits(shapers: readonly Shaper[]): readonly Operation[] {
  return shapers.map(({ in: where, link: name, limit }) => ({
    op: 'tbf-add',
    in: where,
    name,
    ...tokenBucketOf(limit),
  }));
}

/**
 * Refuses a burst that is smaller than a frame: such a limit passes no frame, and the guest would be cut off. `mtu` is
 * that of the link, in bytes.
 */
export function refuseSmallBursts({ ingress, egress }: Bandwidth, mtu: number): void {
  const least = leastBurst(mtu);
  const small = Object.entries({ ingressBurst: ingress, egressBurst: egress }).flatMap(([key, limit]) =>
    limit === undefined || limit.burst >= least ? [] : [`"${key}" ${limit.burst}`],
  );
  if (small.length === 0) return;
  throw danError(
    'burst-too-small',
    `in "bandwidth", ${small.join(' and ')} ${small.length === 1 ? 'is' : 'are'} less than a frame of the MTU ${mtu}, and ` +
      `no such frame would ever pass: ask for ${least} bits or more, or set a smaller "mtu"`,
  );
}

/**
 * How the additional links of a tap with limits differ from what ADD made. `links` are the kernel's links, `mtu` is the
 * tap's in bytes, and `master` is that of the switch's port.
 */
export function shapingLinkFaults(
  { ifb, veth }: Shaped,
  links: readonly Link[],
  { mtu, master }: { readonly mtu: number; readonly master: InterfaceName | undefined },
): readonly string[] {
  return [
    ...(ifb === undefined
      ? []
      : linkFaults(ifb.name, ifb, findOwn(ifb, links), (link) => [
          ['kind', link.kind, 'ifb'],
          ['MTU', link.mtu, mtu],
          ['master', link.master, undefined],
        ])),
    ...(veth === undefined
      ? []
      : [...pairEndFaults(veth.host, links, { mtu }), ...pairEndFaults(veth.port, links, { mtu, master })]),
  ];
}

/** How a limit differs from what ADD made. `there` is the kernel's filter. */
export function shaperFaults(
  { link, limit }: Shaper,
  there: Pick<TokenBucket, 'burst' | 'rate'> | undefined,
): readonly string[] {
  if (there === undefined) return [`the limit of ${limit.rate} bits a second at ${link} is gone`];
  const { rate, burst } = tokenBucketOf(limit);
  if (there.rate !== rate) return [`the limit at ${link} is ${there.rate * 8} bits a second, and was made ${rate * 8}`];
  return isTold(burst, there.burst, rate)
    ? []
    : [`the burst of the limit at ${link} is ${there.burst * 8} bits, and was made ${burst * 8}`];
}

// The kernel stores a burst as its duration, and reports that in ticks of 64 ns as a 32-bit number. `tc` prints it in
// whole microseconds.
function isTold(made: number, there: number, rate: number): boolean {
  const seconds = made / rate;
  if (seconds >= 2 ** 32 * 64e-9) return true;
  return Math.abs(there - made) <= rate * 1.1e-6 + made * 1e-8 + 2;
}
