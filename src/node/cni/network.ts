import { utf8 } from '#bytes';
import { defaultDanConf } from '../../attach/directories.ts';
import { fixedNetworkFaults } from '../../attach/add/fixed-network.ts';
import { settle } from '../../attach/settings.ts';
import { type ConfList, typeOf } from '../../config/conf-list.ts';
import type { NetworkConfig } from '../../config/interpret.ts';
import { readWithoutPod } from '../../config/network.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import type { JsonObject } from '../../json/object.ts';
import { CniError } from '../../protocol/error.ts';
import { parseInput } from '../../protocol/input.ts';
import { resolvedIn } from '../paths.ts';

/** A plugin of type `dan` in a network configuration of this node. */
export interface DanNetwork {
  /** The path of the configuration file on the node. */
  readonly path: string;
  readonly name: string;
  /** The plugin's own object in the file. */
  readonly document: JsonObject;
  /** The parsed configuration; undefined if the plugin refuses it. */
  readonly config: NetworkConfig | undefined;
}

/** A {@link DanNetwork} with what the rest of the node determines. */
export interface DanPlugin extends DanNetwork {
  /** Why the plugin refuses it; undefined if it does not. */
  readonly refusal: string | undefined;
  /** Where it writes DAN files, with symbolic links resolved. */
  readonly danConf: string;
  /** All plugins of its list, in order, and its own index among them. */
  readonly plugins: readonly JsonObject[];
  readonly at: number;
}

/** Reads the `dan` plugins of a list with the plugin's own code. `path` is the list's file. */
export function danPluginsOf(tree: Tree, path: string, list: ConfList): readonly DanPlugin[] {
  const { name, plugins } = list;
  return plugins.flatMap((document, at) => {
    if (typeOf(document) !== 'dan') return [];
    const { danConf, ...read } = readPlugin(tree, list, document);
    return [{ path, name, document, ...read, danConf: resolvedIn(tree, danConf), plugins, at }];
  });
}

// A runtime adds the list's name and version to the plugin's object. When the plugin runs, it reads the Kata
// configuration that the network names; here that file is in the node's tree.
function readPlugin(
  tree: Tree,
  { name, cniVersion }: ConfList,
  document: JsonObject,
): Pick<DanPlugin, 'config' | 'danConf' | 'refusal'> {
  let config: NetworkConfig | undefined;
  try {
    const given = { ...document, name, ...(cniVersion === undefined ? {} : { cniVersion }) };
    parseInput(utf8(JSON.stringify(given)));
    config = readWithoutPod(given);
    const { kataConfig } = config;
    const { danConf } = settle(config, kataConfig === undefined ? undefined : pathIn(tree, kataConfig));
    const [fault] = fixedNetworkFaults(config, name);
    if (fault !== undefined) return { config: undefined, refusal: fault.message, danConf };
    return { config, refusal: undefined, danConf };
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    return { config: undefined, refusal: error.message, danConf: config?.danConf ?? defaultDanConf };
  }
}
