import { parseSandboxId, type SandboxId } from '../model/identity.ts';
import { type Parsed, reject } from '../model/parsed.ts';
import { areValidIds } from '../protocol/environment.ts';

/**
 * Where Kata's runtimes have a directory for each sandbox, from its start to its end: the Go runtime (`fs` of
 * virtcontainers/persist), then the Rust runtime (`KATA_PATH` of kata-types).
 */
export const sandboxDirectories = ['/run/vc/sbs', '/run/kata'] as const;

/** Parses the id of a sandbox, or the beginning of one, that came neither by CNI nor from a file of dan's. */
export function parseForeignId(id: string): Parsed<SandboxId> {
  // The rule for interfaces is not in question here.
  if (areValidIds(id, 'eth0')) return parseSandboxId(id);
  return reject('must start with a letter or digit and hold only letters, digits, "_", ".", "-"');
}

/** The ids that a word of a command line may mean: the id that it is, else every one that begins with it. */
export function idsMeantBy(word: string, ids: readonly string[]): readonly string[] {
  if (ids.includes(word)) return [word];
  return [...new Set(ids)].filter((id) => word !== '' && id.startsWith(word));
}
