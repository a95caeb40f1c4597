import { defaultDanConf } from '../../attach/client.ts';
import { danError } from '../../model/error.ts';
import { findKataConfigs } from '../../node/kata.ts';

/** What Kata's configuration tells its Rust runtime, as far as these commands need it. */
export interface RuntimeSettings {
  /** Where the Rust runtime looks for DAN files. */
  readonly danConf: string;
  /** The hypervisor that it uses; undefined: that is not known. */
  readonly hypervisor: string | undefined;
}

/**
 * Finds out where Kata's Rust runtime looks for DAN files: by the configuration that is named, or the one that it finds by
 * itself. Where there is none, it is believed to be one of Kata's usual ones. Throws `kata-config-unusable`.
 */
export function readKata(named: string | undefined): RuntimeSettings {
  const [inForce] = findKataConfigs({ root: '/' }, named, 'rust');
  const file = inForce?.file;
  if (file === undefined) {
    if (named !== undefined) throw unusable(named, 'does not exist');
    return { danConf: defaultDanConf, hypervisor: undefined };
  }
  if (file.fault !== undefined) throw unusable(file.path, `cannot be used: ${file.fault}`);
  const { danConf, hypervisor } = file.settings;
  // Kata has no default of its own: such a runtime would look for the file in its working directory.
  if (danConf === undefined)
    throw unusable(file.path, 'has no "dan_conf" in [runtime], so its runtime finds no DAN file');
  if (!danConf.startsWith('/')) throw unusable(file.path, 'has a "dan_conf" in [runtime] that is not an absolute path');
  return { danConf, hypervisor };
}

/** Where DAN files are looked for that no record tells of. What is wrong with Kata's configuration is no reason to fail. */
export function knownDanConf(): string {
  try {
    return readKata(undefined).danConf;
  } catch {
    return defaultDanConf;
  }
}

function unusable(path: string, why: string): Error {
  return danError(
    'kata-config-unusable',
    `Kata's configuration ${path} ${why}: correct it, or name the one that is used with --kata-config`,
  );
}
