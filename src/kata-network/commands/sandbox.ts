import { danConfIn, defaultDanConf, readKataConfig, readRecords } from '../../attach/client.ts';
import { namesIn } from '../../host/files.ts';
import { danError } from '../../model/error.ts';
import type { SandboxId } from '../../model/identity.ts';
import { findKataConfigs } from '../../node/kata.ts';
import { idsMeantBy, parseForeignId, sandboxDirectories } from '../../node/kata-sandboxes.ts';
import { protocolError } from '../../protocol/error.ts';

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

/** The ids of all sandboxes that show on the node: by a DAN file, by a record, or because they run. Throws `io-failure`. */
export function knownSandboxes(danConf: string): readonly string[] {
  const records = readRecords();
  const directories = new Set([danConf, ...records.map((record) => record.danConf)]);
  return [
    ...[...directories].flatMap((directory) => sandboxesWithFile(namesIn(directory))),
    ...records.map(({ sandbox }) => sandbox),
    ...sandboxDirectories.flatMap(namesIn),
  ];
}

/** The ids of sandboxes that have a file in a directory, whosever entries are in it. */
export function sandboxesWithFile(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => /^([^.].*)\.json$/.exec(name)?.[1] ?? []);
}

/** The sandbox that a word names, of all that show on the node. Throws `not-found`, `invalid-environment`, `io-failure`. */
export function sandboxOf(word: string): SandboxId {
  return sandboxNamed(word, knownSandboxes(knownDanConf())).id;
}

/** A sandbox that a word of the command line names. */
export interface NamedSandbox {
  readonly id: SandboxId;
  /** Nothing is known of it yet: the word is taken for its whole id. */
  readonly isNew: boolean;
}

/**
 * The sandbox that is meant by its id, or by the beginning of its id, given the ids that are known. Throws `not-found` where
 * several begin so, and `invalid-environment` for what no id can be. Directories may hold names that are no ids.
 */
export function sandboxNamed(word: string, known: readonly string[]): NamedSandbox {
  const ids = known.filter((id) => parseForeignId(id).ok);
  const meant = idsMeantBy(word, ids);
  if (meant.length > 1) {
    throw danError('not-found', `"${word}" begins the ids of several sandboxes, ${meant.join(', ')}: give more of it`);
  }
  const [id = word] = meant;
  const parsed = parseForeignId(id);
  if (parsed.ok) return { id: parsed.value, isNew: meant.length === 0 };
  throw protocolError('invalid-environment', `the sandbox ${JSON.stringify(word)} ${parsed.why}`);
}

/**
 * As {@link sandboxNamed}, for a sandbox that may be new. A word is the beginning of an id only if that was made by a
 * runtime: it has 64 digits, so nobody could mean another sandbox by less. Ids that people choose are given whole, since
 * `sandbox-1` may be about to start where `sandbox-10` has its file already.
 */
export function sandboxToStart(word: string, known: readonly string[]): NamedSandbox {
  return sandboxNamed(
    word,
    known.filter((id) => id === word || /^[0-9a-f]{64}$/.test(id)),
  );
}

/** Whether a word that names a new sandbox looks like the beginning of an id that a runtime made, cut as tools cut it. */
export function looksCut(word: string): boolean {
  return /^[0-9a-f]{7,63}$/.test(word);
}
