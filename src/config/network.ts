import type { JsonObject } from '../json/object.ts';
import { kindIfNamed } from '../kinds/kinds.ts';
import { type Fault, type KeyFault, refusal } from './faults.ts';
import { interpret, type NetworkConfig, type RuntimeWords } from './interpret.ts';
import { networkKeys } from './keys.ts';
import { keysReader } from './reader.ts';

/** The result of reading a network configuration. */
export interface NetworkReading {
  /** The valid part of it; undefined if not even the kind of device is known. */
  readonly config: NetworkConfig | undefined;
  /** All faults. */
  readonly faults: readonly Fault[];
  /** The keys whose own values are faulty. */
  readonly faulty: ReadonlySet<string>;
}

// Others may put keys with this prefix into any configuration (CNI's conventions).
const readKeys = keysReader(networkKeys, { isForeign: (key) => key.startsWith('cni.dev/') });

/** Reads a network configuration, and finds every fault for which an ADD refuses it without looking at the node. */
export function examineNetwork(document: JsonObject, words: RuntimeWords): NetworkReading {
  const ofKeys: KeyFault[] = [];
  const values = readKeys(document, ofKeys);
  const faulty = new Set(ofKeys.map(({ path }) => String(path[0])));
  const faults: Fault[] = [...ofKeys];
  const config = faulty.has('device') ? undefined : interpret(values, words, faulty, faults);
  return { config, faults, faulty };
}

/**
 * Reads the network configuration of an ADD. Throws one error that names all faults: `invalid-configuration`, or
 * `prev-result-missing` if that is the only kind of fault.
 */
export function readNetwork(document: JsonObject, words: RuntimeWords): NetworkConfig {
  const { config, faults } = examineNetwork(document, words);
  if (config === undefined || faults.length > 0) throw refusal(faults);
  return config;
}

/**
 * Reads a network configuration like an ADD, but without a pod. It assumes that an earlier plugin makes an interface in
 * the pod for a redirection, and that a device plugin gives the pod a function. Throws what `readNetwork` throws.
 */
export function readWithoutPod(document: JsonObject): NetworkConfig {
  const usesMaster = kindIfNamed(document['device'])?.addresses === 'of-master';
  const assumed = usesMaster ? { master: 'eth0', ...document } : withAssumedFunction(document);
  return readNetwork(assumed, { args: new Map(), ifname: 'eth0' });
}

/** Adds an assumed PCI function to a configuration that needs one, since a device plugin's choice is not known yet. */
export function withAssumedFunction(document: JsonObject): JsonObject {
  const { device, deviceID, master } = document;
  if (kindIfNamed(device)?.opens !== 'group' || deviceID !== undefined || master !== undefined) return document;
  return { ...document, deviceID: '0000:00:00.0' };
}
