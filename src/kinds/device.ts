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

/** A link that dan makes, and the marks by which dan recognizes it. */
export interface OwnLink {
  readonly in: Where;
  readonly name: InterfaceName;
  readonly altname: string;
  readonly alias: string;
}

/** A tap on the host that dan can open for a running virtual machine. */
export interface PluggableTap {
  readonly name: InterfaceName;
  readonly queuePairs: QueuePairs;
}

/** The link that counts what a guest sends and receives, and its point of view. */
export interface CountingLink {
  readonly in: Where;
  readonly name: InterfaceName;
  /** Which of the link's counters counts what the guest sent: a tap received it, a macvtap sent it on. */
  readonly guestSent: 'received' | 'sent';
}

/** A redirect that dan puts at the ingress of a link that is not its own. */
export interface OwnRedirect {
  readonly in: 'pod';
  readonly link: InterfaceName;
  /** The link's index: another link of the same name is left alone. */
  readonly index: number;
  readonly cookie: string;
  /** The link's txqueuelen before: a txqueuelen of 0 becomes 1000 with the first queueing discipline. */
  readonly queueLength: number;
}

/** A limit, and the link that applies it to what it sends. */
export interface Shaper {
  readonly in: Where;
  readonly link: InterfaceName;
  readonly limit: RateLimit;
}

/** A file with a derived name that dan makes, or a VMM in a directory that dan made. */
export interface OwnFile {
  readonly kind: 'device-node' | 'socket';
  readonly path: string;
}

/** The links between which a redirection leads frames. */
export interface Hop {
  readonly in: Where;
  readonly link: InterfaceName;
  readonly to: InterfaceName;
  /** The mark of its filter. */
  readonly cookie: string;
  /** A DHCP server's answers also reach `link`, so that a client in the pod can go on renewing its lease. */
  readonly mirrorsDhcp?: true;
}

/** Something that dan makes that is neither link nor port. `what` describes it to a user. */
export type MadeFile =
  /** A directory for a socket. A socket of ours that is left there is removed, so that the path can be bound. */
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

/** A link in the pod whose MAC, addresses and routes a device takes over until DEL gives them back. */
export interface TakenOver {
  readonly link: InterfaceName;
  /** The MAC that is taken. */
  readonly mac: string;
  /** The MAC that the link has meanwhile; undefined if it keeps its own. */
  readonly meanwhile: string | undefined;
}

/** A virtual function that a device takes over, and what DEL gives back. */
export interface TakenFunction {
  readonly address: PciAddress;
  /** Its IOMMU group. */
  readonly group: number;
  readonly physical: { readonly address: PciAddress; readonly link: InterfaceName };
  /** Its index among the virtual functions of the physical one. */
  readonly number: number;
  /** The new settings, and those that the physical function reported before. */
  readonly set: FunctionSettings;
  readonly before: FunctionSettings;
  /**
   * The driver that it had, and its driver override; empty for none. Left out if it was bound to vfio-pci already, and
   * so stays bound.
   */
  readonly driver?: { readonly before: string; readonly override: string };
}

/** A resource that only one attachment may have: a fixed MAC on a bridge, an explicit socket. */
export type Exclusive =
  | { readonly of: 'mac'; readonly bridge: InterfaceName }
  | { readonly of: 'socket'; readonly path: string };

/** What a link in the pod is, and where its address comes from. */
export interface LinkOrigin {
  /** The kernel's name of the kind; undefined if it is not known. */
  readonly kind: string | undefined;
  /** Whether the address certainly comes from the IPAM plugin dhcp. The kernel does not know. */
  readonly isLeased: boolean;
}

/** Which link in the pod a device takes over. */
export interface MasterChoice {
  readonly master: InterfaceName;
  /**
   * Set if the result of the earlier plugins has no interface of that name in the pod: the interfaces that it lists,
   * and the name that the runtime asked for, which counts if the pod has no link called `master`.
   */
  readonly unlisted?: { readonly listed: readonly string[]; readonly ifname: InterfaceName } | undefined;
}

/** The parts of the node that a request needs. */
export interface Wants {
  /** null if it is not connected to a bridge. */
  readonly bridge: InterfaceName | null;
  /** The database of the Open vSwitch that has the bridge; undefined if the bridge may be a Linux bridge. */
  readonly database: OvsDatabase | undefined;
  /** The requested MTU. */
  readonly mtu: Mtu | undefined;
  /** The link in the pod from which it takes its frames. */
  readonly master: MasterChoice | undefined;
  /** Its socket: at an explicit path, or with a derived name in a directory. Undefined for a kind without a socket. */
  readonly socket: { readonly path: SocketPath | undefined; readonly directory: string } | undefined;
  /** A PCI function by its address, or any virtual function of a physical function's interface. */
  readonly function?: { readonly address: PciAddress | undefined; readonly master: InterfaceName | undefined };
}

/** The settings of a guest that took over a link of the pod. */
export interface GuestOfMaster {
  readonly mac: string;
  /** The addresses in the DAN file. */
  readonly addresses: readonly string[];
  /** Whether the DAN file disables neighbor lookups (IFF_NOARP). */
  readonly noArp: boolean;
}

/** The state of the node when an ADD begins, as far as devices need it. */
export interface NodeView {
  readonly names: DerivedNames;
  /** The bridge that the configuration names, if it exists. */
  readonly bridge: Link | undefined;
  /** The bridge keeps its MAC, whatever ports it gets. */
  readonly bridgeMacIsSet: boolean;
  /** MTUs of its ports, in bytes; left out if nothing depends on them. */
  readonly portMtus: readonly number[];
  /** The answer of the Open vSwitch that may have the bridge; undefined if there is none. */
  readonly ovs: OvsView | undefined;
  /** Marks of the rows that dan makes in Open vSwitch. */
  readonly externalIds: ExternalIds;
  /** What is at the path of a vhost-user socket. */
  readonly socket: SocketState;
  readonly pod: PodView;
  /** What is attached to the ingress of the link from which the device takes its frames. */
  readonly ingress: Ingress;
  /** What else in the pod affects that link's packets; left out if the device takes no link over. */
  readonly policy?: PodPolicy;
  /**
   * The link with the name that was chosen for a tap, and the process ids of the programs that have it open; left out
   * if there is none, or if no name was chosen.
   */
  readonly chosen?: { readonly link: Link; readonly holders: readonly number[] };
  /**
   * The requested function, or all functions of the physical one; left out if none is requested, or if the physical one
   * does not exist.
   */
  readonly functions?: readonly PciFunction[];
  /** Whether the driver that gives functions to virtual machines is loaded. */
  readonly hasVfioDriver?: boolean;
}

/** What an ADD will make. */
export interface Plan<D> {
  /** The planned device, as the record keeps it. */
  readonly device: D;
  readonly operations: readonly Operation[];
  /** What no other attachment may have. Locks are taken in this order. */
  readonly exclusives: readonly Exclusive[];
  readonly guestMac: Mac;
  readonly mtu: Mtu;
  /** The device in the DAN file. */
  readonly attached: AttachedDevice;
  /** Where the reader finds the device: for the host, the file's `netns` is null; otherwise, it is the pod's. */
  readonly place: Where;
  /** The link in the pod whose addresses the guest takes over; undefined if the guest has its own. */
  readonly source: Link | undefined;
  /** What the operator should know. */
  readonly warnings: readonly string[];
}
