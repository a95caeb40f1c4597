import type { NetworkConfig } from '../../../config/interpret.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';
import type { Severity } from '../finding.ts';

/** What dan makes with the kernel, and not every kernel can. */
export type Feature = 'altname' | 'bridge' | 'ingress' | 'macvtap' | 'mirred' | 'tap' | 'u32' | 'veth';

/** What the kernel must be able to make for a network. */
function featuresOf({ device }: NetworkConfig): readonly Feature[] {
  switch (device.device) {
    case 'host-tap':
      // Without "ovs", a bridge is most often one of Linux.
      return [
        'tap',
        'altname',
        ...(device.bridge === null || device.database !== undefined ? [] : (['bridge'] as const)),
      ];
    case 'tcfilter':
      return ['tap', 'altname', 'ingress', 'u32', 'mirred', ...(device.place === 'host' ? (['veth'] as const) : [])];
    case 'macvtap':
      return ['macvtap', 'altname'];
    case 'vhost-user':
      return [];
    default:
      return device satisfies never;
  }
}

/** The names of the networks whose configuration meets a condition; one that dan refuses asks for nothing. */
export function networksThat(
  networks: readonly DanNetwork[],
  condition: (config: NetworkConfig) => boolean,
): readonly string[] {
  const found = networks.filter(({ config }) => config !== undefined && condition(config)).map(({ name }) => name);
  return [...new Set(found)];
}

/** The names of the networks that need the kernel to make something. */
export function networksWith(networks: readonly DanNetwork[], feature: Feature): readonly string[] {
  return networksThat(networks, (config) => featuresOf(config).includes(feature));
}

/** Names for a sentence: `the network "a"`, `the networks "a", "b"`. */
export function naming(networks: readonly string[]): string {
  return `the network${networks.length === 1 ? '' : 's'} ${networks.map((name) => JSON.stringify(name)).join(', ')}`;
}

/** Whose pods a finding concerns, for the end of a sentence; nobody's where no network needs it. */
export function concerning(networks: readonly string[]): string {
  if (networks.length === 0) return '; no network that is configured here needs it';
  return `; ${naming(networks)} ${networks.length === 1 ? 'needs' : 'need'} it`;
}

/** An error for what a configured network needs; else what it is for a node that may get such a network. */
export function severityFor(networks: readonly string[], otherwise: Severity): Severity {
  return networks.length > 0 ? 'error' : otherwise;
}
