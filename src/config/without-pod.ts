import { kindIfNamed } from '../kinds/kinds.ts';
import type { JsonObject } from '../json/object.ts';
import type { NetworkConfig } from './interpret.ts';
import { readNetwork } from './network.ts';

/**
 * Reads a network configuration as an ADD would, where there is no pod yet: the interface that a redirection would stand
 * on, which a plugin before makes in the pod, is assumed. Throws what `readNetwork` throws.
 */
export function readWithoutPod(document: JsonObject): NetworkConfig {
  const usesMaster = kindIfNamed(document['device'])?.addresses === 'of-master';
  return readNetwork(usesMaster ? { master: 'eth0', ...document } : document, { args: new Map(), ifname: 'eth0' });
}
