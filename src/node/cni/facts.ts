import { typeOf } from '../../config/conf-list.ts';
import { containerdDefaults } from '../../config/containerd/settings.ts';
import type { RuntimeHandler } from '../../config/containerd/handler.ts';
import type { Tree } from '../../host/tree.ts';
import { type Containerd, readContainerd } from '../containerd.ts';
import { isLive } from '../paths.ts';
import { chosenOf, type ConfDir, type ConfFile, readConfDir } from './conf-dir.ts';
import { type DanPlugin, danPluginsOf } from './network.ts';
import { danVersion, lookAtPlugin, type PluginFile } from './plugin-files.ts';

/** A runtime handler with the configurations that its pods get. */
export interface HandlerNetworks {
  readonly handler: RuntimeHandler;
  readonly directory: ConfDir;
  /** In their order; a pod gets all of them. */
  readonly chosen: readonly ConfFile[];
}

/** What is looked at. */
export interface CniFacts {
  /** Programs can be asked, not only files be read. */
  readonly live: boolean;
  /** Undefined: there is none. */
  readonly containerd: Containerd | undefined;
  readonly handlers: readonly HandlerNetworks[];
  readonly directories: readonly ConfDir[];
  /** Every plugin of type `dan` in these directories, whether or not a runtime chooses its file. */
  readonly networks: readonly DanPlugin[];
  /** Where plugins are looked for. */
  readonly binDirs: readonly string[];
  /** The program `dan` there. */
  readonly dan: PluginFile & { readonly version: string | undefined };
  /** The other programs that pods of dan's networks need. */
  readonly others: readonly PluginFile[];
}

/** Looks at the container runtime's side: what it calls for whom, and whether it is there. */
export async function lookAtCni(tree: Tree): Promise<CniFacts> {
  const containerd = await readContainerd(tree);
  const settings = containerd?.settings;
  const paths = [
    settings?.confDir ?? containerdDefaults.confDir,
    ...(settings?.handlers ?? []).map((one) => one.confDir),
  ];
  const directories = [...new Set(paths)].map((path) => readConfDir(tree, path));
  const files = directories.flatMap((directory) => directory.files);
  const networks = files.flatMap((file) => danPluginsOf(tree, file));
  const binDirs = settings?.binDirs ?? [containerdDefaults.binDir];
  const dan = lookAtPlugin(tree, binDirs, 'dan');
  return {
    live: isLive(tree),
    containerd,
    handlers: (settings?.handlers ?? []).flatMap((handler) => handlerNetworks(handler, directories)),
    directories,
    networks,
    binDirs,
    dan: { ...dan, version: await danVersion(tree, dan) },
    others: otherTypes(networks, containerd).map((type) => lookAtPlugin(tree, binDirs, type)),
  };
}

function handlerNetworks(handler: RuntimeHandler, directories: readonly ConfDir[]): readonly HandlerNetworks[] {
  const directory = directories.find(({ path }) => path === handler.confDir);
  return directory === undefined ? [] : [{ handler, directory, chosen: chosenOf(directory, handler.maxConfNum) }];
}

/** The networks of dan that a handler's pods get. */
export function networksOf({ networks }: CniFacts, { chosen }: HandlerNetworks): readonly DanPlugin[] {
  return networks.filter(({ path }) => chosen.some((file) => file.path === path));
}

// containerd gives every pod a `lo` by the plugin of that name, unless it does that itself.
function otherTypes(networks: readonly DanPlugin[], containerd: Containerd | undefined): readonly string[] {
  const needed = networks.flatMap(({ plugins, config }) => {
    const chain = plugins.map(typeOf);
    const ipam = config?.ipamType;
    return ipam === undefined ? chain : [...chain, ipam];
  });
  const loopback = containerd === undefined || containerd.settings.internalLoopback ? [] : ['loopback'];
  return [...new Set([...loopback, ...needed])].filter((type) => type !== 'dan');
}
