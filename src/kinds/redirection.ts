import { canonicalAddress } from '../model/cidr.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mtu } from '../model/mtu.ts';
import type { Ingress } from '../model/pod-view.ts';
import type { QueuePairs } from '../model/queues.ts';
import type { GuestOfMaster, Hop, OwnLink, OwnRedirect } from './device.ts';
import { differences } from './differences.ts';
import { type TapUsers, tapFaults } from './tap.ts';

/**
 * A tap into which all frames of a link in the pod are redirected, and whose frames leave through that link. The tap is
 * in the pod beside the link, or on the host; then a veth pair leads from the pod to it.
 */
export interface Tcfilter extends TapUsers {
  readonly kind: 'tcfilter';
  readonly tap: OwnLink;
  readonly mac: string;
  readonly mtu: Mtu;
  readonly queuePairs: QueuePairs;
  /** The link in the pod. */
  readonly master: InterfaceName;
  readonly masterIndex: number;
  /** Its txqueuelen before. */
  readonly masterQueueLength: number;
  /** Mark of the redirects, in hexadecimal digits. */
  readonly cookie: string;
  /** The pair between pod and host, where the tap is on the host. */
  readonly veth?: { readonly host: OwnLink; readonly pod: OwnLink };
}

/** Everything of a redirection that is to be removed; what is between our own links goes with them. */
export function tcfilterRedirects({
  master,
  masterIndex,
  masterQueueLength,
  cookie,
}: Tcfilter): readonly OwnRedirect[] {
  return [
    {
      in: 'pod',
      link: master,
      index: masterIndex,
      cookie,
      queueLength: masterQueueLength,
    },
  ];
}

/** What stands at the ingress of each link that a redirection uses. */
export type IngressOf = Omit<Hop, 'cookie'>;

/** From where to where frames are redirected. */
export function tcfilterHops({ tap, veth, master }: Tcfilter): readonly IngressOf[] {
  const inPod = veth?.pod.name ?? tap.name;
  return [
    { in: 'pod', link: master, to: inPod },
    { in: 'pod', link: inPod, to: master },
    ...(veth === undefined
      ? []
      : ([
          { in: 'host', link: veth.host.name, to: tap.name },
          { in: 'host', link: tap.name, to: veth.host.name },
        ] as const)),
  ];
}

/** What of the links of a redirection is not as it was made. */
export function tcfilterFaults(
  device: Tcfilter,
  links: readonly Link[],
  users: TapUsers | undefined,
): readonly string[] {
  const find = ({ name, altname }: OwnLink): Link | undefined =>
    links.find((link) => link.name === name || link.altnames.includes(altname));
  const { tap, veth, mtu } = device;
  const ends = veth === undefined ? [] : [veth.host, veth.pod];
  return [
    ...tapFaults(device, undefined, find(tap), users),
    ...ends.flatMap((end) => {
      const link = find(end);
      if (link === undefined) return [`${end.name} is gone`];
      return differences(end.name, [
        ['alias', link.alias, end.alias],
        ['altname', link.altnames.find((altname) => altname === end.altname), end.altname],
        ['kind', link.kind, 'veth'],
        ['master', link.master, undefined],
        ['MTU', link.mtu, mtu],
        ['state', link.up ? 'up' : 'down', 'up'],
      ]);
    }),
  ];
}

/** What of the link in the pod is no longer as the guest took it over; `addresses` are those of the file. */
export function masterFaults(
  { master, mtu }: Tcfilter,
  { mac, addresses }: GuestOfMaster,
  pod: readonly Link[],
): readonly string[] {
  const link = pod.find(({ name }) => name === master);
  if (link === undefined) return [`${master} in the pod's namespace is gone`];
  const there = link.addresses.map(({ cidr }) => canonicalAddress(cidr));
  const missing = addresses.map(canonicalAddress).filter((address) => !there.includes(address));
  return [
    ...differences(`${master} in the pod's namespace`, [
      ['MAC', link.mac, mac],
      ['MTU', link.mtu, mtu],
    ]),
    ...missing.map((address) => `${master} in the pod's namespace no longer has the address ${address}`),
  ];
}

/** What of a hop is not as it was made, by its filters' targets. */
export function hopFaults({ link, to }: IngressOf, cookie: string, ingress: Ingress): readonly string[] {
  const ours = ingress.filters.find((filter) => filter.cookie === cookie);
  if (ours === undefined) return [`the redirect from ${link} to ${to} is gone`];
  if (ours.redirectsTo !== to)
    return [`the redirect from ${link} leads to ${ours.redirectsTo ?? 'nothing'}, not to ${to}`];
  return ingress.filters[0] === ours ? [] : [`another filter stands before the redirect from ${link} to ${to}`];
}
