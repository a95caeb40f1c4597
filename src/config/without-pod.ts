import type { JsonObject } from '../protocol/input.ts';
import type { NetworkConfig } from './interpret.ts';
import { readNetwork } from './network.ts';

/**
 * Reads a network configuration as an ADD would, where there is no pod yet: the interface that a redirection would stand
 * on, which a plugin before makes in the pod, is assumed. Throws what `readNetwork` throws.
 */
export function readWithoutPod(document: JsonObject): NetworkConfig {
  const usesMaster = document['device'] === 'tcfilter' || document['device'] === 'macvtap';
  return readNetwork(usesMaster ? { master: 'eth0', ...document } : document, { args: new Map(), ifname: 'eth0' });
}
