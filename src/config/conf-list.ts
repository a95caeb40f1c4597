import { depthLimit } from '../json/nesting.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { parseWithin } from '../json/parse.ts';
import { accept, type Parsed, reject } from '../model/parsed.ts';

/** A network configuration file as libcni reads it: a list of plugins, which has one element for a single plugin. */
export interface ConfList {
  readonly name: string;
  /** These three are unvalidated; undefined if they are missing. */
  readonly cniVersion: unknown;
  readonly cniVersions: unknown;
  readonly disableCheck: unknown;
  /** The plugins' objects as they are in the file. */
  readonly plugins: readonly JsonObject[];
}

/** The file name extensions of network configurations (go-cni, `loadFromConfDir`). */
const endings = ['.conf', '.conflist', '.json'] as const;

/** Whether a file of this name counts as a network configuration. */
export function isConfFile(name: string): boolean {
  return endings.some((ending) => name.endsWith(ending));
}

/** Parses the text of a network configuration file. A file that ends in `.conflist` has other requirements. */
export function parseConfList(fileName: string, text: string): Parsed<ConfList> {
  const parsed = parseWithin(text, depthLimit);
  if ('fault' in parsed) return reject(parsed.fault);
  const { value: document } = parsed;
  if (!isObject(document)) return reject('is not a JSON object');
  const { cniVersion, cniVersions, disableCheck, name } = document;
  const isList = fileName.endsWith('.conflist');
  const plugins = isList ? document['plugins'] : [document];
  if (isList && typeof name !== 'string') return reject('has no "name"');
  if (!Array.isArray(plugins) || plugins.length === 0) return reject('has no "plugins"');
  if (!plugins.every(hasType)) {
    return reject(isList ? 'has a plugin without a "type"' : 'has no "type": a list of plugins ends in .conflist');
  }
  const said = { cniVersion, cniVersions, disableCheck };
  return accept({ name: typeof name === 'string' ? name : '', ...said, plugins });
}

/** The `type` of a plugin: the file name of its program. */
export function typeOf({ type }: JsonObject): string {
  return typeof type === 'string' ? type : '';
}

function hasType(plugin: unknown): plugin is JsonObject {
  return isObject(plugin) && typeOf(plugin) !== '';
}
