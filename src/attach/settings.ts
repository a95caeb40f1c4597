import { system } from '#system';
import { type DropIn, type KataConfig, parseKataConfig } from '../config/kata.ts';
import type { NetworkConfig } from '../config/interpret.ts';
import { defaults, ranges } from '../config/values.ts';
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

// As Kata's runtimes do it: every file of the directory counts, beside the file itself where its path is a link.
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

function isAbsolute(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/') && !value.split('/').includes('..');
}
