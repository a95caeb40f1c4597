import type { Bandwidth } from '../model/bandwidth.ts';
import { canonicalAddress } from '../model/cidr.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Where } from '../model/operation.ts';
import type { Ingress } from '../model/pod-view.ts';
import type { GuestOfMaster, Hop, OwnLink, OwnRedirect, Shaper } from './device.ts';
import { differences } from './differences.ts';
import { type AnyTap, findOwn, type TapUsers, tapFaults } from './tap.ts';
import { pairEndFaults } from './veth-pair.ts';

/**
 * A tap that gets all frames of a link in the pod, and whose frames leave through that link. The tap is in the pod
 * beside the link, or it is on the host and a veth pair connects it to the pod.
 */
export interface Tcfilter extends AnyTap {
  readonly kind: 'tcfilter';
  /** The link in the pod. */
  readonly master: InterfaceName;
  readonly masterIndex: number;
  /** Its txqueuelen before ADD. */
  readonly masterQueueLength: number;
  /** Mark of the redirects, in hexadecimal digits. */
  readonly cookie: string;
  /** The pair between pod and host, if the tap is on the host. */
  readonly veth?: { readonly host: OwnLink; readonly pod: OwnLink };
  /** Its limits; only a tap on the host has any. */
  readonly bandwidth?: Bandwidth;
}

/** The redirects that must be removed. Those between our own links disappear with the links. */
export function tcfilterRedirects({
  master: link,
  masterIndex: index,
  masterQueueLength: queueLength,
  cookie,
}: Tcfilter): readonly OwnRedirect[] {
  return [{ in: 'pod', link, index, cookie, queueLength }];
}

/** The hops of the redirection, that of the link in the pod first. */
export function tcfilterHops({ tap, veth, master, cookie }: Tcfilter): readonly Hop[] {
  const hop = (where: Where, link: InterfaceName, to: InterfaceName): Hop => ({ in: where, link, to, cookie });
  const inPod = veth?.pod.name ?? tap.name;
  return [
    { ...hop('pod', master, inPod), mirrorsDhcp: true },
    hop('pod', inPod, master),
    ...(veth === undefined ? [] : [hop('host', tap.name, veth.host.name), hop('host', veth.host.name, tap.name)]),
  ];
}

/**
 * The limits of a redirection, by the links that apply them. The tap sends to the guest. The pair's end on the host
 * sends what comes from the guest, and nothing else.
 */
export function tcfilterShapers({ tap, veth, bandwidth = {} }: Tcfilter): readonly Shaper[] {
  const { ingress, egress } = bandwidth;
  if (veth === undefined) return [];
  return [
    ...(ingress === undefined ? [] : [{ in: 'host', link: tap.name, limit: ingress } as const]),
    ...(egress === undefined ? [] : [{ in: 'host', link: veth.host.name, limit: egress } as const]),
  ];
}

/** How the links of a redirection differ from what ADD made. */
export function tcfilterFaults(
  device: Tcfilter,
  links: readonly Link[],
  users: TapUsers | undefined,
): readonly string[] {
  const { tap, veth, mtu } = device;
  const ends = veth === undefined ? [] : [veth.host, veth.pod];
  return [
    ...tapFaults(device, undefined, findOwn(tap, links), users),
    ...ends.flatMap((end) => pairEndFaults(end, links, { mtu })),
  ];
}

/** How the link in the pod differs from what the guest took over. `addresses` are those of the file. */
export function masterFaults(
  { master, mtu }: Pick<Tcfilter, 'master' | 'mtu'>,
  { mac, addresses, noArp }: GuestOfMaster,
  pod: readonly Link[],
): readonly string[] {
  const link = pod.find(({ name }) => name === master);
  if (link === undefined) return [`${master} in the pod's namespace is gone`];
  const there = link.addresses.map(({ cidr }) => canonicalAddress(cidr));
  const missing = addresses.map(canonicalAddress).filter((address) => !there.includes(address));
  const changed = differences(`${master} in the pod's namespace`, [
    ['MAC', link.mac, mac],
    ['MTU', link.mtu, mtu],
    ['NOARP', link.traits?.includes('no-arp') ?? false, noArp],
  ]);
  return [
    ...changed.map((text) => `${text} (a plugin that sets it, such as tuning, belongs before dan in the list)`),
    ...missing.map((address) => `${master} in the pod's namespace no longer has the address ${address}`),
  ];
}

/** How a hop differs from what ADD made, by the targets of its filters. */
export function hopFaults({ link, to, cookie, mirrorsDhcp }: Hop, { filters }: Ingress): readonly string[] {
  const own = filters.filter((filter) => filter.cookie === cookie);
  const ours = own.find(({ mirrors }) => mirrors !== true);
  if (ours === undefined) return [`the redirect from ${link} to ${to} is gone`];
  if (ours.redirectsTo !== to) {
    return [`the redirect from ${link} leads to ${ours.redirectsTo ?? 'nothing'}, not to ${to}`];
  }
  // A mirror passes all frames on: to the redirect, or to their original destination.
  const before = filters.slice(0, filters.indexOf(ours));
  const mirror = before.find((filter) => own.includes(filter));
  return [
    ...(before.every((filter) => own.includes(filter))
      ? []
      : [`another filter stands before the redirect from ${link} to ${to}`]),
    ...(mirrorsDhcp === true && mirror?.redirectsTo !== to
      ? [`the mirror of DHCP answers from ${link} to ${to} is gone: a DHCP client in the pod cannot renew its lease`]
      : []),
  ];
}
