import { parseConfList, typeOf } from '../../config/conf-list.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { protocolError } from '../../protocol/error.ts';

/** A plugin object of dan in a configuration, as a runtime passes it. */
export interface PlannedNetwork {
  readonly document: JsonObject;
  /** The types of the plugins before it. */
  readonly before: readonly string[];
}

/** The dan plugins of a network configuration. Throws `undecodable-input` if there are none. */
export function networksIn(text: string, file: string): readonly PlannedNetwork[] {
  const parsed = parseConfList(isList(text) ? 'network.conflist' : 'network.conf', text);
  if (!parsed.ok)
    throw protocolError('undecodable-input', `${file} ${parsed.why}: "dan validate" shows everything that is wrong`);
  const { name, cniVersion, plugins } = parsed.value;
  const networks = plugins.flatMap((plugin, at) => {
    if (typeOf(plugin) !== 'dan') return [];
    const version = cniVersion === undefined ? {} : { cniVersion };
    return [{ document: { ...plugin, name, ...version }, before: plugins.slice(0, at).map(typeOf) }];
  });
  if (networks.length > 0) return networks;
  throw protocolError('undecodable-input', `${file} has no plugin of type "dan", so there is nothing to plan`);
}

function isList(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text);
    return isObject(document) && 'plugins' in document;
  } catch {
    return false;
  }
}
