import { readUint32, readUint8 } from '#bytes';
import type { LinkAddress, LinkTrait } from '../../model/link.ts';
import { linkParameters, parameterName } from '../policy-sources.ts';
import { eachAttribute, find, type Message } from './message.ts';
import { addressFlags, headerLengths, ifla, ipFamily, linkFlags, programAttached, rtax } from './numbers.ts';

// The properties of an address, a route or a link that decide whether a guest could have the same.

/** What the flags of an address mean; `family` is AF_…. */
export function addressMarks(
  family: number,
  flags: number,
): Pick<LinkAddress, 'dadFailed' | 'deprecated' | 'ofRouter'> {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const ofRouter = family === ipFamily[6] && has(addressFlags.temporary | addressFlags.makesTemporary);
  return {
    ...(has(addressFlags.deprecated) ? { deprecated: true } : {}),
    ...(has(addressFlags.dadFailed) ? { dadFailed: true } : {}),
    ...(ofRouter ? { ofRouter } : {}),
  };
}

/** The metrics of a route. */
export interface Metrics {
  /** Bytes. */
  readonly mtu: number | undefined;
  /** The other tuning parameters of the route, in the words of `ip route`. */
  readonly tuning: readonly string[];
}

/** RTAX_… of linux/rtnetlink.h, in the words of `ip route`. A locked MTU is listed in the MTU's place. */
const metricWords: Readonly<Record<number, string>> = {
  [rtax.mtu]: 'mtu lock',
  3: 'window',
  4: 'rtt',
  5: 'rttvar',
  6: 'ssthresh',
  7: 'cwnd',
  8: 'advmss',
  9: 'reordering',
  10: 'hoplimit',
  11: 'initcwnd',
  12: 'features',
  13: 'rto_min',
  14: 'initrwnd',
  15: 'quickack',
  16: 'congctl',
  17: 'fastopen_no_cookie',
};

/** Reads the metrics of a route. */
export function metricsIn(metrics: Uint8Array): Metrics {
  let mtu: number | undefined;
  let locks = 0;
  const types: number[] = [];
  eachAttribute(metrics, 0, (type, from) => {
    types.push(type);
    if (type === rtax.lock) locks = readUint32(metrics, from);
    else if (type === rtax.mtu) mtu = readUint32(metrics, from);
  });
  const isMtuLocked = (locks & (1 << rtax.mtu)) !== 0;
  const tuning = types.filter((type) => type !== rtax.mtu || isMtuLocked).flatMap((type) => metricWords[type] ?? []);
  return { mtu, tuning };
}

/** How a link differs from a newly made one. */
export function traitsOf({ body }: Message): readonly LinkTrait[] {
  const flags = readUint32(body, 8);
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const program = find(body, ifla.program, headerLengths.link);
  const attached = program && find(program, programAttached);
  return [
    ...(has(linkFlags.noArp) ? ['no-arp' as const] : []),
    ...(has(linkFlags.multicast) ? [] : ['no-multicast' as const]),
    ...(has(linkFlags.promiscuous) ? ['promiscuous' as const] : []),
    ...(has(linkFlags.allMulticast) ? ['all-multicast' as const] : []),
    ...(attached !== undefined && readUint8(attached, 0) !== 0 ? ['xdp' as const] : []),
  ];
}

/** IFLA_INET_CONF and IFLA_INET6_CONF of linux/if_link.h, in a link's attributes of a family. */
const confOf = { ipv4: { family: ipFamily[4], conf: 1 }, ipv6: { family: ipFamily[6], conf: 2 } } as const;

/** The parameters of a link that differ from the usual ones, in the form of sysctl(8). */
export function parametersOf(link: string, own: Message, usual: Message): readonly string[] {
  return (['ipv4', 'ipv6'] as const).flatMap((of) => {
    const [mine, usually] = [confIn(own, of), confIn(usual, of)];
    return linkParameters[of]
      .filter(({ at }) => mine !== undefined && numberAt(mine, at) !== numberAt(usually, at))
      .map(({ name }) => parameterName(of, link, name));
  });
}

function confIn({ body }: Message, of: 'ipv4' | 'ipv6'): Uint8Array | undefined {
  const { family, conf } = confOf[of];
  const ofFamilies = find(body, ifla.ofFamily, headerLengths.link);
  const ofOne = ofFamilies && find(ofFamilies, family);
  return ofOne && find(ofOne, conf);
}

// From an array of 32-bit numbers. Older kernels have shorter ones.
function numberAt(values: Uint8Array | undefined, at: number): number | undefined {
  return values === undefined || values.length < (at + 1) * 4 ? undefined : readUint32(values, at * 4);
}
