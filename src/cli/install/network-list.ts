import { defaultDanConf } from '../../attach/directories.ts';
import { settle } from '../../attach/settings.ts';
import { readWithoutPod } from '../../config/network.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { messageOf } from '../../protocol/error.ts';

/** What an installation takes from a list of networks. */
export interface NetworkList {
  /** Where its plugin `dan` writes DAN files; undefined where it takes the directory from a Kata configuration. */
  readonly danConf: string | undefined;
}

/** Where dan writes DAN files if no list says anything else. */
export const usualDanConf: NetworkList = { danConf: defaultDanConf };

/**
 * Reads the text of a `.conflist` with the plugin's own code; a list without `dan` in it is refused. Kata's configuration
 * is not looked at: it may be on another system than this one.
 */
export function readNetworkList(text: string): Parsed<NetworkList> {
  try {
    const list: unknown = JSON.parse(text);
    if (!isObject(list)) return reject('is not a JSON object');
    const plugins = list['plugins'];
    if (typeof list['name'] !== 'string' || !Array.isArray(plugins)) {
      return reject('is not a list of networks, which has a "name" and "plugins"');
    }
    const networks = plugins.filter((plugin) => isObject(plugin) && plugin['type'] === 'dan') as readonly JsonObject[];
    const [first] = networks.map((plugin) => readOne(list, plugin));
    return first === undefined ? reject('has no plugin of type "dan"') : accept(first);
  } catch (error) {
    return reject(`cannot be used: ${messageOf(error)}`);
  }
}

function readOne({ name, cniVersion }: JsonObject, plugin: JsonObject): NetworkList {
  const config = readWithoutPod({ cniVersion, name, ...plugin });
  const { danConf } = settle({ ...config, kataConfig: undefined });
  return { danConf: config.danConf ?? (config.kataConfig === undefined ? danConf : undefined) };
}
