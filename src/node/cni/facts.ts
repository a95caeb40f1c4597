import { type ConfList, isConfFile, parseConfList, typeOf } from '../../config/conf-list.ts';
import { containerdDefaults, type RuntimeHandler } from '../../config/containerd.ts';
import type { Tree } from '../../host/tree.ts';
import { join } from '../../model/path.ts';
import { type Containerd, readContainerd } from '../containerd.ts';
import { namesAt, textAt } from '../paths.ts';
import { type DanPlugin, danPluginsOf } from './network.ts';
import { danVersion, lookAtPlugin, type PluginFile } from './plugin-files.ts';

/** A file in a directory of network configurations. */
interface ConfFile {
  /** Its path on the node. */
  readonly path: string;
  /** Its contents; undefined if it cannot be read. */
  readonly list: ConfList | undefined;
  /** Why it cannot be read, as a clause that follows the path. */
  readonly fault: string | undefined;
}

/** A directory of network configurations, with its files in the order in which runtimes use them. */
interface ConfDir {
  readonly path: string;
  readonly files: readonly ConfFile[];
}

/** A runtime handler and the configurations that its pods get. */
export interface HandlerNetworks {
  readonly handler: RuntimeHandler;
  readonly directory: ConfDir;
  /** In order. A pod gets all of them. */
  readonly chosen: readonly ConfFile[];
}

/** The node's CNI setup, as far as dan looks at it. */
export interface CniFacts {
  /** undefined if there is none. */
  readonly containerd: Containerd | undefined;
  readonly handlers: readonly HandlerNetworks[];
  readonly directories: readonly ConfDir[];
  /** Every plugin of type `dan` in these directories, whether or not a runtime chooses its file. */
  readonly networks: readonly DanPlugin[];
  /** Where the runtime looks for plugins. */
  readonly binDirs: readonly string[];
  /** The program `dan` there. */
  readonly dan: PluginFile & { readonly version: string | undefined };
  /** The other programs that pods on dan's networks need. */
  readonly others: readonly PluginFile[];
}

/** Looks at the container runtime's side: which plugins it calls for which pods, and whether they exist. */
export async function lookAtCni(tree: Tree): Promise<CniFacts> {
  const containerd = await readContainerd(tree);
  const { confDir, binDirs, handlers } = containerd?.settings ?? {
    confDir: containerdDefaults.confDir,
    binDirs: [containerdDefaults.binDir],
    handlers: [],
  };
  const paths = new Set([confDir, ...handlers.map((handler) => handler.confDir)]);
  const directories = [...paths].map((path) => readConfDir(tree, path));
  const networks = directories.flatMap(({ files }) =>
    files.flatMap(({ path, list }) => (list === undefined ? [] : danPluginsOf(tree, path, list))),
  );
  const dan = lookAtPlugin(tree, binDirs, 'dan');
  return {
    containerd,
    handlers: handlers.flatMap((handler) => {
      const directory = directories.find(({ path }) => path === handler.confDir);
      if (directory === undefined) return [];
      const { files } = directory;
      // 0 means all.
      return [{ handler, directory, chosen: handler.maxConfNum <= 0 ? files : files.slice(0, handler.maxConfNum) }];
    }),
    directories,
    networks,
    binDirs,
    dan: { ...dan, version: await danVersion(tree, dan) },
    others: otherTypes(networks, containerd).map((type) => lookAtPlugin(tree, binDirs, type)),
  };
}

/** The dan networks that a handler's pods get. */
export function networksOf({ networks }: CniFacts, { chosen }: Pick<HandlerNetworks, 'chosen'>): readonly DanPlugin[] {
  return networks.filter(({ path }) => chosen.some((file) => file.path === path));
}

// A missing directory has no files.
function readConfDir(tree: Tree, directory: string): ConfDir {
  const names = namesAt(tree, directory).filter(isConfFile);
  const files = names.map((name): ConfFile => {
    const path = join(directory, name);
    const read = textAt(tree, path) ?? { fault: 'it leads nowhere' };
    if ('fault' in read) return { path, list: undefined, fault: `cannot be read: ${read.fault}` };
    const parsed = parseConfList(path, read.text);
    return parsed.ok ? { path, list: parsed.value, fault: undefined } : { path, list: undefined, fault: parsed.why };
  });
  return { path: directory, files };
}

// containerd gives every pod a `lo` through the plugin `loopback`, unless it makes it itself.
function otherTypes(networks: readonly DanPlugin[], containerd: Containerd | undefined): readonly string[] {
  const needed = networks.flatMap(({ plugins, config }) => [...plugins.map(typeOf), config?.ipamType ?? 'dan']);
  const loopback = containerd?.settings.internalLoopback === false ? ['loopback'] : [];
  return [...new Set([...loopback, ...needed])].filter((type) => type !== 'dan');
}
