import type { NetworkConfig } from '../config/network.ts';
import type { Tool } from '../host/tools.ts';

/** The programs that dan runs for a network. */
export function toolsOf({ device }: NetworkConfig): readonly Tool[] {
  switch (device.device) {
    case 'host-tap':
      return device.vlan === undefined && device.trunk === undefined ? ['ip', 'nsenter'] : ['ip', 'nsenter', 'bridge'];
    case 'vhost-user':
      return ['ip', 'nsenter', ...(device.bridge === null ? [] : (['ovs-vsctl'] as const))];
    case 'tcfilter':
      return ['ip', 'nsenter', 'tc', 'tee', 'cat'];
    case 'macvtap':
      return ['ip', 'nsenter', 'tc', 'tee', 'cat', 'mknod', 'mount', 'unshare'];
    default:
      return device satisfies never;
  }
}
