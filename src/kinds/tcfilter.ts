import { danError } from '../model/error.ts';
import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mtu } from '../model/mtu.ts';
import type { Operation, Where } from '../model/operation.ts';
import type { Ingress } from '../model/pod-view.ts';
import type { QueuePairs, QueueSize } from '../model/queues.ts';
import type { NodeView, OwnLink, OwnRedirect, Plan } from './device.ts';
import { findMaster, masterWarnings } from './master.ts';
import { differences } from './differences.ts';
import { makeTap, mark, markTap, type TapUsers, tapFaults, usersOf } from './tap.ts';

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

/** What a configuration says of a redirection. */
export interface TcfilterRequest extends TapUsers {
  readonly device: 'tcfilter';
  readonly queuePairs: QueuePairs;
  readonly queueSize: QueueSize | undefined;
  readonly master: InterfaceName;
  /** Where the reader looks for the tap. */
  readonly place: Where;
}

/** Plans a redirection. Throws `master-missing`, `ingress-taken`, `pod-link-unusable`. */
export function planTcfilter(request: TcfilterRequest, view: NodeView): Plan<Tcfilter> {
  const { queuePairs, queueSize, master, place } = request;
  const { names } = view;
  const found = findMaster(master, view);
  const { source, guestMac, mtu } = found;
  refuseTakenIngress(master, view.ingress, view.pod.links);
  const device: Tcfilter = {
    kind: 'tcfilter',
    tap: own(names, place, ''),
    mac: names.linkMac,
    mtu,
    queuePairs,
    ...usersOf(request),
    master,
    masterIndex: source.index,
    masterQueueLength: source.queueLength,
    cookie: names.cookie,
    ...(place === 'host' ? { veth: { host: own(names, 'host', 'h'), pod: own(names, 'pod', 'p') } } : {}),
  };
  return {
    device,
    operations: makeTcfilter(device, names),
    guestMac,
    mtu,
    attached: { kind: 'host-tap', tapName: device.tap.name, queuePairs, queueSize },
    place,
    source,
    warnings: masterWarnings(found),
  };
}

/** How the redirection comes to be. The link's own ingress is taken last: until then its traffic flows as before. */
export function makeTcfilter(device: Tcfilter, names: DerivedNames): readonly Operation[] {
  const { tap, veth, mtu, master, cookie } = device;
  const redirect = (where: Where, from: InterfaceName, to: InterfaceName): Operation[] => [
    { op: 'ingress-add', in: where, name: from },
    { op: 'redirect', in: where, from, to, cookie },
  ];
  const up = (link: OwnLink): Operation => ({ op: 'up', in: link.in, name: link.name });
  const toPod = veth?.pod ?? tap;
  return [
    ...makeTap(device),
    ...(veth === undefined ? [] : [vethAdd(veth, names, mtu)]),
    ...markTap(device),
    ...(veth === undefined ? [] : [...mark(veth.host), ...mark(veth.pod)]),
    ...(veth === undefined ? [up(tap)] : [up(tap), up(veth.host), up(veth.pod)]),
    ...(veth === undefined
      ? []
      : [...redirect('host', veth.host.name, tap.name), ...redirect('host', tap.name, veth.host.name)]),
    ...redirect('pod', toPod.name, master),
    ...redirect('pod', master, toPod.name),
  ];
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
export interface IngressOf {
  readonly in: Where;
  readonly link: InterfaceName;
  readonly to: InterfaceName;
}

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
  guestMac: string,
  addresses: readonly string[],
  pod: readonly Link[],
): readonly string[] {
  const link = pod.find(({ name }) => name === master);
  if (link === undefined) return [`${master} in the pod's namespace is gone`];
  const there = link.addresses.map(({ cidr }) => withoutPrefix(cidr));
  const missing = addresses.map(withoutPrefix).filter((address) => !there.includes(address));
  return [
    ...differences(`${master} in the pod's namespace`, [
      ['MAC', link.mac, guestMac],
      ['MTU', link.mtu, mtu],
    ]),
    ...missing.map((address) => `${master} in the pod's namespace no longer has the address ${address}`),
  ];
}

function withoutPrefix(address: string): string {
  return address.replace(/\/.*$/, '');
}

/** What of a hop is not as it was made, by its filters' targets. */
export function hopFaults({ link, to }: IngressOf, cookie: string, ingress: Ingress): readonly string[] {
  const ours = ingress.filters.find((filter) => filter.cookie === cookie);
  if (ours === undefined) return [`the redirect from ${link} to ${to} is gone`];
  if (ours.redirectsTo !== to)
    return [`the redirect from ${link} leads to ${ours.redirectsTo ?? 'nothing'}, not to ${to}`];
  return ingress.filters[0] === ours ? [] : [`another filter stands before the redirect from ${link} to ${to}`];
}

function own(names: DerivedNames, where: Where, suffix: '' | 'h' | 'p'): OwnLink {
  const name = `${names.link}${suffix}` as InterfaceName;
  const altname = suffix === '' ? names.altname : `${names.altname}-${suffix}`;
  return { in: where, name, altname, alias: names.alias };
}

function vethAdd(veth: NonNullable<Tcfilter['veth']>, names: DerivedNames, mtu: Mtu): Operation {
  const [host, pod] = [
    { name: veth.host.name, mac: names.vethMacs.host },
    { name: veth.pod.name, mac: names.vethMacs.pod },
  ];
  return { op: 'veth-add', in: 'host', host, pod, mtu };
}

// Two owners of one ingress would each undo the other's work: nothing is touched.
function refuseTakenIngress(master: InterfaceName, { disciplines, filters }: Ingress, links: readonly Link[]): void {
  const [discipline] = disciplines;
  if (discipline === undefined) return;
  const cilium = filters.some(({ kind, name }) => kind === 'bpf' && /cil_|cilium|bpf_lxc/.test(name ?? ''));
  const kata = links.some(({ name }) => /^tap\d+_kata$/.test(name));
  const owner = cilium ? 'Cilium' : kata ? 'Kata, whose virtual machine is started already' : 'somebody unknown';
  throw danError(
    'ingress-taken',
    `${master} in the pod's namespace has the queueing discipline "${discipline}" already; it looks like that of ` +
      `${owner}, and was not touched: two redirections of one link cannot be; use another interface`,
  );
}
