import type { InterfaceName } from './interface-name.ts';
import type { OvsPort } from './ovs.ts';
import type { VlanRange } from './vlan.ts';

/** The network namespace an operation is done in: the host's, where dan runs, or the pod's. */
export type Where = 'host' | 'pod';

/** One change of a network, as data: a device kind plans a list of them, and `host` carries them out in order. */
export type Operation =
  | KernelOperation
  /** A port of an Open vSwitch bridge, with all that belongs to it, in one transaction. */
  | { readonly op: 'ovs-port-add'; readonly in: 'host'; readonly port: OvsPort };

/** An operation on one link. The type distributes over `Op`, so that each operation is a member of the union. */
type OnLink<Op extends string, In extends Where = Where> = Op extends string
  ? { readonly op: Op; readonly in: In; readonly name: InterfaceName }
  : never;

/** One change of the kernel's network. */
export type KernelOperation =
  /** "allmulticast": the link receives every multicast frame, whether or not it joined the group. */
  | OnLink<'allmulticast' | 'ingress-add' | 'ingress-del' | 'ipv6-off' | 'up'>
  | OnLink<'addresses-flush', 'pod'>
  | (OnLink<'tap-add'> & {
      readonly multiQueue: boolean;
      /** User id that may open the tap; left out, the owner stays unset. */
      readonly owner?: number;
      readonly group?: number;
    })
  | {
      /** A pair whose one end is in the host's namespace and whose other end is in the pod's. */
      readonly op: 'veth-add';
      readonly in: 'host';
      readonly host: VethEnd;
      readonly pod: VethEnd;
      /** Bytes. */
      readonly mtu: number;
    }
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
  /** The link gets another name; refused where another link has it already. */
  | (OnLink<'rename', 'host'> & { readonly to: InterfaceName })
  | (OnLink<'master', 'host'> & { readonly master: InterfaceName })
  | (OnLink<'vlan-del', 'host'> & { readonly vlan: number })
  | (OnLink<'vlan-add', 'host'> & { readonly vlans: VlanRange; readonly untagged: boolean })
  /** `name` may be an altname. */
  | { readonly op: 'link-del'; readonly in: Where; readonly name: string }
  /** Removes the filter at one preference of a link's ingress. */
  | (OnLink<'filter-del'> & { readonly preference: number })
  | {
      /** Every frame that comes in on `from` goes out on `to`; the cookie says whose redirect it is. */
      readonly op: 'redirect';
      readonly in: Where;
      readonly from: InterfaceName;
      readonly to: InterfaceName;
      readonly cookie: string;
    };

/** The operation of one kind. */
export type OperationOf<Op extends KernelOperation['op']> = Extract<KernelOperation, { readonly op: Op }>;

/** One end of a veth pair. */
interface VethEnd {
  readonly name: InterfaceName;
  readonly mac: string;
}
