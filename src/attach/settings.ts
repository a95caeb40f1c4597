import { system } from '#system';
import { type DropIn, type KataConfig, parseKataConfig } from '../config/kata.ts';
import type { NetworkConfig } from '../config/interpret.ts';
import { networkKeys } from '../config/keys.ts';
import { profileFaults } from '../dan/limits.ts';
import { profiles, type Profile } from '../dan/profile.ts';
import { kindOf } from '../kinds/kinds.ts';
import { namesIn, onFile, readIfThere } from '../host/files.ts';
import { danError } from '../model/error.ts';
import { dirname, join } from '../model/path.ts';
import { reject } from '../model/parsed.ts';
import { defaultDanConf } from './directories.ts';

/** What follows from a network configuration together with the Kata configuration that it names. */
export interface Settings {
  /** The directory of DAN files. */
  readonly danConf: string;
  readonly profile: Profile;
}

/**
 * Settles where the file goes and who reads it. Throws `not-carried-by-profile` for what that reader cannot carry,
 * `kata-config-unusable`.
 */
export function settle(config: NetworkConfig): Settings {
  const { device: request, neighbors, runtime, kataConfig } = config;
  const { queuePairs, device: named } = request;
  const kata = kataConfig === undefined ? undefined : readKataConfig(kataConfig);
  const { networkQueues = 1, hypervisor } = kata ?? {};
  const profile = profiles[runtime];
  const device = kindOf(request).attachedAs;
  const faults = profileFaults(profile, { device, named, queuePairs, networkQueues, hypervisor, neighbors });
  if (faults.length > 0) throw danError('not-carried-by-profile', faults.join('; '));
  const danConf = config.danConf ?? (kata === undefined ? defaultDanConf : danConfIn(kata));
  return { danConf, profile };
}

/**
 * Where the runtime of a Kata configuration looks for DAN files. Kata has no default of its own: without "dan_conf", such a
 * runtime would look in its working directory. Throws `kata-config-unusable`.
 */
export function danConfIn({ path, danConf }: ReadKataConfig): string {
  if (danConf !== undefined) return danConf;
  throw unusable(path, 'has no "dan_conf" in [runtime], so its runtime finds no DAN file');
}

/** The directory of DAN files that a configuration names which may be faulty: a DEL without a record goes by it. */
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

/** The time limit of a configuration that may be faulty, in seconds. */
export function timeoutOf({ commandTimeout }: Readonly<Record<string, unknown>>): number {
  return networkKeys.commandTimeout.value.read(commandTimeout, []) ?? networkKeys.commandTimeout.default;
}

/** A Kata configuration that was read from a file. */
interface ReadKataConfig extends KataConfig {
  readonly path: string;
}

/** Reads a Kata configuration with its drop-ins. Throws `kata-config-unusable`. */
export function readKataConfig(path: string): ReadKataConfig {
  const text = readIfThere(path);
  const parsed = text === undefined ? reject('does not exist') : parseKataConfig(text, readDropIns(path));
  if (parsed.ok) return { path, ...parsed.value };
  throw unusable(path, parsed.why);
}

// Like Kata's runtimes, this reads every file of the directory, which is beside the file that a symbolic link leads to.
function readDropIns(path: string): readonly DropIn[] {
  const directory = join(dirname(onFile(`${path} cannot be looked at`, () => system.realpath(path))), 'config.d');
  return namesIn(directory).flatMap((name) => {
    const text = readIfThere(join(directory, name));
    return text === undefined ? [] : [{ name, text }];
  });
}

function unusable(path: string, why: string): Error {
  return danError(
    'kata-config-unusable',
    `Kata's configuration ${path} ${why}: correct the file, or name the one that is used ("kataConfig" of a network ` +
      'configuration, --kata-config of a command)',
  );
}
