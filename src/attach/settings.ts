import { system } from '#system';
import { type KataFile, type KataSettings, readKata } from '../config/kata.ts';
import type { NetworkConfig } from '../config/interpret.ts';
import { networkKeys } from '../config/keys.ts';
import { profileFaults } from '../dan/limits.ts';
import { profiles, type Profile } from '../dan/profile.ts';
import { kindOf } from '../kinds/kinds.ts';
import { namesIn, onFile, readIfThere } from '../host/files.ts';
import { danError } from '../model/error.ts';
import { basename, dirname, join } from '../model/path.ts';
import { defaultDanConf } from './directories.ts';

/** What follows from a network configuration and the Kata configuration that it names. */
export interface Settings {
  /** The directory of DAN files. */
  readonly danConf: string;
  readonly profile: Profile;
}

/**
 * Determines where the file goes and which reader reads it. `kataPath` is where this process finds the file that
 * "kataConfig" names: it differs if the node's file system is mounted somewhere. Throws `not-carried-by-profile` for
 * what the reader cannot carry, `kata-config-unusable`.
 */
export function settle(config: NetworkConfig, kataPath = config.kataConfig): Settings {
  const { device: request, neighbors, runtime, kataConfig } = config;
  const { queuePairs, device: named } = request;
  const kata = kataConfig === undefined ? undefined : readKataConfig(kataConfig, kataPath);
  const { networkQueues = 1, hypervisor } = kata ?? {};
  const profile = profiles[runtime];
  const device = kindOf(request).attachedAs;
  const faults = profileFaults(profile, { device, named, queuePairs, networkQueues, hypervisor, neighbors });
  if (faults.length > 0) throw danError('not-carried-by-profile', faults.join('; '));
  const danConf = config.danConf ?? (kata === undefined ? defaultDanConf : danConfIn(kata));
  return { danConf, profile };
}

/**
 * Where the runtime with this Kata configuration looks for DAN files. Kata has no default: without "dan_conf", the
 * runtime would look in its working directory. Throws `kata-config-unusable`.
 */
export function danConfIn({ path, danConf }: ReadKataConfig): string {
  if (danConf !== undefined) return danConf;
  throw unusable(path, 'has no "dan_conf" in [runtime], so its runtime finds no DAN file');
}

/** The directory of DAN files by a configuration that may be faulty. A DEL without a record uses it. */
export function danConfOf(document: Readonly<Record<string, unknown>>): string {
  const danConf = networkKeys.danConf.value.read(document['danConf'], []);
  if (danConf !== undefined) return danConf;
  const kataConfig = networkKeys.kataConfig.value.read(document['kataConfig'], []);
  if (kataConfig === undefined) return defaultDanConf;
  try {
    return readKataConfig(kataConfig).danConf ?? defaultDanConf;
  } catch {
    return defaultDanConf;
  }
}

/** The time limit in a configuration that may be faulty, in seconds. */
export function timeoutOf({ commandTimeout }: Readonly<Record<string, unknown>>): number {
  return networkKeys.commandTimeout.value.read(commandTimeout, []) ?? networkKeys.commandTimeout.default;
}

/** A Kata configuration that was read from a file. */
interface ReadKataConfig extends KataSettings {
  readonly path: string;
}

/**
 * Reads a Kata configuration with its drop-ins. `path` is where this process finds the file, and messages call it
 * `named`. Throws `kata-config-unusable`.
 */
export function readKataConfig(named: string, path = named): ReadKataConfig {
  const text = readIfThere(path);
  if (text === undefined) throw unusable(named, 'does not exist');
  const { settings, faults } = readKata([{ path, text }, ...readDropIns(path)]);
  const [fault] = faults;
  if (fault !== undefined) {
    const isMain = fault.path === path;
    throw unusable(named, isMain ? fault.why : `has a drop-in config.d/${basename(fault.path)} that ${fault.why}`);
  }
  if (settings.danConf?.startsWith('/') === false)
    throw unusable(named, 'has a "dan_conf" in [runtime] that is not an absolute path');
  return { path: named, ...settings };
}

// Like Kata's runtimes, this reads every file of the directory. The directory is beside the file, after symbolic links
// are resolved.
function readDropIns(path: string): readonly KataFile[] {
  const directory = join(dirname(onFile(`${path} cannot be looked at`, () => system.realpath(path))), 'config.d');
  return namesIn(directory).flatMap((name) => {
    const text = readIfThere(join(directory, name));
    return text === undefined ? [] : [{ path: join(directory, name), text }];
  });
}

function unusable(path: string, why: string): Error {
  return danError(
    'kata-config-unusable',
    `Kata's configuration ${path} ${why}: correct the file, or name the one that is used ("kataConfig" of a network ` +
      'configuration, --kata-config of a command)',
  );
}
