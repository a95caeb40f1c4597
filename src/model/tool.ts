/** The programs of the node that dan runs, by name. */
export type Tool =
  | 'bridge'
  | 'cat'
  | 'flock'
  | 'ip'
  | 'mknod'
  | 'mount'
  | 'nft'
  | 'nsenter'
  | 'ovs-vsctl'
  | 'tc'
  | 'tee'
  | 'unshare';
