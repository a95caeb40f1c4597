import { typeOf } from '../../../config/conf-list.ts';
import { isObject, type JsonObject } from '../../../json/object.ts';
import { readStrict } from '../../../json/strict.ts';
import { chainFaults } from '../../../node/chain.ts';
import { askedTypes, checkFaults, type ListFault, type PluginVersions, versionFaults } from '../../../node/list.ts';
import { networkFaults } from '../../../node/network-faults.ts';
import { chainText, listFaultText, networkText } from '../../node-texts.ts';
import { firstRemarks, type Remark, remarksAt } from '../remark.ts';
import { listRemarks } from './list.ts';
import { danRemarks } from './plugin.ts';

/** The result of reading a network configuration. */
export interface NetworkReading {
  readonly name: string;
  /** The types of its plugins, in order. */
  readonly plugins: readonly string[];
  readonly remarks: readonly Remark[];
}

/** Asks plugins of these types which CNI versions they know. */
export type AskPlugins = (types: readonly string[]) => Promise<readonly PluginVersions[]>;

/**
 * Reads a network configuration, a list or a single plugin. `fileName` is empty for stdin. Asks the other plugins of a
 * list for their versions.
 */
export async function readNetworkText(text: string, fileName: string, ask: AskPlugins): Promise<NetworkReading> {
  // JSON that JSON.parse accepts may still mean different things to different readers.
  const read = readStrict(text);
  if ('fault' in read || !isObject(read.value)) {
    const why = 'fault' in read ? read.fault : 'it is no JSON object';
    const remark = remarksAt('')('error', `it cannot be read: ${why}; a network configuration is one JSON object`);
    return { name: '', plugins: [], remarks: [remark] };
  }
  const parsed = read.value;
  const isList = 'plugins' in parsed;
  const plugins = pluginsOf(parsed);
  const own = plugins.flatMap((plugin, at) => (typeOf(plugin) === 'dan' ? [{ plugin, at }] : []));
  const remarks = own.flatMap(({ plugin, at }) => [
    ...(isList ? chainRemarks(plugins, at) : []),
    ...checkFaults({ ...parsed, plugins }, at).map(listRemark),
    ...networkRemarks(plugins, at, isList ? `plugins[${at}]` : ''),
    ...danRemarks(handedOver(parsed, plugin, at), isList ? `plugins[${at}]` : ''),
  ]);
  return {
    name: typeof parsed['name'] === 'string' ? parsed['name'] : '',
    plugins: plugins.map(typeOf),
    remarks: firstRemarks([
      ...listRemarks(parsed, fileName),
      ...versionFaults({ ...parsed, plugins }, await ask(askedTypes(plugins))).map(listRemark),
      ...(own.length === 0 ? [remarksAt('plugins')('warning', 'none of them is of type "dan"')] : []),
      ...remarks,
    ]),
  };
}

function pluginsOf(document: JsonObject): readonly JsonObject[] {
  if (!('plugins' in document)) return [document];
  const { plugins } = document;
  return Array.isArray(plugins) ? plugins.map((plugin: unknown) => (isObject(plugin) ? plugin : {})) : [];
}

// What libcni adds to a plugin's object. The previous result is one that any plugin could return.
function handedOver({ name, cniVersion }: JsonObject, plugin: JsonObject, at: number): JsonObject {
  const made = { interfaces: [{ name: 'eth0', sandbox: '/run/netns/pod' }] };
  return { ...(at === 0 ? {} : { prevResult: made }), ...plugin, name, cniVersion };
}

function listRemark(fault: ListFault): Remark {
  const { severity, seen, cure } = listFaultText(fault);
  return remarksAt(fault.of === 'check-fails' ? 'plugins' : 'cniVersion')(severity, `${seen}; ${cure}`);
}

// It is unknown here whether the network is a pod's default one, or one that Multus adds.
function networkRemarks(plugins: readonly JsonObject[], at: number, where: string): readonly Remark[] {
  return networkFaults(plugins, at)
    .map(networkText)
    .map(({ seen, cure }) => remarksAt(where)('warning', `${seen}; ${cure}`));
}

/** What the order of a list's plugins means for the dan at index `at`. */
function chainRemarks(plugins: readonly JsonObject[], at: number): readonly Remark[] {
  return chainFaults(plugins, at).flatMap((fault): readonly Remark[] => {
    // The plugin itself refuses this.
    if (fault.of === 'no-interface' && fault.isFirst) return [];
    const { severity, seen, cure } = chainText(fault);
    const remark = { severity, where: `plugins[${at}]`, text: `${seen}; ${cure}` };
    const error = fault.of === 'hidden-interface' ? 'pod-link-hidden' : fault.of === 'twice' ? 'attachment-exists' : '';
    return [error === '' ? remark : { ...remark, error }];
  });
}
