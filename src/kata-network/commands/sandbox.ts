import { danConfIn, defaultDanConf, readKataConfig, readRecords } from '../../attach/client.ts';
import { namesIn } from '../../host/files.ts';
import { danError } from '../../model/error.ts';
import type { SandboxId } from '../../model/identity.ts';
import { findKataConfigs } from '../../node/kata.ts';
import { sandboxDirectories } from '../../host/kata-sandbox.ts';
import { idsMeantBy, parseForeignId } from '../../node/kata-sandboxes.ts';
import { protocolError } from '../../protocol/error.ts';

/** The part of Kata's configuration for its Rust runtime that these commands need. */
export interface RuntimeSettings {
  /** Where the Rust runtime looks for DAN files. */
  readonly danConf: string;
  /** The hypervisor that it uses; undefined if unknown. */
  readonly hypervisor: string | undefined;
}

/**
 * Finds the directory in which Kata's Rust runtime looks for DAN files: from the named configuration, or from the one
 * that the runtime itself would find. If there is none, assumes the one of Kata's configuration template. Throws
 * `kata-config-unusable`.
 */
export function readKata(named: string | undefined): RuntimeSettings {
  const path = named ?? findKataConfigs({ root: '/' }, named, 'rust')[0]?.file?.path;
  if (path === undefined) return { danConf: defaultDanConf, hypervisor: undefined };
  const config = readKataConfig(path);
  return { danConf: danConfIn(config), hypervisor: config.hypervisor };
}

/** The directory of DAN files that no record names. Falls back to the default if Kata's configuration is unusable. */
export function knownDanConf(): string {
  try {
    return readKata(undefined).danConf;
  } catch {
    return defaultDanConf;
  }
}

/** The ids of all sandboxes on the node that have a DAN file or a record, or that run. Throws `io-failure`. */
export function knownSandboxes(danConf: string): readonly string[] {
  const records = readRecords();
  const directories = new Set([danConf, ...records.map((record) => record.danConf)]);
  return [
    ...[...directories].flatMap((directory) => sandboxesWithFile(namesIn(directory))),
    ...records.map(({ sandbox }) => sandbox),
    ...sandboxDirectories.flatMap(namesIn),
  ];
}

/** The ids of sandboxes that have a file in a directory, no matter whose entries it has. */
export function sandboxesWithFile(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => /^([^.].*)\.json$/.exec(name)?.[1] ?? []);
}

/** The known sandbox that a word names. Throws `not-found`, `invalid-environment`, `io-failure`. */
export function sandboxOf(word: string): SandboxId {
  return sandboxNamed(word, knownSandboxes(knownDanConf())).id;
}

/** A sandbox that a command-line word names. */
export interface NamedSandbox {
  readonly id: SandboxId;
  /** Nothing is known about it yet: the word is taken for its whole id. */
  readonly isNew: boolean;
}

/**
 * The sandbox with this id, or whose id begins with the word, among the known ids. Known names that cannot be ids are
 * ignored. Throws `not-found` if several ids match, and `invalid-environment` if the word cannot be an id.
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
 * Like {@link sandboxNamed}, for a sandbox that may be new. Only an id that a runtime made can be abbreviated: it has
 * 64 digits, so its beginning cannot mean another sandbox. Ids that people choose must be given whole, because
 * `sandbox-1` may be about to start while `sandbox-10` already has its file.
 */
export function sandboxToStart(word: string, known: readonly string[]): NamedSandbox {
  return sandboxNamed(
    word,
    known.filter((id) => id === word || /^[0-9a-f]{64}$/.test(id)),
  );
}

/** Whether a word for a new sandbox looks like a runtime-made id that was abbreviated, as tools abbreviate it. */
export function looksCut(word: string): boolean {
  return /^[0-9a-f]{7,63}$/.test(word);
}
