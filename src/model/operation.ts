import type { InterfaceName } from './interface-name.ts';
import type { OvsPort } from './ovs.ts';
import type { VlanRange } from './vlan.ts';

/** The network namespace an operation is done in: the host's, where dan runs, or the pod's. */
export type Where = 'host' | 'pod';

/** One change of a network, as data: devices state lists of them, `host` carries them out in order. */
export type Operation =
  | KernelOperation
  /** A port of an Open vSwitch bridge, with all that belongs to it, in one transaction. */
  | { readonly op: 'ovs-port-add'; readonly in: 'host'; readonly port: OvsPort };

/** One change of the kernel's network. */
export type KernelOperation =
  | {
      readonly op: 'tap-add';
      readonly in: Where;
      readonly name: InterfaceName;
      readonly multiQueue: boolean;
      /** User id that may open the tap; left out, the owner stays unset. */
      readonly owner?: number;
      readonly group?: number;
    }
  | {
      /** A pair whose one end is in the host's namespace and whose other end is in the pod's. */
      readonly op: 'veth-add';
      readonly in: 'host';
      readonly host: VethEnd;
      readonly pod: VethEnd;
      /** Bytes. */
      readonly mtu: number;
    }
  | {
      readonly op: 'macvtap-add';
      readonly in: 'pod';
      readonly name: InterfaceName;
      readonly master: InterfaceName;
      readonly mac: string;
      /** Bytes. */
      readonly mtu: number;
      readonly mode: 'bridge' | 'private' | 'vepa' | 'passthru';
    }
  | { readonly op: 'addresses-flush'; readonly in: 'pod'; readonly name: InterfaceName }
  | {
      readonly op: 'link-set';
      readonly in: Where;
      readonly name: InterfaceName;
      readonly address?: string;
      /** Bytes. */
      readonly mtu?: number;
      readonly alias?: string;
      /** txqueuelen, in frames. */
      readonly queueLength?: number;
    }
  | { readonly op: 'altname-add'; readonly in: Where; readonly name: InterfaceName; readonly altname: string }
  /** The link gets another name; refused where a link has it already. */
  | { readonly op: 'rename'; readonly in: 'host'; readonly name: InterfaceName; readonly to: InterfaceName }
  | { readonly op: 'ipv6-off'; readonly in: Where; readonly name: InterfaceName }
  | { readonly op: 'master'; readonly in: 'host'; readonly name: InterfaceName; readonly master: InterfaceName }
  | { readonly op: 'vlan-del'; readonly in: 'host'; readonly name: InterfaceName; readonly vlan: number }
  | {
      readonly op: 'vlan-add';
      readonly in: 'host';
      readonly name: InterfaceName;
      readonly vlans: VlanRange;
      readonly untagged: boolean;
    }
  /** The link hears every multicast frame, whoever asked for it. */
  | { readonly op: 'allmulticast'; readonly in: Where; readonly name: InterfaceName }
  | { readonly op: 'up'; readonly in: Where; readonly name: InterfaceName }
  /** `name` may be an altname. */
  | { readonly op: 'link-del'; readonly in: Where; readonly name: string }
  | { readonly op: 'ingress-add'; readonly in: Where; readonly name: InterfaceName }
  /** Removes what stands at one place of a link's ingress. */
  | { readonly op: 'filter-del'; readonly in: Where; readonly name: InterfaceName; readonly preference: number }
  | { readonly op: 'ingress-del'; readonly in: Where; readonly name: InterfaceName }
  | {
      /** Every frame that comes in on `from` goes out on `to`; the cookie says whose redirect it is. */
      readonly op: 'redirect';
      readonly in: Where;
      readonly from: InterfaceName;
      readonly to: InterfaceName;
      readonly cookie: string;
    };

/** One end of a veth pair. */
interface VethEnd {
  readonly name: InterfaceName;
  readonly mac: string;
}
