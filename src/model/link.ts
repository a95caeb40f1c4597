import type { JsonObject } from '../json/object.ts';

/** A link as the kernel has it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  readonly altnames: readonly string[];
  readonly alias: string | undefined;
  readonly mac: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  readonly up: boolean;
  /** Frames that its queue holds (txqueuelen). */
  readonly queueLength: number;
  readonly master: string | undefined;
  /** rtnetlink's IFLA_INFO_KIND: `tun` for a tap, `bridge`, `veth`. */
  readonly kind: string | undefined;
  /** Settings of the kind, under the keys of {@link linkDataKeys}. */
  readonly data: JsonObject;
  /** Addresses, where they were asked for. */
  readonly addresses: readonly LinkAddress[];
}

/** The settings of a kind of link that dan reads, named as `ip` names them in `info_data`. */
export const linkDataKeys = [
  // of a tap
  'multi_queue',
  'persist',
  'type',
  'vnet_hdr',
  // of a bridge
  'forward_delay',
  'stp_state',
  'vlan_default_pvid',
  'vlan_filtering',
  'vlan_protocol',
  // of a macvtap
  'mode',
] as const;

/** An address of a link as the kernel has it. */
export interface LinkAddress {
  /** `address/prefix`. */
  readonly cidr: string;
  /** `global`, `link`, `host`, `site`. */
  readonly scope: string;
  /** It expires, like an address from a router advertisement or a lease. */
  readonly dynamic?: boolean;
}

/** What passed a link in one direction. */
export interface Counters {
  readonly packets: number;
  readonly bytes: number;
  readonly errors: number;
  readonly dropped: number;
}

/** What passed a link, from the link's side: what a tap received came from the virtual machine. */
export interface LinkCounters {
  readonly received: Counters;
  readonly sent: Counters;
}
