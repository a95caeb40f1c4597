import { danError } from '../../model/error.ts';
import { parseSandboxId, type SandboxId } from '../../model/identity.ts';
import { areValidIds } from '../../protocol/environment.ts';
import { protocolError } from '../../protocol/error.ts';

/** A sandbox that a word of the command line names. */
export interface NamedSandbox {
  readonly id: SandboxId;
  /** Nothing is known of it yet: the word is taken for its whole id. */
  readonly isNew: boolean;
}

/** As container runtimes make ids. */
const generated = /^[0-9a-f]{64}$/;

/**
 * The sandbox that is meant by its id, or by the beginning of its id, given the ids that are known. Throws `not-found` where
 * several begin so, and `invalid-environment` for what no id can be.
 */
export function sandboxNamed(word: string, known: readonly string[]): NamedSandbox {
  return named(word, known, () => true);
}

/**
 * As {@link sandboxNamed}, for a sandbox that may be new. A word is the beginning of an id only if that was made by a
 * runtime: it has 64 digits, so nobody could mean another sandbox by less. Ids that people choose are given whole, since
 * `sandbox-1` may be about to start where `sandbox-10` has its file already.
 */
export function sandboxToStart(word: string, known: readonly string[]): NamedSandbox {
  return named(word, known, (id) => generated.test(id));
}

/** Whether a word that names a new sandbox looks like the beginning of an id that a runtime made, cut as tools cut it. */
export function looksCut(word: string): boolean {
  return /^[0-9a-f]{7,63}$/.test(word);
}

function named(word: string, known: readonly string[], mayBeCut: (id: string) => boolean): NamedSandbox {
  // Directories may hold anything; the rule for interfaces is not in question here.
  const ids = [...new Set(known)].filter((id) => areValidIds(id, 'eth0'));
  const begun = ids.includes(word) ? [word] : ids.filter((id) => id.startsWith(word) && mayBeCut(id));
  if (begun.length > 1) {
    throw danError('not-found', `"${word}" begins the ids of several sandboxes, ${begun.join(', ')}: give more of it`);
  }
  const [id = word] = begun;
  const parsed = parseSandboxId(id);
  if (!areValidIds(id, 'eth0')) {
    throw wrongId(word, 'must start with a letter or digit and hold only letters, digits, "_", ".", "-"');
  }
  if (!parsed.ok) throw wrongId(word, parsed.why);
  return { id: parsed.value, isNew: begun.length === 0 };
}

function wrongId(word: string, why: string): Error {
  return protocolError('invalid-environment', `the sandbox ${JSON.stringify(word)} ${why}`);
}
