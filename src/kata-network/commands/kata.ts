import { danConfIn, defaultDanConf, readKataConfig } from '../../attach/client.ts';
import type { SandboxId } from '../../model/identity.ts';
import { findKataConfigs } from '../../node/kata.ts';
import { knownSandboxes } from '../sandboxes.ts';
import { sandboxNamed } from './sandbox.ts';

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
  const path = named ?? findKataConfigs({ root: '/' }, named, 'rust')[0]?.file?.path;
  if (path === undefined) return { danConf: defaultDanConf, hypervisor: undefined };
  const config = readKataConfig(path);
  return { danConf: danConfIn(config), hypervisor: config.hypervisor };
}

/** Where DAN files are looked for that no record tells of. What is wrong with Kata's configuration is no reason to fail. */
export function knownDanConf(): string {
  try {
    return readKata(undefined).danConf;
  } catch {
    return defaultDanConf;
  }
}

/** The sandbox that a word names, of all that show on the node. Throws `not-found`, `invalid-environment`, `io-failure`. */
export function sandboxOf(word: string): SandboxId {
  return sandboxNamed(word, knownSandboxes(knownDanConf())).id;
}
