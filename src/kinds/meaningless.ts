/** Why the keys of a port and of the guest's own network say nothing about a device that takes over a link of the pod. */
export const ofThePod = {
  bridge: 'the frames go where the interface in the pod leads',
  vlan: 'the frames go where the interface in the pod leads',
  trunk: 'the frames go where the interface in the pod leads',
  mtu: 'the guest has that of the interface in the pod',
  mac: 'the guest has that of the interface in the pod',
  addresses: 'the guest has those of the interface in the pod',
  ipam: 'the plugin before dan gives the addresses',
  ovs: 'the frames go where the interface in the pod leads',
} as const;

/** Why the keys of a socket say nothing about a device that has none. */
export const ofSockets = {
  socketPath: 'only a vhost-user device has a socket',
  socketDir: 'only a vhost-user device has a socket',
} as const;

/** Why the mode says nothing about a device that is no macvtap. */
export const ofMacvtap = { mode: 'it is the mode of a macvtap' } as const;
