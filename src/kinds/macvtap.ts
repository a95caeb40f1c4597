import { fits, maybe, one } from '../json/shape.ts';
import type { DerivedNames } from '../model/identity.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Operation } from '../model/operation.ts';
import { differences } from './differences.ts';
import type { GuestOfMaster, LinkOrigin, NodeView, Plan } from './device.ts';
import type { DeviceKind } from './kind.ts';
import { type MacvtapMode, macvtapModes } from './macvtap-mode.ts';
import type { UnfitRow } from './pod-namespace/rows.ts';
import { masterFaults } from './redirection.ts';
import { recordedTap } from './recorded.ts';
import { queuesOf } from './settings.ts';
import { inPod, noFunctionKeys, noHotplugKeys, noPortKeys, noSocketKeys, tapKeys } from './taken-keys.ts';
import { type MasterRequest, masterOfSettings, masterRule, ofMaster, planMaster } from './master.ts';
import { type AnyTap, findOwn, linkFaults, mark, ownLink, usersOf, withTap } from './tap.ts';
import { withoutFunction, withoutPluggable, withoutShaping, withoutSocket, withoutSwitch } from './without.ts';

/**
 * A macvtap on a link of the pod. It has the link's MAC. Meanwhile the link has another MAC and no addresses, as in
 * Kata's own macvtap model. In passthru mode the link keeps both: no unicast frame reaches its own stack, and its
 * answers to other frames have the guest's MAC. So the CHECK of the plugin that made the link finds no change. dan
 * opens the character device through its own node: `/dev/tapN` is numbered by interface index, which repeats between
 * namespaces.
 */
export interface Macvtap extends AnyTap {
  readonly kind: 'macvtap';
  readonly master: InterfaceName;
  readonly mode: MacvtapMode;
  /** Path of the device node. */
  readonly node: string;
  /** MAC that the link has meanwhile; left out in passthru mode, in which both have the same one. */
  readonly masterMac?: string;
}

/** The settings of a macvtap in a configuration. */
export interface MacvtapRequest extends MasterRequest {
  readonly device: 'macvtap';
  readonly mode: MacvtapMode;
}

/** The path of an attachment's device node. */
function nodePath({ link }: DerivedNames): string {
  return `/run/dan/macvtap/${link}`;
}

/** Plans a macvtap. Throws `master-missing`, `pod-link-unusable`. */
export function planMacvtap(request: MacvtapRequest, view: NodeView): Plan<Macvtap> {
  const { queuePairs, queueSize, mode } = request;
  const { names } = view;
  const { master, ...taken } = planMaster(request, view, ({ kind }) =>
    unfit(request, { kind, isLeased: false }).map((row) => ({ row, seen: `it is a ${kind ?? 'link'}` })),
  );
  const tap = ownLink(names, 'pod');
  const node = nodePath(names);
  const device: Macvtap = {
    ...{
      kind: 'macvtap',
      tap,
      mac: taken.guestMac,
      mtu: taken.mtu,
      queuePairs,
      ...usersOf(request),
      master,
      mode,
      node,
    },
    ...(mode === 'passthru' ? {} : { masterMac: names.guestMac }),
  };
  return {
    ...taken,
    device,
    operations: makeMacvtap(device),
    attached: { kind: 'macvtap', tapName: tap.name, queuePairs, queueSize, path: node, mode },
    place: 'pod',
  };
}

// The kernel refuses passthru on a macvlan (macvlan_common_newlink and macvlan_passthru of drivers/net/macvlan.c).
function unfit({ mode }: { readonly mode?: unknown }, { kind, isLeased }: LinkOrigin): readonly UnfitRow[] {
  return [
    ...(mode === 'passthru' && kind === 'macvlan' ? ['passthru-on-macvlan' as const] : []),
    ...(isLeased ? ['lease-lost' as const] : []),
  ];
}

/** The operations that make the macvtap. The node comes later, since the kernel assigns its numbers only then. */
export function makeMacvtap(device: Macvtap): readonly Operation[] {
  const { tap, master, mac, mtu, mode, masterMac } = device;
  return [
    ...(masterMac === undefined
      ? []
      : [
          { op: 'addresses-flush', in: 'pod', name: master } as const,
          { op: 'link-set', in: 'pod', name: master, address: masterMac } as const,
        ]),
    { op: 'macvtap-add', in: 'pod', name: tap.name, master, mac, mtu, mode },
    ...mark(tap),
    // The kernel does not know the multicast groups that the guest joins, and IPv6 neighbor discovery uses one.
    { op: 'allmulticast', in: 'pod', name: tap.name },
    { op: 'up', in: 'pod', name: tap.name },
  ];
}

/** How a macvtap differs from what ADD made. `found` is the kernel's link. */
export function macvtapFaults({ tap, mac, mtu, mode }: Macvtap, found: Link | undefined): readonly string[] {
  return linkFaults(`macvtap ${tap.name}`, tap, found, (link) => [
    ['kind', link.kind, 'macvtap'],
    ['MAC', link.mac, mac],
    ['MTU', link.mtu, mtu],
    ['mode', String(link.data['mode']), mode],
  ]);
}

/** How the link below a macvtap differs from what ADD left: it has another MAC, or has addresses again. */
function macvtapMasterFaults(device: Macvtap, guest: GuestOfMaster, pod: readonly Link[]): readonly string[] {
  const { master, masterMac } = device;
  if (masterMac === undefined) return masterFaults(device, guest, pod);
  const where = `${master} in the pod's namespace`;
  const link = pod.find(({ name }) => name === master);
  if (link === undefined) return [`${where} is gone`];
  return [
    ...differences(where, [['MAC', link.mac, masterMac]]),
    ...link.addresses.map(({ cidr }) => `${where} has the address ${cidr}, and gave its addresses up`),
  ];
}

/** A macvtap on a link of the pod. */
export const macvtap: DeviceKind<MacvtapRequest, Macvtap> = {
  ...withTap,
  ...ofMaster,
  ...withoutSwitch,
  ...withoutSocket,
  ...withoutShaping,
  ...withoutPluggable,
  ...withoutFunction,
  keepsMaster: ({ mode }) => mode === 'passthru',
  unfit,
  attachedAs: 'macvtap',
  linkKinds: ['macvtap'],
  keys: {
    ...noPortKeys,
    ...noFunctionKeys,
    ...tapKeys,
    ...noSocketKeys,
    ...noHotplugKeys('no runtime of Kata reads a macvtap, so none runs a sandbox that could be given one'),
    bandwidth: inPod,
    master: 'taken',
    mode: 'taken',
  },
  rules: [masterRule],
  read(settings, { ifname }) {
    const { mode = 'bridge', owner, group } = settings;
    return { device: 'macvtap', ...queuesOf(settings), ...masterOfSettings(settings, ifname), mode, owner, group };
  },
  plan: planMacvtap,
  tools: () => ({ iproute2: ['ip', 'tc', 'tee', 'cat', 'mknod', 'mount', 'nsenter', 'unshare'], others: [] }),
  features: () => ['macvtap', 'altname'],
  strays: (names) => ({ links: [ownLink(names, 'pod')], files: [{ kind: 'device-node', path: nodePath(names) }] }),
  recorded: (names) => ({
    ...recordedTap(ownLink(names, 'pod')),
    master: fits(parseInterfaceName),
    mode: one(...macvtapModes),
    node: one(nodePath(names)),
    masterMac: maybe(one(names.guestMac)),
  }),
  links: ({ tap }) => [tap],
  counting: ({ tap }) => ({ in: tap.in, name: tap.name, guestSent: 'sent' }),
  madeLinks: ({ tap }) => [tap],
  label: () => 'macvtap',
  files: ({ node }) => [{ kind: 'device-node', path: node }],
  redirects: () => [],
  hops: () => [],
  makes: ({ node: path, tap: { name: link }, owner, group }) => [
    { make: 'macvtap-node', path, link, owner, group, what: 'the device node that the virtual machine opens' },
  ],
  takes: ({ master, mac, masterMac }) => ({ link: master, mac, meanwhile: masterMac }),
  faults: (device, links) => macvtapFaults(device, findOwn(device.tap, links)),
  masterFaults: macvtapMasterFaults,
};
