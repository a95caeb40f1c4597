import type { JsonObject } from '../json/object.ts';
import { kindIfNamed } from '../kinds/kinds.ts';
import { type Fault, type KeyFault, refusal } from './faults.ts';
import { interpret, type NetworkConfig, type RuntimeWords } from './interpret.ts';
import { networkKeys } from './keys.ts';
import { keysReader } from './reader.ts';

/** A network configuration as it was read. */
export interface NetworkReading {
  /** What of it is sound; undefined: not even the kind of its device is known. */
  readonly config: NetworkConfig | undefined;
  /** Everything that is wrong with it. */
  readonly faults: readonly Fault[];
  /** The keys that are faulty by themselves. */
  readonly faulty: ReadonlySet<string>;
}

// Others may put keys of this kind into any configuration (CNI's conventions).
const readKeys = keysReader(networkKeys, { isForeign: (key) => key.startsWith('cni.dev/') });

/** Reads a network configuration, and finds everything that an ADD refuses of it by itself. */
export function examineNetwork(document: JsonObject, words: RuntimeWords): NetworkReading {
  const ofKeys: KeyFault[] = [];
  const values = readKeys(document, ofKeys);
  const faulty = new Set(ofKeys.map(({ path }) => String(path[0])));
  const faults: Fault[] = [...ofKeys];
  const config = faulty.has('device') ? undefined : interpret(values, words, faulty, faults);
  return { config, faults, faulty };
}

/**
 * Reads the network configuration of an ADD. Throws one error that names everything that is wrong:
 * `invalid-configuration`, or `prev-result-missing` where it is that alone.
 */
export function readNetwork(document: JsonObject, words: RuntimeWords): NetworkConfig {
  const { config, faults } = examineNetwork(document, words);
  if (config === undefined || faults.length > 0) throw refusal(faults);
  return config;
}

/**
 * Reads a network configuration as an ADD would, where there is no pod yet: the interface that a redirection would stand
 * on, which a plugin before makes in the pod, and a function that a device plugin gives it, are assumed. Throws what `readNetwork` throws.
 */
export function readWithoutPod(document: JsonObject): NetworkConfig {
  const usesMaster = kindIfNamed(document['device'])?.addresses === 'of-master';
  const assumed = usesMaster ? { master: 'eth0', ...document } : withAssumedFunction(document);
  return readNetwork(assumed, { args: new Map(), ifname: 'eth0' });
}

/** A configuration with a PCI function, where it needs one and names none: what a device plugin gives a pod is not known yet. */
export function withAssumedFunction(document: JsonObject): JsonObject {
  const { device, deviceID, master } = document;
  if (kindIfNamed(device)?.opens !== 'group' || deviceID !== undefined || master !== undefined) return document;
  return { ...document, deviceID: '0000:00:00.0' };
}
