import { parseSandboxId, type SandboxId } from '../model/identity.ts';
import { type Parsed, reject } from '../model/parsed.ts';
import { areValidIds } from '../protocol/environment.ts';

/** Parses the id of a sandbox, or the beginning of one, that came neither through CNI nor from one of dan's files. */
export function parseForeignId(id: string): Parsed<SandboxId> {
  // Any valid interface name will do here.
  if (areValidIds(id, 'eth0')) return parseSandboxId(id);
  return reject('must start with a letter or digit and hold only letters, digits, "_", ".", "-"');
}

/** The ids that a command-line word may mean: the id that equals it, or otherwise every id that begins with it. */
export function idsMeantBy(word: string, ids: readonly string[]): readonly string[] {
  if (ids.includes(word)) return [word];
  return [...new Set(ids)].filter((id) => word !== '' && id.startsWith(word));
}
