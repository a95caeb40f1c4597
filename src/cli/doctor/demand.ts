import type { NetworkConfig } from '../../config/interpret.ts';
import type { Feature } from '../../kinds/kind.ts';
import { kindOf } from '../../kinds/kinds.ts';
import type { DanNetwork } from '../../node/cni/network.ts';
import type { Severity } from '../severity.ts';

/** The names of the networks whose configuration meets a condition. A network that dan refuses meets none. */
export function networksThat(
  networks: readonly DanNetwork[],
  condition: (config: NetworkConfig) => boolean,
): readonly string[] {
  const found = networks.filter(({ config }) => config !== undefined && condition(config)).map(({ name }) => name);
  return [...new Set(found)];
}

/** The names of the networks that need a kernel feature. */
export function networksWith(networks: readonly DanNetwork[], feature: Feature): readonly string[] {
  return networksThat(networks, ({ device }) => kindOf(device).features(device).includes(feature));
}

/** The names of the networks whose virtual machines connect to a switch through a socket. */
export function vhostUserNetworks(networks: readonly DanNetwork[]): readonly string[] {
  return networksThat(networks, ({ device }) => kindOf(device).opens === 'socket');
}

/** Names for a sentence: `the network "a"`, `the networks "a", "b"`. */
export function naming(networks: readonly string[]): string {
  return `the network${networks.length === 1 ? '' : 's'} ${networks.map((name) => JSON.stringify(name)).join(', ')}`;
}

/** The networks that a finding concerns, as the end of a sentence; says so if there are none. */
export function concerning(networks: readonly string[]): string {
  if (networks.length === 0) return '; no network that is configured here needs it';
  return `; ${naming(networks)} ${networks.length === 1 ? 'needs' : 'need'} it`;
}

/** An error if configured networks need it; otherwise the severity for a node that may get such a network. */
export function severityFor(networks: readonly string[], otherwise: Severity): Severity {
  return networks.length > 0 ? 'error' : otherwise;
}
