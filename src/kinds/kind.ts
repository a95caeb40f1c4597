import type { AttachedDevice } from '../dan/attachment.ts';
import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { OvsPort } from '../model/ovs.ts';
import type { Tool } from '../model/tool.ts';
import type { PciFunction } from '../model/virtual-function.ts';
import type { PortVlan } from '../model/vlan.ts';
import type { JsonObject } from '../json/object.ts';
import type { Shape } from '../json/shape.ts';
import type {
  CountingLink,
  GuestOfMaster,
  Hop,
  LinkOrigin,
  MadeFile,
  NodeView,
  OwnFile,
  OwnLink,
  OwnRedirect,
  Plan,
  PluggableTap,
  Shaper,
  TakenFunction,
  TakenOver,
  Wants,
} from './device.ts';
import type { UnfitRow } from './pod-namespace/rows.ts';
import type { Asked, DeviceSettings, Rule } from './settings.ts';
import type { SwitchView } from './switch.ts';
import type { TakenKeys } from './taken-keys.ts';
import type { OwnTap, TapUsers } from './tap.ts';

/** Kernel features that a device may need and that not every kernel has. */
export type Feature = 'altname' | 'bridge' | 'ifb' | 'ingress' | 'macvtap' | 'mirred' | 'tap' | 'tbf' | 'u32' | 'veth';

/**
 * What dan can tell from a recorded device. Each function is pure. `Device` is what a record keeps: DEL and CHECK act
 * by it alone, whatever the configuration says by then.
 */
export interface RecordedKind<Device> {
  /** The kinds of its links, as the kernel names them. A link without a mark is recognized by them. */
  readonly linkKinds: readonly string[];
  /** What a device that was read from a file must be like. Derived values must match the derived names. */
  recorded(names: DerivedNames, device: JsonObject): Shape;
  /** The derived name: of the record, and of a device that is one link or one port. */
  name(device: Device): InterfaceName;
  /** dan's own tap; undefined for a device without one. */
  tap(device: Device): OwnTap | undefined;
  /** The path of its socket; undefined for a device without one. */
  socket(device: Device): string | undefined;
  /** Its port of an Open vSwitch; undefined for a device without one. */
  port(device: Device): OvsPort | undefined;
  /** The bridge to which it is connected, of Linux or of an Open vSwitch. */
  bridge(device: Device): InterfaceName | undefined;
  /** The link in the pod from which it takes its frames. The file carries that link's addresses. */
  master(device: Device): InterfaceName | undefined;
  /** dan's own links. */
  links(device: Device): readonly OwnLink[];
  /** dan's own links, with the names under which they are made, which alone identify them until they are marked. */
  madeLinks(device: Device): readonly OwnLink[];
  /** The link whose counters are the guest's; undefined if its port counts instead. */
  counting(device: Device): CountingLink | undefined;
  /** What dan calls a link of the device; `link` is its name. */
  label(device: Device, link: string): string;
  /** The tap that dan can plug into a running virtual machine; undefined for a device without one. */
  pluggable(device: Device): PluggableTap | undefined;
  /** The files that are removed with it. */
  files(device: Device): readonly OwnFile[];
  /** The redirects at the ingress of links that are not dan's own. */
  redirects(device: Device): readonly OwnRedirect[];
  /** All hops of its redirection, including those between its own links. */
  hops(device: Device): readonly Hop[];
  /** Its rate limits. */
  shapers(device: Device): readonly Shaper[];
  /** What it needs besides links and ports. It is made after these. */
  makes(device: Device): readonly MadeFile[];
  /** What it takes from a link in the pod until DEL gives it back; undefined for nothing. */
  takes(device: Device): TakenOver | undefined;
  /** The virtual function that it takes; undefined for a device without one. */
  function(device: Device): TakenFunction | undefined;
  /** How that function differs from what ADD made. `found` is undefined if no function has that address any more. */
  functionFaults(device: Device, found: PciFunction | undefined): readonly string[];
  /** How its links differ from what ADD made. `links` are the kernel's links in both namespaces. */
  faults(device: Device, links: readonly Link[], users: TapUsers | undefined): readonly string[];
  /** The port of a Linux bridge whose VLANs CHECK compares; undefined if there are none. */
  vlanPort(device: Device): InterfaceName | undefined;
  /** How these VLANs differ from what ADD made. */
  vlanFaults(device: Device, there: readonly PortVlan[]): readonly string[];
  /** How the link in the pod differs from what ADD left. `links` are those of the pod. */
  masterFaults(device: Device, guest: GuestOfMaster, links: readonly Link[]): readonly string[];
}

/**
 * Everything that differs between the kinds of device that a configuration may name. `Request` is what a configuration
 * says, `Planned` is what is planned from it: a `Device`, or a device that another kind records. No code outside this
 * folder asks for the kind of a device. Each function is pure: work on the node is described by data here, and `attach`
 * carries it out.
 */
export interface DeviceKind<Request, Device, Planned = Device> extends RecordedKind<Device> {
  /** Whether the guest's MAC and addresses are its own, or come from a link in the pod, its master. */
  readonly addresses: 'of-master' | 'own';
  /** What the VMM opens: a tap, a socket that it shares with a switch in user space, or an IOMMU group. */
  readonly opens: 'group' | 'socket' | 'tap';
  /** Which switches it can be connected to: none, only Open vSwitch, or also a Linux bridge. */
  readonly switches: 'any' | 'none' | 'ovs';
  /**
   * Whether the link in the pod stays as its plugin left it: that plugin's CHECK compares it. `document` is dan's
   * plugin object, which may be faulty.
   */
  keepsMaster(document: JsonObject): boolean;
  /** The rows for which a link in the pod is unfit, whatever else is there. `document` is dan's plugin object. */
  unfit(document: JsonObject, link: LinkOrigin): readonly UnfitRow[];
  /** The DAN file's name for it. */
  readonly attachedAs: AttachedDevice['kind'];
  /** Which keys it takes. Keys without a meaning for it are refused. */
  readonly keys: TakenKeys;
  /** The rules between its keys. */
  readonly rules: readonly Rule[];
  /** Its settings in a configuration. A configuration that breaks a rule is read too, so that all faults are found. */
  read(settings: DeviceSettings, asked: Asked): Request;
  /** The parts of the node that it needs: ADD looks at them before it plans. */
  wants(request: Request): Wants;
  /** Plans the device. Throws an error for each request that it refuses. */
  plan(request: Request, view: NodeView): Plan<Planned>;
  /** Throws what `plan` would throw about the bridge, when there is no pod yet. */
  refuseBridge(request: Request, bridge: InterfaceName, view: SwitchView): void;
  /** The programs that dan runs for it. dan for Node uses those in `iproute2` to talk to the kernel. */
  tools(request: Request): { readonly iproute2: readonly Tool[]; readonly others: readonly Tool[] };
  /** The kernel features that it needs. */
  features(request: Request): readonly Feature[];
  /**
   * What an attachment without a record may have left: links and files with derived names. `document` is the network's
   * configuration, which may be faulty.
   */
  strays(
    names: DerivedNames,
    document: JsonObject,
  ): { readonly links: readonly OwnLink[]; readonly files: readonly OwnFile[] };
}
