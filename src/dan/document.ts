/**
 * The file as Kata's readers know it: snake_case, and one own key `cni`, which they ignore.
 * Source: `DanConfig` of Kata's runtime-rs, `crates/resource/src/network/dan.rs`.
 */
export interface DanDocument {
  /** Namespace that the reader enters to attach; null: it stays where the shim is, in the host's. */
  readonly netns: string | null;
  readonly devices: readonly DanEntry[];
}

/** One network device of the sandbox. */
export interface DanEntry {
  /** Name of the interface in the guest. */
  readonly name: string;
  readonly guest_mac: string;
  readonly device: DanDevice;
  readonly network_info: DanNetworkInfo;
  /** Whose entry this is. */
  readonly cni: { readonly network: string; readonly ifname: string };
}

/** What the virtual machine plugs in. */
export type DanDevice = { readonly queue_num?: number; readonly queue_size?: number } & (
  | {
      readonly type: 'host-tap';
      readonly tap_name: string;
      /** Our own key, for a reader that opens the node of a macvtap; no reader of Kata does. */
      readonly macvtap?: { readonly path: string; readonly mode: string };
    }
  | { readonly type: 'vhost-user'; readonly path: string }
);

/** What the guest agent configures. */
interface DanNetworkInfo {
  readonly interface: {
    readonly ip_addresses: readonly string[];
    readonly mtu: number;
    readonly ntype: 'tuntap';
    readonly flags: number;
  };
  readonly routes: readonly DanRoute[];
  readonly neighbors: readonly DanNeighbor[];
}

/** A route of the guest. */
export interface DanRoute {
  readonly dest: string;
  readonly source?: string;
  readonly gateway?: string;
  readonly scope?: number;
  readonly flags?: number;
  readonly mtu?: number;
}

/** A permanent neighbor of the guest. */
export interface DanNeighbor {
  readonly ip_address: string;
  readonly device?: string;
  readonly state: number;
  readonly flags?: number;
  readonly hardware_addr: string;
}
