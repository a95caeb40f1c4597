import type { NetworkConfig } from '../config/interpret.ts';
import type { Executor } from '../host/executor.ts';
import type { Tool } from '../host/tools.ts';

/** The programs that dan runs for a network, with an executor that has these needs. */
export function toolsOf({ device }: NetworkConfig, needs: Executor['needs']): readonly Tool[] {
  const ofKernel = (...tools: readonly Tool[]): readonly Tool[] => (needs === 'iproute2' ? tools : []);
  switch (device.device) {
    case 'host-tap':
      return ofKernel(
        'ip',
        'nsenter',
        ...(device.vlan === undefined && device.trunk === undefined ? [] : ['bridge' as const]),
      );
    case 'vhost-user':
      return [...ofKernel('ip', 'nsenter'), ...(device.bridge === null ? [] : (['ovs-vsctl'] as const))];
    case 'tcfilter':
      return ofKernel('ip', 'nsenter', 'tc', 'tee', 'cat');
    case 'macvtap':
      return ofKernel('ip', 'tc', 'tee', 'cat', 'mknod', 'mount', 'nsenter', 'unshare');
    default:
      return device satisfies never;
  }
}
