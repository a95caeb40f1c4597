/** VLAN ids from `first` to `last`, both included, 1 to 4094. */
export interface VlanRange {
  readonly first: number;
  readonly last: number;
}

/** VLANs of a Linux bridge's port, and whether its frames are untagged in both directions. */
export interface PortVlan extends VlanRange {
  readonly untagged: boolean;
}
