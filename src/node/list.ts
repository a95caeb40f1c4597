import { typeOf } from '../config/conf-list.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { kindIfNamed } from '../kinds/kinds.ts';
import { originOf } from './chain.ts';
import { supportedVersions } from '../protocol/version.ts';

/** The parts of a network configuration list that decide which CNI versions are used and whether CHECK is called. */
export interface SpokenList {
  readonly cniVersion?: unknown;
  /** The versions that newer clients choose from: libcni takes the newest one that it knows, from 1.2 on. */
  readonly cniVersions?: unknown;
  readonly disableCheck?: unknown;
  readonly plugins: readonly JsonObject[];
}

/** A plugin's answer to VERSION. */
export interface PluginVersions {
  readonly type: string;
  /** Its program; undefined if it is not on this node. */
  readonly path: string | undefined;
  /** The CNI versions that it knows; undefined if it cannot be run. */
  readonly versions: readonly string[] | undefined;
}

/** What is wrong with a list as a whole. */
export type ListFault =
  /** A client may choose a version that a plugin does not know: then every pod fails. `suitable` is what all know. */
  | {
      readonly of: 'version-unknown';
      readonly version: string;
      readonly plugin: PluginVersions;
      readonly suitable: SuitableVersions | undefined;
    }
  /** Some released plugins do not know this version, and this plugin could not be asked. */
  | { readonly of: 'version-not-asked'; readonly version: string; readonly plugin: PluginVersions }
  /** The CHECK of a plugin before dan compares something that dan takes from its interface. */
  | {
      readonly of: 'check-fails';
      readonly type: string;
      readonly device: string;
      /** Whether dan could leave the interface as it is, with another "mode". */
      readonly isAvoidable: boolean;
    };

/** The version keys that a list can have. */
export interface SuitableVersions {
  readonly cniVersion: string;
  readonly cniVersions?: readonly string[];
}

/** The plugins whose CHECK compares their interface's MAC and addresses: containernetworking's, of 1.1.1 and 1.10.0. */
const comparing = ['bridge', 'dummy', 'host-device', 'ipvlan', 'macvlan', 'ptp', 'vlan'] as const;

/** The newest version that every plugin and client of recent years knows. */
const common = '1.0.0';

/** The other plugins that get the list's version: those of the list, and the IPAM plugins that they call. */
export function askedTypes(plugins: readonly JsonObject[]): readonly string[] {
  const others = plugins.filter((plugin) => typeOf(plugin) !== 'dan');
  // dan itself chooses a version that its IPAM plugin knows.
  const types = others.flatMap((plugin) => [plugin, plugin['ipam']]).map((one) => (isObject(one) ? typeOf(one) : ''));
  return [...new Set(types)].filter((type) => type !== '');
}

/** Version keys with which every client finds a version that all these plugins know; undefined if there are none. */
export function suitableVersions(asked: readonly PluginVersions[]): SuitableVersions | undefined {
  const known = supportedVersions.filter((version) =>
    asked.every(({ versions }) => versions?.includes(version) ?? true),
  );
  const newest = known.at(-1);
  if (newest === undefined) return undefined;
  const beside = known.filter((version) => version === common || version === newest);
  return beside.length === 1 ? { cniVersion: newest } : { cniVersion: common, cniVersions: beside };
}

/** The versions that a list offers but one of its plugins does not know. Pure. */
export function versionFaults(list: SpokenList, asked: readonly PluginVersions[]): readonly ListFault[] {
  const { cniVersion, cniVersions } = list;
  const others: readonly unknown[] = Array.isArray(cniVersions) ? cniVersions : [];
  const offered = new Set([cniVersion, ...others]);
  const suitable = suitableVersions(asked);
  return supportedVersions
    .filter((version) => offered.has(version))
    .flatMap((version) =>
      asked.flatMap((plugin): readonly ListFault[] => {
        if (plugin.versions?.includes(version) === true) return [];
        if (plugin.versions !== undefined) return [{ of: 'version-unknown', version, plugin, suitable }];
        return version > common ? [{ of: 'version-not-asked', version, plugin }] : [];
      }),
    );
}

/** Whether the CHECK of the plugins before dan fails since dan takes what they compare. `at` is dan's index. Pure. */
export function checkFaults({ disableCheck, plugins }: SpokenList, at: number): readonly ListFault[] {
  const { device = 'host-tap' } = plugins[at] ?? {};
  if (disableCheck === true || disableCheck === 'true') return [];
  const kind = kindIfNamed(device);
  if (kind?.keepsMaster(plugins[at] ?? {}) !== false) return [];
  return plugins.slice(0, at).flatMap((plugin): readonly ListFault[] => {
    const type = typeOf(plugin);
    if (!comparing.some((one) => one === type)) return [];
    const isAvoidable = kind.unfit({ mode: 'passthru' }, originOf(plugin)).length === 0;
    return [{ of: 'check-fails', type, device: String(device), isAvoidable }];
  });
}
