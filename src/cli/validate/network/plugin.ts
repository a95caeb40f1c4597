import { fixedNetworkFaults } from '../../../attach/add/fixed-network.ts';
import { type Settings, settle } from '../../../attach/settings.ts';
import { errorOf, faultText } from '../../../config/faults.ts';
import { unheededCapabilities, unheededText } from '../../../config/injected.ts';
import type { NetworkConfig } from '../../../config/interpret.ts';
import { examineNetwork, withAssumedFunction } from '../../../config/network.ts';
import { profiles } from '../../../dan/profile.ts';
import { exists } from '../../../host/files.ts';
import type { JsonObject } from '../../../json/object.ts';
import { CniError } from '../../../protocol/error.ts';
import { mostRemarks, type Remark, remarksAt } from '../remark.ts';

/**
 * Everything that an ADD would refuse in a plugin object of dan, without looking at the node. `document` is what the
 * runtime passes to the plugin: with the list's name and version, and with `prevResult` if a plugin precedes it.
 */
export function danRemarks(document: JsonObject, where: string): readonly Remark[] {
  const { config, faults, faulty } = examineNetwork(withAssumedFunction(document), { args: new Map(), ifname: 'eth0' });
  const refusal = (text: string, error: string): Remark => ({ severity: 'error', where, text, error });
  const note = remarksAt(where);
  const remarks = [
    ...faults.slice(0, mostRemarks).map((fault) => refusal(faultText(fault), errorOf(fault))),
    ...(faults.length > mostRemarks
      ? [refusal(`and ${faults.length - mostRemarks} more faults`, 'invalid-configuration')]
      : []),
    ...unheededCapabilities(document).map((one) => note('note', unheededText(one))),
    ...(config?.unheeded ?? []).map((one) => note('note', unheededText(one))),
  ];
  // Without the device and the reader, everything that follows would be a guess.
  if (config === undefined || faulty.has('runtime')) return remarks;
  const { kataConfig } = config;
  const isElsewhere = kataConfig !== undefined && !exists(kataConfig);
  const isGuess = (...keys: readonly string[]): boolean => keys.some((key) => faulty.has(key));
  const refused = [
    ...(isGuess('queues', 'kataConfig') ? [] : readerFaults(config, isElsewhere)),
    ...(isGuess('mtu', 'addresses', 'routes', 'neighbors') ? [] : fixedNetworkFaults(config, String(document['name']))),
  ];
  return [
    ...remarks,
    ...(isElsewhere ? [note('note', kataNote(kataConfig))] : []),
    ...refused.map(({ message, name }) => refusal(message, name)),
  ];
}

function kataNote(path: string): string {
  return `"kataConfig" ${path} is not on this machine: what it says of dan_conf, network_queues and the hypervisor was not looked at`;
}

// If Kata's configuration is elsewhere, its number of queues is unknown. Only a reader without queue_num depends on it.
function readerFaults({ kataConfig, ...config }: NetworkConfig, isElsewhere: boolean): readonly CniError[] {
  if (isElsewhere && !profiles[config.runtime].queueNum) return [];
  return refusalsOf((): Settings => settle({ ...config, kataConfig: isElsewhere ? undefined : kataConfig }));
}

function refusalsOf(attempt: () => unknown): readonly CniError[] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (error instanceof CniError) return [error];
    throw error;
  }
}
