import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mtu } from '../model/mtu.ts';
import type { Operation } from '../model/operation.ts';
import type { QueuePairs, QueueSize } from '../model/queues.ts';
import { differences } from './differences.ts';
import type { NodeView, OwnLink, Plan } from './device.ts';
import type { DeviceKind } from './kind.ts';
import type { MacvtapMode } from './macvtap-mode.ts';
import { findMaster, masterOfSettings, masterRule, masterWarnings } from './master.ts';
import { queuesOf } from './settings.ts';
import { noPortKeys, noSocketKeys, tapKeys } from './taken-keys.ts';
import { mark, type TapUsers, usersOf } from './tap.ts';

/**
 * A macvtap on a link of the pod. It has the link's MAC; the link has another one meanwhile, and no addresses, as
 * Kata's own macvtap model has it. Its character device is opened through a node of our own: `/dev/tapN` counts by
 * interface index, which repeats between namespaces.
 */
export interface Macvtap extends TapUsers {
  readonly kind: 'macvtap';
  readonly tap: OwnLink;
  readonly mac: string;
  readonly mtu: Mtu;
  readonly queuePairs: QueuePairs;
  readonly master: InterfaceName;
  readonly mode: MacvtapMode;
  /** Path of the device node. */
  readonly node: string;
  /** MAC that the link has while the macvtap has its own; left out in passthru, where both have the same. */
  readonly masterMac?: string;
}

/** What a configuration says of a macvtap. */
export interface MacvtapRequest extends TapUsers {
  readonly device: 'macvtap';
  readonly queuePairs: QueuePairs;
  readonly queueSize: QueueSize | undefined;
  readonly master: InterfaceName;
  readonly mode: MacvtapMode;
}

/** The path of an attachment's device node. */
function nodePath({ link }: DerivedNames): string {
  return `/run/dan/macvtap/${link}`;
}

/** Plans a macvtap. Throws `master-missing`, `pod-link-unusable`. */
export function planMacvtap(request: MacvtapRequest, view: NodeView): Plan<Macvtap> {
  const { queuePairs, queueSize, master, mode } = request;
  const { names } = view;
  const found = findMaster(master, view);
  const { source, guestMac, mtu } = found;
  const node = nodePath(names);
  const device: Macvtap = {
    kind: 'macvtap',
    tap: own(names),
    mac: guestMac,
    mtu,
    queuePairs,
    ...usersOf(request),
    master,
    mode,
    node,
    ...(mode === 'passthru' ? {} : { masterMac: names.guestMac }),
  };
  return {
    device,
    operations: makeMacvtap(device),
    guestMac,
    mtu,
    attached: { kind: 'macvtap', tapName: names.link, queuePairs, queueSize, path: node, mode },
    place: 'pod',
    source,
    warnings: masterWarnings(found),
  };
}

/** How the macvtap comes to be. The node is made after it: only then the kernel has numbers for it. */
export function makeMacvtap(device: Macvtap): readonly Operation[] {
  const { tap, master, mac, mtu, mode, masterMac } = device;
  return [
    { op: 'addresses-flush', in: 'pod', name: master },
    ...(masterMac === undefined ? [] : [{ op: 'link-set', in: 'pod', name: master, address: masterMac } as const]),
    { op: 'macvtap-add', in: 'pod', name: tap.name, master, mac, mtu, mode },
    ...mark(tap),
    // The kernel knows nothing of the groups that the guest joins, and neighbor discovery of IPv6 goes to one.
    { op: 'allmulticast', in: 'pod', name: tap.name },
    { op: 'up', in: 'pod', name: tap.name },
  ];
}

/** What of a macvtap is not as it was made; `link` is what the kernel has under its name. */
export function macvtapFaults(device: Macvtap, link: Link | undefined): readonly string[] {
  const { tap, mac, mtu, mode } = device;
  if (link === undefined) return [`macvtap ${tap.name} is gone`];
  return differences(`macvtap ${tap.name}`, [
    ['alias', link.alias, tap.alias],
    ['kind', link.kind, 'macvtap'],
    ['MAC', link.mac, mac],
    ['MTU', link.mtu, mtu],
    ['state', link.up ? 'up' : 'down', 'up'],
    ['mode', String(link.data['mode']), mode],
  ]);
}

/** What of the link that a macvtap stands on is not as it was left: another MAC, addresses that it gave up. */
function macvtapMasterFaults({ master, mac, masterMac = mac }: Macvtap, pod: readonly Link[]): readonly string[] {
  const link = pod.find(({ name }) => name === master);
  if (link === undefined) return [`${master} in the pod's namespace is gone`];
  const where = `${master} in the pod's namespace`;
  return [
    ...differences(where, [['MAC', link.mac, masterMac]]),
    ...link.addresses.map(({ cidr }) => `${where} has the address ${cidr}, and gave its addresses up`),
  ];
}

/** A macvtap on a link of the pod. */
export const macvtap: DeviceKind<MacvtapRequest, Macvtap> = {
  addresses: 'of-master',
  opens: 'tap',
  switches: 'none',
  attachedAs: 'macvtap',
  linkKinds: ['macvtap'],
  keys: { ...noPortKeys, ...tapKeys, ...noSocketKeys, master: 'taken', mode: 'taken' },
  rules: [masterRule],
  read(settings, { ifname }) {
    const { mode = 'bridge', owner, group } = settings;
    return { device: 'macvtap', ...queuesOf(settings), master: masterOfSettings(settings, ifname), mode, owner, group };
  },
  wants: ({ master }) => ({ bridge: null, database: undefined, mtu: undefined, master, socket: undefined }),
  plan: planMacvtap,
  refuseBridge: () => undefined,
  exclusives: () => [],
  tools: () => ({ iproute2: ['ip', 'tc', 'tee', 'cat', 'mknod', 'mount', 'nsenter', 'unshare'], others: [] }),
  features: () => ['macvtap', 'altname'],
  strays: (names) => ({ links: [own(names)], files: [{ kind: 'device-node', path: nodePath(names) }] }),
  isValid: () => true,
  name: ({ tap }) => tap.name,
  tap: ({ tap, mac }) => ({ ...tap, mac }),
  socket: () => undefined,
  port: () => undefined,
  bridge: () => undefined,
  master: ({ master }) => master,
  links: ({ tap }) => [tap],
  madeLinks: ({ tap }) => [tap],
  label: () => 'macvtap',
  files: ({ node }) => [{ kind: 'device-node', path: node }],
  redirects: () => [],
  hops: () => [],
  makes: ({ node, tap, owner, group }) => [
    {
      make: 'macvtap-node',
      path: node,
      link: tap.name,
      owner,
      group,
      what: 'the device node that the virtual machine opens',
    },
  ],
  takes: ({ master, mac, masterMac }) => ({ link: master, mac, meanwhile: masterMac }),
  faults(device, links) {
    const { altname } = device.tap;
    return macvtapFaults(
      device,
      links.find(({ altnames }) => altnames.includes(altname)),
    );
  },
  vlanPort: () => undefined,
  vlanFaults: () => [],
  masterFaults: (device, _guest, links) => macvtapMasterFaults(device, links),
};

function own({ link, altname, alias }: DerivedNames): OwnLink {
  return { in: 'pod', name: link, altname, alias };
}
