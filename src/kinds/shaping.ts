import { type Bandwidth, leastBurst, type TokenBucket, tokenBucketOf } from '../model/bandwidth.ts';
import { danError } from '../model/error.ts';
import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Operation } from '../model/operation.ts';
import type { Link } from '../model/link.ts';
import type { Hop, OwnLink, Shaper } from './device.ts';
import { type AnyTap, findOwn, linkFaults, mark, ownLink } from './tap.ts';

/**
 * The limits of a tap on the host. What the tap sends is what the guest gets. What the guest sends comes in by the tap, where
 * the kernel can only drop: it is led through an ifb, where it can wait as well.
 */
export interface Shaped {
  readonly bandwidth?: Bandwidth;
  /** Where frames of the guest wait, if these are limited. */
  readonly ifb?: OwnLink;
  /** Mark of the redirect there, in hexadecimal digits. */
  readonly cookie?: string;
}

/** What a tap with these limits has besides. */
export function shapedBy(bandwidth: Bandwidth | undefined, names: DerivedNames): Shaped {
  if (bandwidth === undefined) return {};
  const { egress } = bandwidth;
  return { bandwidth, ...(egress === undefined ? {} : { ifb: ownLink(names, 'host', 'i'), cookie: names.cookie }) };
}

/** The limits of such a tap, by the links that keep them; `tap` is its name. */
export function shapersOf({ bandwidth = {}, ifb }: Shaped, tap: InterfaceName): readonly Shaper[] {
  const { ingress, egress } = bandwidth;
  return [
    ...(ingress === undefined ? [] : [{ in: 'host', link: tap, limit: ingress } as const]),
    ...(ifb === undefined || egress === undefined ? [] : [{ in: 'host', link: ifb.name, limit: egress } as const]),
  ];
}

/** Where the frames of a guest are led that are limited. */
export function shapingHops({ ifb, cookie }: Shaped, tap: InterfaceName): readonly Hop[] {
  return ifb === undefined || cookie === undefined ? [] : [{ in: 'host', link: tap, to: ifb.name, cookie }];
}

/** Has the limits of a tap kept, from before it is up on. The ifb is marked as ours before anything else, as the tap is. */
export function shapeTap(device: AnyTap & Shaped): readonly Operation[] {
  const { ifb, mac, mtu } = device;
  const tap = device.tap.name;
  return [
    ...(ifb === undefined ? [] : [{ op: 'ifb-add', in: 'host', name: ifb.name, mac, mtu } as const, ...mark(ifb)]),
    ...keepLimits(shapersOf(device, tap)),
    ...(ifb === undefined ? [] : [{ op: 'up', in: 'host', name: ifb.name } as const]),
    ...shapingHops(device, tap).flatMap(({ in: where, link, to, cookie }): Operation[] => [
      { op: 'ingress-add', in: where, name: link },
      { op: 'redirect', in: where, from: link, to, cookie },
    ]),
  ];
}

/** Has limits kept. */
export function keepLimits(shapers: readonly Shaper[]): readonly Operation[] {
  return shapers.map(({ in: where, link: name, limit }) => ({
    op: 'tbf-add',
    in: where,
    name,
    ...tokenBucketOf(limit),
  }));
}

/** Refuses limits of a tap on the host that would not be kept. `ovsBridge` is its bridge, if that is one of Open vSwitch. */
export function refuseUnkept(bandwidth: Bandwidth, mtu: number, ovsBridge: string | undefined): void {
  refuseSmallBursts(bandwidth, mtu);
  if (ovsBridge === undefined) return;
  throw danError(
    'bandwidth-unsupported',
    `"bandwidth" is asked for, and "bridge" ${ovsBridge} is one of Open vSwitch, which removes a limit that others put on a ` +
      'port, or passes it by: leave "bandwidth" out and limit the port by the switch, with a QoS, policing or a meter, or ' +
      'use a Linux bridge',
  );
}

/**
 * Refuses a burst that is smaller than a frame: a filter with that passes none, and the guest would be cut off. `mtu` is
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

/** What of the ifb is not as it was made. `links` are those that the kernel has; `mtu` is the tap's, in bytes. */
export function ifbFaults({ ifb, mtu }: Shaped & { readonly mtu: number }, links: readonly Link[]): readonly string[] {
  if (ifb === undefined) return [];
  return linkFaults(ifb.name, ifb, findOwn(ifb, links), ({ kind, mtu: mtuIs, master }) => [
    ['kind', kind, 'ifb'],
    ['MTU', mtuIs, mtu],
    ['master', master, undefined],
  ]);
}

/** What of a limit is not as it was made; `there` is the filter that the kernel has. */
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

// The kernel keeps a burst as the time that it takes, and tells that in ticks of 64 ns, of which it counts 32 bits; `tc`
// prints it in whole microseconds.
function isTold(made: number, there: number, rate: number): boolean {
  const seconds = made / rate;
  if (seconds >= 2 ** 32 * 64e-9) return true;
  return Math.abs(there - made) <= rate * 1.1e-6 + made * 1e-8 + 2;
}
