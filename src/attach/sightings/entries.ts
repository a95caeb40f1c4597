import { ownEntries } from '../../dan/merge.ts';
import { danFile, readDanFile } from '../../dan/store.ts';
import { ownNames } from '../../host/own-files.ts';
import { type Identity, parseSandboxId } from '../../model/identity.ts';
import { areValidIds } from '../../protocol/environment.ts';
import type { JsonObject } from '../../json/object.ts';
import { faultOf, type PlaceFault, type Seen } from './seen.ts';

/** An attachment's entry in a sandbox's file. */
export interface SeenEntry {
  readonly identity: Identity;
  /** Path of the file. */
  readonly file: string;
  /** As it is in the file; somebody may have edited it. */
  readonly entry: JsonObject;
  /** Its place among the file's devices, from 0. */
  readonly index: number;
}

/**
 * The entries of attachments in all files of a directory, which may be missing. A file that is not ours, or that
 * vanished meanwhile, has none. A file that cannot be read is a fault. Throws `io-failure` for a directory that cannot
 * be read, `directory-unsafe`.
 */
export function entriesIn(directory: string): Seen<SeenEntry> {
  const found: SeenEntry[] = [];
  const faults: PlaceFault[] = [];
  for (const name of ownNames(directory)) {
    const [, id = ''] = /^([^.].*)\.json$/.exec(name) ?? [];
    const sandbox = parseSandboxId(id);
    if (!sandbox.ok || !areValidIds(id, 'eth0')) continue;
    const file = danFile(directory, sandbox.value);
    try {
      const document = readDanFile(file);
      for (const { network, ifname, entry, index } of document === undefined ? [] : ownEntries(document)) {
        found.push({ identity: { network, sandbox: id, ifname }, file, entry, index });
      }
    } catch (error) {
      faults.push(faultOf({ of: 'dan-file', file }, error));
    }
  }
  return { found, faults };
}
