import { type KernelNetwork, kernelNetwork } from '../../src/kinds/kernel-network.ts';
import type { Link, LinkAddress } from '../../src/model/link.ts';
import type { KernelRoute, PodView } from '../../src/model/pod-view.ts';
import { linkNamed, podOf } from './node.ts';

/** A route of eth0 as from the kernel: made by a plugin, in the main table. */
export function kernelRoute(destination: string, changes: Partial<KernelRoute> = {}): KernelRoute {
  return {
    destination,
    family: destination.includes(':') ? 6 : 4,
    links: ['eth0'],
    gateway: undefined,
    protocol: 'boot',
    type: 'unicast',
    table: 'main',
    scope: 'global',
    metric: 0,
    source: undefined,
    onlink: false,
    mtu: undefined,
    unsupported: undefined,
    ...changes,
  };
}

/** The route that the kernel makes for an address. */
export function connected(destination: string, changes: Partial<KernelRoute> = {}): KernelRoute {
  return kernelRoute(destination, { protocol: 'kernel', scope: 'link', ...changes });
}

/** What the guest takes over from eth0. */
export function takenOver(
  addresses: readonly LinkAddress[],
  pod: Partial<PodView>,
  link: Partial<Link> = {},
): KernelNetwork {
  return kernelNetwork(linkNamed('eth0', { addresses, ...link }), podOf(pod));
}

/** A global address. */
export function global(cidr: string): LinkAddress {
  return { cidr, scope: 'global' };
}
