import type { TokenBucket } from './bandwidth.ts';
import type { InterfaceName } from './interface-name.ts';
import type { OvsPort } from './ovs.ts';
import type { PciAddress } from './pci.ts';
import type { FunctionChange, PhysicalFunction } from './virtual-function.ts';
import type { VlanRange } from './vlan.ts';

/** The network namespace that an operation is done in: the host's, where dan runs, or the pod's. */
export type Where = 'host' | 'pod';

/** One change to the network, as data. A device kind plans a list of them, and `host` carries them out in order. */
export type Operation =
  | KernelOperation
  /** Adds a port of an Open vSwitch bridge, with all that belongs to it, in one transaction. */
  | { readonly op: 'ovs-port-add'; readonly in: 'host'; readonly port: OvsPort }
  | DriverChange
  | FunctionChanges;

/** Binds a PCI function to another driver. */
export interface DriverChange {
  readonly op: 'driver-bind';
  readonly in: 'host';
  readonly address: PciAddress;
  readonly driver: string;
  /** The driver that it is bound to. */
  readonly from: string | undefined;
}

/** Changes the settings of a virtual function through the driver of its physical function. */
export interface FunctionChanges {
  readonly op: 'function-set';
  readonly in: 'host';
  readonly link: InterfaceName;
  readonly number: number;
  /** The driver of the physical function, and the settings that it reports: for the message about a refusal. */
  readonly driver: PhysicalFunction['driver'];
  readonly tells: readonly string[];
  readonly changes: readonly FunctionChange[];
}

/** An operation on one link. The type distributes over `Op`, so each operation is a member of the union. */
type OnLink<Op extends string, In extends Where = Where> = Op extends string
  ? { readonly op: Op; readonly in: In; readonly name: InterfaceName }
  : never;

/** One change to the kernel's network. */
export type KernelOperation =
  /** "allmulticast": the link receives every multicast frame, whether or not it joined the group. */
  | OnLink<'allmulticast' | 'ingress-add' | 'ingress-del' | 'ipv6-off' | 'up'>
  | OnLink<'addresses-flush', 'pod'>
  /** Lets a port of a bridge send frames back out of the port on which they came in. */
  | OnLink<'hairpin-on', 'host'>
  | (OnLink<'tap-add'> & {
      readonly multiQueue: boolean;
      /** The id of the user that may open the tap. If left out, the owner stays unset. */
      readonly owner?: number;
      readonly group?: number;
    })
  | {
      /** Adds a veth pair with one end in the host's namespace. */
      readonly op: 'veth-add';
      readonly in: 'host';
      readonly host: VethEnd;
      readonly far: VethEnd & { readonly in: Where };
      /** Bytes. */
      readonly mtu: number;
    }
  /** Adds a link to which frames that arrive on another link can be sent, so that a queue at its egress holds them. */
  | (OnLink<'ifb-add', 'host'> & {
      readonly mac: string;
      /** Bytes. */
      readonly mtu: number;
    })
  /** Adds a token bucket filter that limits what a link sends. */
  | (OnLink<'tbf-add'> & TokenBucket)
  | (OnLink<'macvtap-add', 'pod'> & {
      readonly master: InterfaceName;
      readonly mac: string;
      /** Bytes. */
      readonly mtu: number;
      readonly mode: 'bridge' | 'private' | 'vepa' | 'passthru';
    })
  | (OnLink<'link-set'> & {
      readonly address?: string;
      /** Bytes. */
      readonly mtu?: number;
      readonly alias?: string;
      /** txqueuelen, in frames. */
      readonly queueLength?: number;
    })
  | (OnLink<'altname-add'> & { readonly altname: string })
  /** Renames a link. The kernel refuses it if another link has the name. */
  | (OnLink<'rename', 'host'> & { readonly to: InterfaceName })
  | (OnLink<'master', 'host'> & { readonly master: InterfaceName })
  | (OnLink<'vlan-del', 'host'> & { readonly vlan: number })
  | (OnLink<'vlan-add', 'host'> & { readonly vlans: VlanRange; readonly untagged: boolean })
  /** `name` may be an altname. */
  | { readonly op: 'link-del'; readonly in: Where; readonly name: string }
  /** Removes the filter at one preference of a link's ingress. */
  | (OnLink<'filter-del'> & { readonly preference: number })
  /** Every frame that comes in on `from` goes out on `to`. */
  | Mirred<'redirect'>
  /**
   * Frames from a DHCP server to a client (IPv4, UDP port 68) stay on `from`, and a copy goes out on `to`. If it is
   * made after a redirect, it precedes that redirect.
   */
  | Mirred<'dhcp-mirror'>;

/** A filter at the ingress of `from` that sends the frames it selects to `to`. The cookie identifies its owner. */
interface Mirred<Op extends string> {
  readonly op: Op;
  readonly in: Where;
  readonly from: InterfaceName;
  readonly to: InterfaceName;
  readonly cookie: string;
}

/** Whether an operation changes the kernel's network. */
export function isOfKernel(operation: Operation): operation is KernelOperation {
  return operation.op !== 'ovs-port-add' && operation.op !== 'driver-bind' && operation.op !== 'function-set';
}

/** The operation of one kind. */
export type OperationOf<Op extends KernelOperation['op']> = Extract<KernelOperation, { readonly op: Op }>;

/** One end of a veth pair. */
interface VethEnd {
  readonly name: InterfaceName;
  readonly mac: string;
}
