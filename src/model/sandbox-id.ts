import { accept, type Parsed, reject } from './parsed.ts';

/** The id of a sandbox, usable as a file name with room for a suffix. */
export type SandboxId = string & { readonly __brand: 'SandboxId' };

/** Parses a sandbox id that already passed the spec's rule: at most 200 bytes, for `<id>.json` and temporary names. */
export function parseSandboxId(value: string): Parsed<SandboxId> {
  return value.length <= 200 ? accept(value as SandboxId) : reject('must have at most 200 characters: it names a file');
}
