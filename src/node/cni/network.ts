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
  /** The configuration file, as the node calls it. */
  readonly path: string;
  readonly name: string;
  /** The plugin's own object, as it is in the file. */
  readonly document: JsonObject;
  /** What the plugin makes of it; undefined where it refuses it. */
  readonly config: NetworkConfig | undefined;
}

/** The same with what the runtime's side of it comes to. */
export interface DanPlugin extends DanNetwork {
  /** Why the plugin refuses it; undefined: it does not. */
  readonly refusal: string | undefined;
  /** Where it writes DAN files, with links followed. */
  readonly danConf: string;
  /** All plugins of its list, in their order, and its own place among them. */
  readonly plugins: readonly JsonObject[];
  readonly at: number;
}

/** Reads the plugins of type `dan` of a list with the plugin's own code. `path` is its file. */
export function danPluginsOf(tree: Tree, path: string, list: ConfList): readonly DanPlugin[] {
  const { name, plugins } = list;
  return plugins.flatMap((document, at) => {
    if (typeOf(document) !== 'dan') return [];
    const { danConf, ...read } = readPlugin(tree, list, document);
    return [{ path, name, document, ...read, danConf: resolvedIn(tree, danConf), plugins, at }];
  });
}

// A runtime puts the list's name and version into the plugin's object. The plugin reads the Kata configuration that the
// network names where it runs, which is on the node.
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
