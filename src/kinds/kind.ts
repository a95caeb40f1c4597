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

/** What the kernel must be able to make, and not every kernel can. */
export type Feature = 'altname' | 'bridge' | 'ifb' | 'ingress' | 'macvtap' | 'mirred' | 'tap' | 'tbf' | 'u32' | 'veth';

/**
 * What a record's device says of itself. Each function is pure. `Device` is what a record keeps: DEL and CHECK go by it
 * alone, whatever the configuration says by then.
 */
export interface RecordedKind<Device> {
  /** The kinds that the kernel names its links by. One that has no mark yet is known by them. */
  readonly linkKinds: readonly string[];
  /** What is asked of a device that was read from a file: all that it decides, where that is derived, by the derived names. */
  recorded(names: DerivedNames, device: JsonObject): Shape;
  /** The derived name: of the record, and of what is one link or one port. */
  name(device: Device): InterfaceName;
  /** The tap that is dan's own; undefined for a device without. */
  tap(device: Device): OwnTap | undefined;
  /** The path of its socket; undefined for a device without. */
  socket(device: Device): string | undefined;
  /** Its port of an Open vSwitch; undefined for a device without. */
  port(device: Device): OvsPort | undefined;
  /** The bridge that it is connected to, of Linux or of an Open vSwitch. */
  bridge(device: Device): InterfaceName | undefined;
  /** The link in the pod that it takes its frames from; the file carries that link's addresses. */
  master(device: Device): InterfaceName | undefined;
  /** The links that are dan's own. */
  links(device: Device): readonly OwnLink[];
  /** The same links under the names that they are made under. Before they are marked, they are known by these alone. */
  madeLinks(device: Device): readonly OwnLink[];
  /** The link whose counters are the guest's; undefined for a device without a link: its port counts. */
  counting(device: Device): CountingLink | undefined;
  /** What dan calls a link of the device; `link` is its name. */
  label(device: Device, link: string): string;
  /** What of it a virtual machine that runs already can be given; undefined: nothing. */
  pluggable(device: Device): PluggableTap | undefined;
  /** The files that go with it. */
  files(device: Device): readonly OwnFile[];
  /** The redirects at the ingress of links that are not dan's own. */
  redirects(device: Device): readonly OwnRedirect[];
  /** All hops of its redirection, those between its own links too. */
  hops(device: Device): readonly Hop[];
  /** The limits of its rates. */
  shapers(device: Device): readonly Shaper[];
  /** What of it is neither link nor port, and is made after these. */
  makes(device: Device): readonly MadeFile[];
  /** What it takes from a link in the pod, and DEL gives back; undefined: nothing. */
  takes(device: Device): TakenOver | undefined;
  /** The virtual function that it takes; undefined for a device without. */
  function(device: Device): TakenFunction | undefined;
  /** What of that function is not as it was made; undefined: there is none of that address any more. */
  functionFaults(device: Device, found: PciFunction | undefined): readonly string[];
  /** What of its links is not as it was made. `links` are those that the kernel has, of both namespaces. */
  faults(device: Device, links: readonly Link[], users: TapUsers | undefined): readonly string[];
  /** The port of a Linux bridge whose VLANs CHECK compares; undefined: there are none. */
  vlanPort(device: Device): InterfaceName | undefined;
  /** What of these VLANs is not as it was made. */
  vlanFaults(device: Device, there: readonly PortVlan[]): readonly string[];
  /** What of the link in the pod is not as the device left it. `links` are those of the pod. */
  masterFaults(device: Device, guest: GuestOfMaster, links: readonly Link[]): readonly string[];
}

/**
 * Everything that differs between the kinds of device that a configuration may name. `Request` is what a configuration
 * says, `Planned` what is planned from it: a `Device`, or one that another kind records. Nothing outside this folder asks
 * what kind a device is. Each function is pure: what needs the node is data here, and `attach` carries it out.
 */
export interface DeviceKind<Request, Device, Planned = Device> extends RecordedKind<Device> {
  /** Where the guest's MAC and addresses come from: they are its own, or those of a link in the pod, its master. */
  readonly addresses: 'of-master' | 'own';
  /** What the virtual machine opens: a tap, a socket at which it meets a switch in user space, or an IOMMU group. */
  readonly opens: 'group' | 'socket' | 'tap';
  /** Which switches it can be connected to: none, one of Open vSwitch, or that or a Linux bridge. */
  readonly switches: 'any' | 'none' | 'ovs';
  /**
   * Whether the link in the pod stays as the plugin that made it left it, which its CHECK compares. `document` is the
   * plugin object of dan, which may be faulty.
   */
  keepsMaster(document: JsonObject): boolean;
  /** The rows of what makes a link in the pod unfit for it, whatever else is there. `document` as above. */
  unfit(document: JsonObject, link: LinkOrigin): readonly UnfitRow[];
  /** How the DAN file names it. */
  readonly attachedAs: AttachedDevice['kind'];
  /** Which keys it takes. Those that say nothing about it are refused. */
  readonly keys: TakenKeys;
  /** The rules between its keys. */
  readonly rules: readonly Rule[];
  /** What a configuration says of it. A configuration that breaks a rule is read too, so that all faults are found. */
  read(settings: DeviceSettings, asked: Asked): Request;
  /** What of the node it is about: an ADD looks at that before it plans. */
  wants(request: Request): Wants;
  /** Plans it. Throws what it refuses. */
  plan(request: Request, view: NodeView): Plan<Planned>;
  /** Throws what `plan` would throw about the bridge, where there is no pod yet. */
  refuseBridge(request: Request, bridge: InterfaceName, view: SwitchView): void;
  /** The programs that dan runs for it: those with which the program for Node speaks to the kernel, and others. */
  tools(request: Request): { readonly iproute2: readonly Tool[]; readonly others: readonly Tool[] };
  /** What the kernel must be able to make for it. */
  features(request: Request): readonly Feature[];
  /**
   * What an attachment may have left whose record is lost: links and files of derived names. `document` is the network's
   * configuration, which may be faulty.
   */
  strays(
    names: DerivedNames,
    document: JsonObject,
  ): { readonly links: readonly OwnLink[]; readonly files: readonly OwnFile[] };
}
