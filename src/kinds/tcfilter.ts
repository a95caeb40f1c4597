import { fits, like, one, whole } from '../json/shape.ts';
import type { Bandwidth } from '../model/bandwidth.ts';
import { danError } from '../model/error.ts';
import type { DerivedNames } from '../model/identity.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Operation, Where } from '../model/operation.ts';
import type { Ingress } from '../model/pod-view.ts';
import type { NodeView, OwnLink, Plan } from './device.ts';
import type { DeviceKind } from './kind.ts';
import { rows } from './pod-namespace/rows.ts';
import {
  masterFaults,
  type Tcfilter,
  tcfilterFaults,
  tcfilterHops,
  tcfilterRedirects,
  tcfilterShapers,
} from './redirection.ts';
import { recordedBandwidth, recordedLink, recordedTap } from './recorded.ts';
import { invalid, placeOf, queuesOf, type Rule } from './settings.ts';
import { keepLimits, refuseSmallBursts } from './shaping.ts';
import { hotplugKeys, inPod, noFunctionKeys, noMacvtapKeys, noPortKeys, noSocketKeys, tapKeys } from './taken-keys.ts';
import { type MasterRequest, masterOfSettings, masterRule, ofMaster, planMaster } from './master.ts';
import { makeTap, mark, markTap, ownLink, usersOf, withTap } from './tap.ts';
import { addPair } from './veth-pair.ts';
import { withoutFiles, withoutFunction, withoutSocket, withoutSwitch } from './without.ts';

/** The settings of a redirection in a configuration. */
export interface TcfilterRequest extends MasterRequest {
  readonly device: 'tcfilter';
  /** Where the reader looks for the tap. */
  readonly place: Where;
  readonly bandwidth?: Bandwidth | undefined;
}

/** Plans a redirection. Throws `master-missing`, `ingress-taken`, `pod-link-unusable`, `burst-too-small`. */
export function planTcfilter(request: TcfilterRequest, view: NodeView): Plan<Tcfilter> {
  const { queuePairs, queueSize, place, bandwidth } = request;
  const { names } = view;
  const { master, ...taken } = planMaster(request, view);
  refuseTakenIngress(master, view.ingress, view.pod.links);
  if (bandwidth !== undefined) refuseSmallBursts(bandwidth, taken.mtu);
  const tap = ownLink(names, place);
  const veth = { host: ownLink(names, 'host', 'h'), pod: ownLink(names, 'pod', 'p') };
  const device: Tcfilter = {
    ...{ kind: 'tcfilter', tap, mac: names.linkMac, mtu: taken.mtu, queuePairs, ...usersOf(request), master },
    masterIndex: taken.source.index,
    masterQueueLength: taken.source.queueLength,
    cookie: names.cookie,
    ...(place === 'host' ? { veth } : {}),
    ...(bandwidth === undefined ? {} : { bandwidth }),
  };
  return {
    ...taken,
    device,
    operations: makeTcfilter(device, names),
    attached: { kind: 'host-tap', tapName: tap.name, queuePairs, queueSize },
    place,
  };
}

/** The operations that make the redirection. The link's ingress comes last: until then, its traffic flows as before. */
export function makeTcfilter(device: Tcfilter, names: DerivedNames): readonly Operation[] {
  const { veth, mtu } = device;
  return [
    ...makeTap(device),
    ...(veth === undefined ? [] : [addPair(veth.host, veth.pod, names, mtu)]),
    ...markTap(device),
    ...(veth === undefined ? [] : [...mark(veth.host), ...mark(veth.pod)]),
    ...keepLimits(tcfilterShapers(device)),
    ...linksOf(device).map(({ in: where, name }) => ({ op: 'up', in: where, name }) as const),
    ...tcfilterHops(device)
      .toReversed()
      .flatMap(({ in: where, link, to, cookie }): Operation[] => [
        { op: 'ingress-add', in: where, name: link },
        { op: 'redirect', in: where, from: link, to, cookie },
      ]),
    // So the plugin dhcp, or another client, can go on renewing the lease of the guest's address.
    ...tcfilterHops(device)
      .filter(({ mirrorsDhcp }) => mirrorsDhcp)
      .map(({ in: where, link: from, to, cookie }) => ({ op: 'dhcp-mirror', in: where, from, to, cookie }) as const),
  ];
}

// Two owners of one ingress would undo each other's work, so dan touches nothing.
function refuseTakenIngress(master: InterfaceName, { disciplines, filters }: Ingress, links: readonly Link[]): void {
  const [discipline] = disciplines;
  if (discipline === undefined) return;
  const cilium = filters.some(({ kind, name }) => kind === 'bpf' && /cil_|cilium|bpf_lxc/.test(name ?? ''));
  const kata = links.some(({ name }) => /^tap\d+_kata$/.test(name));
  const owner = cilium ? 'Cilium' : kata ? 'Kata, whose virtual machine is started already' : 'somebody unknown';
  throw danError(
    'ingress-taken',
    `${master} in the pod's namespace has the queueing discipline "${discipline}" already; it looks like that of ` +
      `${owner}, and was not touched: ${rows.ingress.why}; ${rows.ingress.next}`,
  );
}

const isLimitedOnHost: Rule = {
  keys: ['bandwidth', 'runtime'],
  fault: (settings) =>
    settings.bandwidth !== undefined && placeOf(settings) === 'pod'
      ? invalid(`"bandwidth" has no effect with "runtime": "${settings.runtime}": ${inPod.meaningless}`)
      : undefined,
};

const hotplugOnHost: Rule = {
  keys: ['hotplug', 'runtime'],
  fault: (settings) =>
    settings.hotplug === true && placeOf(settings) === 'pod'
      ? invalid(
          `"hotplug" is for a tap on the host, and with "runtime": "${settings.runtime}" it is in the pod's namespace: ` +
            'leave one of them out',
        )
      : undefined,
};

/** A link of the pod whose frames are redirected to a tap. */
export const tcfilter: DeviceKind<TcfilterRequest, Tcfilter> = {
  ...withTap,
  ...ofMaster,
  ...withoutSwitch,
  ...withoutSocket,
  ...withoutFunction,
  ...withoutFiles,
  keepsMaster: () => true,
  unfit: () => [],
  // The reader only sees the tap at the end of the redirection.
  attachedAs: 'host-tap',
  linkKinds: ['tun', 'veth'],
  keys: {
    ...noPortKeys,
    ...noFunctionKeys,
    ...tapKeys,
    ...noSocketKeys,
    ...noMacvtapKeys,
    ...hotplugKeys,
    bandwidth: 'taken',
    master: 'taken',
  },
  rules: [masterRule, isLimitedOnHost, hotplugOnHost],
  read(settings, { ifname }) {
    const { owner, group, bandwidth } = settings;
    const master = masterOfSettings(settings, ifname);
    return { device: 'tcfilter', ...queuesOf(settings), ...master, place: placeOf(settings), owner, group, bandwidth };
  },
  plan: planTcfilter,
  tools: () => ({ iproute2: ['ip', 'nsenter', 'tc', 'tee', 'cat'], others: [] }),
  features: ({ place, bandwidth }) => [
    ...(['tap', 'altname', 'ingress', 'u32', 'mirred'] as const),
    ...(place === 'host' ? ['veth' as const] : []),
    ...(bandwidth === undefined ? [] : ['tbf' as const]),
  ],
  strays: (names) => ({
    links: [ownLink(names, 'host'), ownLink(names, 'host', 'h'), ownLink(names, 'pod'), ownLink(names, 'pod', 'p')],
    files: [],
  }),
  recorded: (names, { veth }) => ({
    ...recordedTap(ownLink(names, veth === undefined ? 'pod' : 'host')),
    master: fits(parseInterfaceName),
    masterIndex: whole(1),
    masterQueueLength: whole(),
    cookie: one(names.cookie),
    bandwidth: recordedBandwidth,
    ...(veth === undefined
      ? {}
      : {
          veth: like({
            host: recordedLink(ownLink(names, 'host', 'h')),
            pod: recordedLink(ownLink(names, 'pod', 'p')),
          }),
        }),
  }),
  links: linksOf,
  madeLinks: linksOf,
  pluggable: ({ tap, veth, queuePairs }) => (veth === undefined ? undefined : { name: tap.name, queuePairs }),
  label: ({ tap }, link) => (link === tap.name ? 'tap' : `veth ${link}`),
  redirects: tcfilterRedirects,
  hops: tcfilterHops,
  shapers: tcfilterShapers,
  // The link keeps everything except its frames.
  takes: () => undefined,
  faults: tcfilterFaults,
  masterFaults,
};

function linksOf({ tap, veth }: Tcfilter): readonly OwnLink[] {
  return veth === undefined ? [tap] : [tap, veth.host, veth.pod];
}
