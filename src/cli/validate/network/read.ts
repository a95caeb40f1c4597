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

/** A network configuration as it was looked at. */
export interface NetworkReading {
  readonly name: string;
  /** The types of its plugins, in order. */
  readonly plugins: readonly string[];
  readonly remarks: readonly Remark[];
}

/** Asks plugins, by their types, which CNI versions they know. */
export type AskPlugins = (types: readonly string[]) => Promise<readonly PluginVersions[]>;

/**
 * Reads a network configuration, a list or a single one; `fileName` is empty for stdin. The other plugins of a list are
 * asked for their versions.
 */
export async function readNetworkText(text: string, fileName: string, ask: AskPlugins): Promise<NetworkReading> {
  // What JSON.parse lets pass, one reader after the other reads differently.
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

// What libcni puts into a plugin's object; the result of the plugins before is one that any of them could give.
function handedOver({ name, cniVersion }: JsonObject, plugin: JsonObject, at: number): JsonObject {
  const made = { interfaces: [{ name: 'eth0', sandbox: '/run/netns/pod' }] };
  return { ...(at === 0 ? {} : { prevResult: made }), ...plugin, name, cniVersion };
}

function listRemark(fault: ListFault): Remark {
  const { severity, seen, cure } = listFaultText(fault);
  return remarksAt(fault.of === 'check-fails' ? 'plugins' : 'cniVersion')(severity, `${seen}; ${cure}`);
}

// Whether a pod has the network for its own, or Multus adds it to another one, is not known here.
function networkRemarks(plugins: readonly JsonObject[], at: number, where: string): readonly Remark[] {
  return networkFaults(plugins, at)
    .map(networkText)
    .map(({ seen, cure }) => remarksAt(where)('warning', `${seen}; ${cure}`));
}

/** What the order of a list's plugins means for the one of dan at a place in it. */
function chainRemarks(plugins: readonly JsonObject[], at: number): readonly Remark[] {
  return chainFaults(plugins, at).flatMap((fault): readonly Remark[] => {
    // The plugin itself refuses this one.
    if (fault.of === 'no-interface' && fault.isFirst) return [];
    const { severity, seen, cure } = chainText(fault);
    const remark = { severity, where: `plugins[${at}]`, text: `${seen}; ${cure}` };
    const error = fault.of === 'hidden-interface' ? 'pod-link-hidden' : fault.of === 'twice' ? 'attachment-exists' : '';
    return [error === '' ? remark : { ...remark, error }];
  });
}
