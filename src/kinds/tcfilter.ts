import { danError } from '../model/error.ts';
import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mtu } from '../model/mtu.ts';
import type { Operation, Where } from '../model/operation.ts';
import type { Ingress } from '../model/pod-view.ts';
import type { QueuePairs, QueueSize } from '../model/queues.ts';
import type { NodeView, OwnLink, Plan } from './device.ts';
import type { DeviceKind } from './kind.ts';
import { findMaster, masterOfSettings, masterRule, masterWarnings } from './master.ts';
import { masterFaults, type Tcfilter, tcfilterFaults, tcfilterHops, tcfilterRedirects } from './redirection.ts';
import { placeOf, queuesOf } from './settings.ts';
import { noMacvtapKeys, noPortKeys, noSocketKeys, tapKeys } from './taken-keys.ts';
import { makeTap, mark, markTap, type TapUsers, usersOf } from './tap.ts';

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

/** A link of the pod whose frames are redirected to a tap. */
export const tcfilter: DeviceKind<TcfilterRequest, Tcfilter> = {
  addresses: 'of-master',
  opens: 'tap',
  switches: 'none',
  // A redirection ends in a tap of its own.
  attachedAs: 'host-tap',
  linkKinds: ['tun', 'veth'],
  keys: { ...noPortKeys, ...tapKeys, ...noSocketKeys, ...noMacvtapKeys, master: 'taken' },
  rules: [masterRule],
  read(settings, { ifname }) {
    const { owner, group } = settings;
    const master = masterOfSettings(settings, ifname);
    return { device: 'tcfilter', ...queuesOf(settings), master, place: placeOf(settings), owner, group };
  },
  wants: ({ master }) => ({ bridge: null, database: undefined, mtu: undefined, master, socket: undefined }),
  plan: planTcfilter,
  refuseBridge: () => undefined,
  exclusives: () => [],
  tools: () => ({ iproute2: ['ip', 'nsenter', 'tc', 'tee', 'cat'], others: [] }),
  features: ({ place }) => [
    'tap',
    'altname',
    'ingress',
    'u32',
    'mirred',
    ...(place === 'host' ? ['veth' as const] : []),
  ],
  strays: (names) => ({ links: [own(names, 'host', ''), own(names, 'host', 'h'), own(names, 'pod', '')], files: [] }),
  isValid: () => true,
  name: ({ tap }) => tap.name,
  tap: ({ tap, mac }) => ({ ...tap, mac }),
  socket: () => undefined,
  port: () => undefined,
  bridge: () => undefined,
  master: ({ master }) => master,
  links: linksOf,
  madeLinks: linksOf,
  label: ({ tap }, link) => (link === tap.name ? 'tap' : `veth ${link}`),
  files: () => [],
  redirects: tcfilterRedirects,
  hops: (device) => tcfilterHops(device).map((hop) => ({ ...hop, cookie: device.cookie })),
  makes: () => [],
  takes: () => undefined,
  faults: tcfilterFaults,
  vlanPort: () => undefined,
  vlanFaults: () => [],
  masterFaults,
};

function linksOf({ tap, veth }: Tcfilter): readonly OwnLink[] {
  return veth === undefined ? [tap] : [tap, veth.host, veth.pod];
}
