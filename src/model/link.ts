import type { JsonObject } from '../json/object.ts';

/** A link in the kernel. */
export interface Link {
  readonly index: number;
  readonly name: string;
  readonly altnames: readonly string[];
  readonly alias: string | undefined;
  readonly mac: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  readonly up: boolean;
  /** Whether it is up and has a carrier. A tap has a carrier as long as a program has the tap open. */
  readonly carrier: boolean;
  /** Frames that its queue holds (txqueuelen). */
  readonly queueLength: number;
  readonly master: string | undefined;
  /** rtnetlink's IFLA_INFO_KIND: `tun` for a tap, `bridge`, `veth`. */
  readonly kind: string | undefined;
  /** Settings specific to the kind, under the keys of {@link linkDataKeys}. */
  readonly data: JsonObject;
  /** Addresses, if asked for. */
  readonly addresses: readonly LinkAddress[];
  /** How it differs from a newly made link, if asked for. */
  readonly traits?: readonly LinkTrait[];
  /** Its kernel parameters that differ from those of `lo`, which has the values of new links. Only if asked for. */
  readonly parameters?: readonly string[];
}

/**
 * `no-arp`: it does not resolve neighbors' MACs (IFF_NOARP). `no-multicast`, `promiscuous`, `all-multicast`: flags that
 * someone set with `ip link`. `xdp`: a program sees its frames first.
 */
export type LinkTrait = 'all-multicast' | 'no-arp' | 'no-multicast' | 'promiscuous' | 'xdp';

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
  // of a port of a bridge
  'hairpin',
  // of a macvtap
  'mode',
] as const;

/** An address of a link in the kernel. */
export interface LinkAddress {
  /** `address/prefix`. */
  readonly cidr: string;
  /** `global`, `link`, `host`, `site`. */
  readonly scope: string;
  /** It expires, like an address from a router advertisement or a lease. */
  readonly dynamic?: boolean;
  /** It must not be used as a source any more (preferred_lft 0). */
  readonly deprecated?: boolean;
  /** Duplicate address detection found that another host has it. */
  readonly dadFailed?: boolean;
  /**
   * The kernel made it from a router's prefix, or makes temporary ones of it (IFA_F_TEMPORARY, IFA_F_MANAGETEMPADDR).
   */
  readonly ofRouter?: boolean;
}

/** What passed through a link in one direction. */
export interface Counters {
  readonly packets: number;
  readonly bytes: number;
  readonly errors: number;
  readonly dropped: number;
}

/** What passed through a link, from the link's side: what a tap received came from the virtual machine. */
export interface LinkCounters {
  readonly received: Counters;
  readonly sent: Counters;
}
