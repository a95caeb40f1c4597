import type { AttachedDevice } from '../dan/attachment.ts';
import type { RateLimit } from '../model/bandwidth.ts';
import type { DerivedNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mac } from '../model/mac.ts';
import type { Mtu } from '../model/mtu.ts';
import type { Operation, Where } from '../model/operation.ts';
import type { ExternalIds, OvsDatabase, OvsView } from '../model/ovs.ts';
import type { Ingress, PodPolicy, PodView } from '../model/pod-view.ts';
import type { PciAddress } from '../model/pci.ts';
import type { QueuePairs } from '../model/queues.ts';
import type { SocketPath, SocketState } from '../model/socket-path.ts';
import type { FunctionSettings, PciFunction } from '../model/virtual-function.ts';

/** A link that dan makes, and the marks by which it is known again. */
export interface OwnLink {
  readonly in: Where;
  readonly name: InterfaceName;
  readonly altname: string;
  readonly alias: string;
}

/** A tap on the host that a virtual machine which runs already can be given, open. */
export interface PluggableTap {
  readonly name: InterfaceName;
  readonly queuePairs: QueuePairs;
}

/** The link that counts what a guest sends and receives, and from which side. */
export interface CountingLink {
  readonly in: Where;
  readonly name: InterfaceName;
  /** Which of the link's counters has what the guest sent: a tap received it, a macvtap sent it on. */
  readonly guestSent: 'received' | 'sent';
}

/** A redirect that dan puts at the ingress of a link that is not its own. */
export interface OwnRedirect {
  readonly in: 'pod';
  readonly link: InterfaceName;
  /** The link's index: another link of the same name keeps what it has. */
  readonly index: number;
  readonly cookie: string;
  /** The link's txqueuelen before: the kernel sets one of 0 to 1000 with the first queueing discipline. */
  readonly queueLength: number;
}

/** A limit, and the link that keeps it: it holds what that sends. */
export interface Shaper {
  readonly in: Where;
  readonly link: InterfaceName;
  readonly limit: RateLimit;
}

/** A file of a derived name that dan, or a virtual machine for which it made the place, makes. */
export interface OwnFile {
  readonly kind: 'device-node' | 'socket';
  readonly path: string;
}

/** From where to where a redirection leads frames. */
export interface Hop {
  readonly in: Where;
  readonly link: InterfaceName;
  readonly to: InterfaceName;
  /** The mark of its filter. */
  readonly cookie: string;
  /** What a DHCP server sends comes to `link` as well, so that a client in the pod goes on renewing its lease. */
  readonly mirrorsDhcp?: true;
}

/** What is made that is neither link nor port. `what` says to a person what it is. */
export type MadeFile =
  /** A directory for a socket. A socket of ours that is left there goes: whoever binds it would fail. */
  | { readonly make: 'socket-directory'; readonly path: string; readonly mode: number; readonly what: string }
  | {
      /** The node of the character device that belongs to a macvtap in the pod. */
      readonly make: 'macvtap-node';
      readonly path: string;
      readonly link: InterfaceName;
      readonly owner?: number | undefined;
      readonly group?: number | undefined;
      readonly what: string;
    };

/** A link in the pod whose MAC, addresses and routes a device takes, until DEL gives them back. */
export interface TakenOver {
  readonly link: InterfaceName;
  /** The MAC that is taken. */
  readonly mac: string;
  /** The MAC that the link has meanwhile; undefined: it keeps its own. */
  readonly meanwhile: string | undefined;
}

/** A virtual function that a device takes, and what DEL gives back. */
export interface TakenFunction {
  readonly address: PciAddress;
  /** Its IOMMU group. */
  readonly group: number;
  readonly physical: { readonly address: PciAddress; readonly link: InterfaceName };
  /** Its number among the virtual functions of the physical one. */
  readonly number: number;
  /** What is set, and what the physical function said of it before. */
  readonly set: FunctionSettings;
  readonly before: FunctionSettings;
  /**
   * The driver that it had, and the one that alone could have it; empty: none. Left out, it was given to virtual machines
   * already, and stays so.
   */
  readonly driver?: { readonly before: string; readonly override: string };
}

/** Something that one attachment alone may have: a fixed MAC on a bridge, an explicit socket. */
export type Exclusive =
  | { readonly of: 'mac'; readonly bridge: InterfaceName }
  | { readonly of: 'socket'; readonly path: string };

/** What a link in the pod is, and where its address comes from. */
export interface LinkOrigin {
  /** As the kernel names it; undefined: that is not known. */
  readonly kind: string | undefined;
  /** Whether the address is surely one of the IPAM plugin dhcp: the kernel does not tell. */
  readonly isLeased: boolean;
}

/** Which link in the pod a device takes over. */
export interface MasterChoice {
  readonly master: InterfaceName;
  /**
   * What the result of the plugins before lists, where it has no interface of that name in the pod, and the name that the
   * runtime asked for, which counts if the pod has no link called `master`.
   */
  readonly unlisted?: { readonly listed: readonly string[]; readonly ifname: InterfaceName } | undefined;
}

/** What of the node a request is about. */
export interface Wants {
  /** null: it is connected to none. */
  readonly bridge: InterfaceName | null;
  /** The database of the Open vSwitch that has the bridge; undefined: the bridge may be a Linux bridge. */
  readonly database: OvsDatabase | undefined;
  /** The MTU that is asked for. */
  readonly mtu: Mtu | undefined;
  /** The link in the pod that it takes its frames from. */
  readonly master: MasterChoice | undefined;
  /** Its socket, at an explicit path or by a derived name in a directory; undefined for a kind without. */
  readonly socket: { readonly path: SocketPath | undefined; readonly directory: string } | undefined;
  /** A PCI function by its address, or one of those that the interface of a physical one has. */
  readonly function?: { readonly address: PciAddress | undefined; readonly master: InterfaceName | undefined };
}

/** What a guest has that took over a link of the pod. */
export interface GuestOfMaster {
  readonly mac: string;
  /** The addresses of the file. */
  readonly addresses: readonly string[];
  /** Whether the file says that it asks nobody for a MAC (IFF_NOARP). */
  readonly noArp: boolean;
}

/** What there is on the node when an ADD begins, as far as devices need to know. */
export interface NodeView {
  readonly names: DerivedNames;
  /** The bridge that the configuration names, if it exists. */
  readonly bridge: Link | undefined;
  /** Its MAC stays what it is, whatever ports it gets. */
  readonly bridgeMacIsSet: boolean;
  /** MTUs of its ports, in bytes; left out where nothing depends on them. */
  readonly portMtus: readonly number[];
  /** What the Open vSwitch says that may have the bridge; undefined: there is none. */
  readonly ovs: OvsView | undefined;
  /** Marks of the rows that are made there. */
  readonly externalIds: ExternalIds;
  /** What there is at the path of a vhost-user socket. */
  readonly socket: SocketState;
  readonly pod: PodView;
  /** What stands at the ingress of the link in the pod that the device takes its frames from. */
  readonly ingress: Ingress;
  /** What else there decides what becomes of that link's packets; left out where the device takes none over. */
  readonly policy?: PodPolicy;
  /**
   * The link that has the name which was chosen for a tap, and the process ids of the programs that have it open; left out
   * where there is none, or nobody chose a name.
   */
  readonly chosen?: { readonly link: Link; readonly holders: readonly number[] };
  /**
   * The function that is asked for, or all of those of the physical one; left out where none is asked for, or the physical
   * one does not exist.
   */
  readonly functions?: readonly PciFunction[];
  /** The driver that hands functions to virtual machines is loaded. */
  readonly hasVfioDriver?: boolean;
}

/** What an ADD is going to make. */
export interface Plan<D> {
  /** The device as it was decided: what a record keeps of it. */
  readonly device: D;
  readonly operations: readonly Operation[];
  /** What no other attachment may have. In this order, one lock is taken for each. */
  readonly exclusives: readonly Exclusive[];
  readonly guestMac: Mac;
  readonly mtu: Mtu;
  /** What the file says of it. */
  readonly attached: AttachedDevice;
  /** Where the reader finds it: the file's `netns` is null, or the pod's. */
  readonly place: Where;
  /** The link in the pod whose addresses the guest takes over; undefined: the guest's are its own. */
  readonly source: Link | undefined;
  /** What the operator should know. */
  readonly warnings: readonly string[];
}
