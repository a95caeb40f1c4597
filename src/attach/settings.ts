import { system } from '#system';
import { type KataFile, type KataSettings, readKata } from '../config/kata.ts';
import type { NetworkConfig } from '../config/interpret.ts';
import { defaults, ranges } from '../config/values.ts';
import { profileFaults } from '../dan/limits.ts';
import { profiles, type Profile } from '../dan/profile.ts';
import { kindOf } from '../kinds/kinds.ts';
import { namesIn, onFile, readIfThere } from '../host/files.ts';
import { danError } from '../model/error.ts';
import { basename, dirname, join } from '../model/path.ts';
import { defaultDanConf } from './directories.ts';

/** What a network configuration and the Kata configuration it names come to together. */
export interface Settings {
  readonly danConf: string;
  readonly profile: Profile;
}

/**
 * Settles where the file goes and who reads it. `kataPath` is where this process finds the file that "kataConfig" names:
 * another path for a node that is mounted somewhere. Throws `not-carried-by-profile` for what that reader cannot carry,
 * `kata-config-unusable`.
 */
export function settle(config: NetworkConfig, kataPath = config.kataConfig): Settings {
  const kata = config.kataConfig === undefined ? undefined : readKataConfig(config.kataConfig, kataPath);
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
  const { danConf, kataConfig } = document;
  if (isAbsolute(danConf)) return danConf;
  if (!isAbsolute(kataConfig)) return defaultDanConf;
  try {
    return readKataConfig(kataConfig).danConf ?? defaultDanConf;
  } catch {
    return defaultDanConf;
  }
}

/** The time limit of a configuration that may be faulty, in seconds. */
export function timeoutOf({ commandTimeout }: Readonly<Record<string, unknown>>): number {
  const [least, most] = ranges.commandTimeout;
  const asked = typeof commandTimeout === 'number' && Number.isInteger(commandTimeout) ? commandTimeout : 0;
  return asked >= least && asked <= most ? asked : defaults.commandTimeout;
}

function readKataConfig(named: string, path = named): KataSettings {
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
  return settings;
}

// As Kata's runtimes do it: every file of the directory counts, beside the file itself where its path is a link.
function readDropIns(path: string): readonly KataFile[] {
  const directory = join(dirname(onFile(`${path} cannot be looked at`, () => system.realpath(path))), 'config.d');
  return namesIn(directory).flatMap((name) => {
    const text = readIfThere(join(directory, name));
    return text === undefined ? [] : [{ path: join(directory, name), text }];
  });
}

function unusable(path: string, why: string): Error {
  return danError('kata-config-unusable', `"kataConfig" ${path} ${why}: correct the path or the file`);
}

function isAbsolute(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/') && !value.split('/').includes('..');
}
