import { readUint32, readUint8 } from '#bytes';
import type { LinkAddress, LinkTrait } from '../../model/link.ts';
import type { KernelRoute } from '../../model/pod-view.ts';
import { linkFlags, linkHeaderLength } from './link-attributes.ts';
import { attributes, find, type Message, uint32At } from './message.ts';

// What of an address, a route or a link decides whether a guest could have the same.

/** AF_INET6 of sys/socket.h. */
const ipv6 = 10;

/** IFA_F_… of linux/if_addr.h. The first means something else in IPv4. */
const addressFlags = { temporary: 0x01, dadFailed: 0x08, deprecated: 0x20, makesTemporary: 0x100 } as const;

/** What the flags of an address say of it; `family` is AF_…. */
export function addressMarks(
  family: number,
  flags: number,
): Pick<LinkAddress, 'dadFailed' | 'deprecated' | 'ofRouter'> {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const ofRouter = family === ipv6 && (has(addressFlags.temporary) || has(addressFlags.makesTemporary));
  return {
    ...(has(addressFlags.deprecated) ? { deprecated: true } : {}),
    ...(has(addressFlags.dadFailed) ? { dadFailed: true } : {}),
    ...(ofRouter ? { ofRouter } : {}),
  };
}

/** RTA_… of linux/rtnetlink.h. */
const routeAttributes = { link: 4, metrics: 8, nextHops: 9, realm: 11, nextHopObject: 30 } as const;

/** What of a route no DAN file carries, so that the guest would send other packets by it, or none. */
export function unsupportedMark(route: Uint8Array, told: ReadonlyMap<number, Uint8Array>): string | undefined {
  // rtm_src_len and rtm_tos of struct rtmsg
  if (readUint8(route, 2) !== 0) return 'a source prefix';
  if (readUint8(route, 3) !== 0) return 'a TOS';
  // net.ipv4.nexthop_compat_mode of ip-sysctl
  const isUntold = told.has(routeAttributes.nextHopObject) && !told.has(routeAttributes.link);
  return isUntold && !told.has(routeAttributes.nextHops)
    ? 'a next hop object that the kernel does not tell of'
    : undefined;
}

/** RTAX_LOCK and RTAX_MTU of linux/rtnetlink.h. */
const [locked, mtu] = [1, 2];

/** RTAX_… of linux/rtnetlink.h, in the words of `ip route`. A lock of the MTU comes where the MTU itself would be. */
const metricWords: Readonly<Record<number, string>> = {
  [mtu]: 'mtu lock',
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

/** What tunes a route beside its MTU. */
export function tuningMarks(told: ReadonlyMap<number, Uint8Array>): Pick<KernelRoute, 'tuning'> {
  const metrics = told.get(routeAttributes.metrics);
  const isRealm = told.has(routeAttributes.realm);
  if (metrics === undefined && !isRealm) return {};
  const types = metrics === undefined ? [] : attributes(metrics).map(({ type }) => type);
  const isMtuLocked = metrics !== undefined && ((uint32At(find(metrics, locked)) ?? 0) & (1 << mtu)) !== 0;
  const words = types.filter((type) => type !== mtu || isMtuLocked).flatMap((type) => metricWords[type] ?? []);
  const tuning = [...words, ...(isRealm ? ['realm'] : [])];
  return tuning.length === 0 ? {} : { tuning };
}

/** IFF_… of linux/if.h. */
const traitFlags = { loopback: 0x8, noArp: 0x80, promiscuous: 0x100, multicast: 0x1000 } as const;

/** IFLA_XDP of linux/if_link.h, and IFLA_XDP_ATTACHED in it. */
const [xdp, xdpAttached] = [43, 2];

/** What sets a link apart from one as it is made. */
export function linkMarks(message: Message | undefined): { readonly traits?: readonly LinkTrait[] } {
  if (message === undefined) return {};
  const { body } = message;
  const flags = readUint32(body, 8);
  if ((flags & traitFlags.loopback) !== 0) return {};
  const program = find(body, xdp, linkHeaderLength);
  const attached = program && find(program, xdpAttached);
  const hasProgram = attached !== undefined && readUint8(attached, 0) !== 0;
  const traits: readonly LinkTrait[] = [
    ...((flags & traitFlags.noArp) === 0 ? [] : ['no-arp' as const]),
    ...((flags & traitFlags.multicast) === 0 ? ['no-multicast' as const] : []),
    ...((flags & traitFlags.promiscuous) === 0 ? [] : ['promiscuous' as const]),
    ...((flags & linkFlags.allMulticast) === 0 ? [] : ['all-multicast' as const]),
    ...(hasProgram ? ['xdp' as const] : []),
  ];
  return traits.length === 0 ? {} : { traits };
}

/** Whether an attribute's value has an array of 32-bit numbers, and the one at a place in it. */
export function numberAt(values: Uint8Array | undefined, at: number): number | undefined {
  return values === undefined || values.length < (at + 1) * 4 ? undefined : readUint32(values, at * 4);
}
