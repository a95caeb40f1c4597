import type { parseKataConfig } from '../config/kata.ts';
import type { NetworkConfig } from '../config/network.ts';
import { profileFaults } from '../dan/limits.ts';
import { profiles, type Profile } from '../dan/profile.ts';
import { readIfThere } from '../host/files.ts';
import { danError } from '../model/error.ts';
import { defaultDanConf } from './directories.ts';

/** What a network configuration and the Kata configuration it names come to together. */
export interface Settings {
  readonly danConf: string;
  readonly profile: Profile;
}

/**
 * Settles where the file goes and who reads it. Throws `not-carried-by-profile` for what that reader cannot carry,
 * `kata-config-unreadable`.
 */
export async function settle(config: NetworkConfig): Promise<Settings> {
  const kata = config.kataConfig === undefined ? undefined : await readKataConfig(config.kataConfig);
  const profile = profiles[config.runtime];
  const { device, queuePairs, neighbors } = config;
  const faults = profileFaults(profile, { device, queuePairs, networkQueues: kata?.networkQueues ?? 1, neighbors });
  if (faults.length > 0) throw danError('not-carried-by-profile', faults.join('; '));
  return { danConf: config.danConf ?? kata?.danConf ?? defaultDanConf, profile };
}

/** Where the file of a configuration goes that may be faulty: what a DEL without a record goes by. */
export async function danConfOf(document: Readonly<Record<string, unknown>>): Promise<string> {
  const { danConf, kataConfig } = document;
  if (isAbsolute(danConf)) return danConf;
  if (!isAbsolute(kataConfig)) return defaultDanConf;
  try {
    return (await readKataConfig(kataConfig)).danConf ?? defaultDanConf;
  } catch {
    return defaultDanConf;
  }
}

// The TOML library is loaded for those alone who name such a file.
async function readKataConfig(path: string) {
  const text = readIfThere(path);
  const { parseKataConfig: parse } = await import('../config/kata.ts');
  const parsed: ReturnType<typeof parseKataConfig> =
    text === undefined ? { ok: false, why: 'does not exist' } : parse(text);
  if (parsed.ok) return parsed.value;
  throw danError('kata-config-unreadable', `"kataConfig" ${path} ${parsed.why}: correct the path or the file`);
}

function isAbsolute(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/') && !value.split('/').includes('..');
}
