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

/** What a network configuration and the Kata configuration it names come to together. */
export interface Settings {
  readonly danConf: string;
  readonly profile: Profile;
}

/**
 * Settles where the file goes and who reads it. Throws `not-carried-by-profile` for what that reader cannot carry,
 * `kata-config-unusable`.
 */
export function settle(config: NetworkConfig): Settings {
  const kata = config.kataConfig === undefined ? undefined : readKataConfig(config.kataConfig);
  const profile = profiles[config.runtime];
  const { device: request, neighbors } = config;
  const device = kindOf(request).attachedAs;
  const { queuePairs } = request;
  const { networkQueues = 1, hypervisor } = kata ?? {};
  const demand = { device, named: request.device, queuePairs, networkQueues, hypervisor, neighbors };
  const faults = profileFaults(profile, demand);
  if (faults.length > 0) throw danError('not-carried-by-profile', faults.join('; '));
  const danConf = config.danConf ?? kata?.danConf;
  // Kata has no default of its own: such a runtime would look for the file in its working directory.
  if (danConf === undefined && config.kataConfig !== undefined) {
    throw unusable(config.kataConfig, 'has no "dan_conf" in [runtime], so its runtime finds no DAN file');
  }
  return { danConf: danConf ?? defaultDanConf, profile };
}

/** Where the file of a configuration goes that may be faulty: what a DEL without a record goes by. */
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

function readKataConfig(path: string): KataConfig {
  const text = readIfThere(path);
  const parsed = text === undefined ? reject('does not exist') : parseKataConfig(text, readDropIns(path));
  if (parsed.ok) return parsed.value;
  throw unusable(path, parsed.why);
}

// As Kata's runtimes do it: every file of the directory counts, beside the file itself where its path is a link.
function readDropIns(path: string): readonly DropIn[] {
  const directory = join(dirname(onFile(`${path} cannot be looked at`, () => system.realpath(path))), 'config.d');
  return namesIn(directory).flatMap((name) => {
    const text = readIfThere(join(directory, name));
    return text === undefined ? [] : [{ name, text }];
  });
}

function unusable(path: string, why: string): Error {
  return danError('kata-config-unusable', `"kataConfig" ${path} ${why}: correct the path or the file`);
}
