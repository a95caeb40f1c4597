import { utf8 } from '#bytes';
import { defaultDanConf } from '../../attach/directories.ts';
import { settle } from '../../attach/settings.ts';
import type { ConfList } from '../../config/conf-list.ts';
import { typeOf } from '../../config/conf-list.ts';
import type { NetworkConfig } from '../../config/interpret.ts';
import { readWithoutPod } from '../../config/network.ts';
import { pathIn, type Tree } from '../../host/tree.ts';
import { CniError } from '../../protocol/error.ts';
import type { JsonObject } from '../../json/object.ts';
import { parseInput } from '../../protocol/input.ts';
import { resolvedIn } from '../paths.ts';
import type { ConfFile } from './conf-dir.ts';

/** A plugin of type `dan` in a network configuration of this node. */
export interface DanNetwork {
  /** The configuration file, as the node calls it. */
  readonly path: string;
  readonly name: string;
  /** The plugin's own object, as it stands in the file. */
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

/** Reads the plugins of type `dan` of a file with the plugin's own code. */
export function danPluginsOf(tree: Tree, { path, list }: ConfFile): readonly DanPlugin[] {
  if (list === undefined) return [];
  const places = list.plugins.flatMap((plugin, at) => (typeOf(plugin) === 'dan' ? [{ plugin, at }] : []));
  return places.map(({ plugin, at }) => readPlugin(tree, path, list, plugin, at));
}

function readPlugin(tree: Tree, path: string, list: ConfList, document: JsonObject, at: number): DanPlugin {
  const { config, refusal, danConf } = readWith(tree, list, document);
  return {
    path,
    name: list.name,
    document,
    config,
    refusal,
    danConf: resolvedIn(tree, danConf),
    plugins: list.plugins,
    at,
  };
}

interface Reading {
  readonly config: NetworkConfig | undefined;
  readonly refusal: string | undefined;
  readonly danConf: string;
}

// What a runtime does to a plugin's object: it puts the list's name and version in.
function readWith(tree: Tree, { name, cniVersion }: ConfList, document: JsonObject): Reading {
  let config: NetworkConfig | undefined;
  try {
    const given = { ...document, name, ...(cniVersion === undefined ? {} : { cniVersion }) };
    parseInput(utf8(JSON.stringify(given)));
    config = readWithoutPod(given);
    const { danConf } = settleIn(tree, config);
    return { config, refusal: undefined, danConf };
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    return { config: undefined, refusal: error.message, danConf: config?.danConf ?? defaultDanConf };
  }
}

// The plugin reads the Kata configuration that the network names where it runs, which is on the node.
function settleIn(tree: Tree, config: NetworkConfig): { readonly danConf: string } {
  const { kataConfig } = config;
  if (kataConfig === undefined) return settle(config);
  const there = pathIn(tree, kataConfig);
  try {
    return settle({ ...config, kataConfig: there });
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    throw new CniError(error.name, error.code, error.message.replaceAll(there, kataConfig), error.details);
  }
}
