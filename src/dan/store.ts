import { readIfThere, removeFile, writeWhole } from '../host/files.ts';
import { danError } from '../model/error.ts';
import { protocolError } from '../protocol/error.ts';
import { join } from '../model/path.ts';
import type { SandboxId } from '../model/identity.ts';
import type { DanEntry } from './encode.ts';
import {
  documentLimit,
  type ExistingDocument,
  type OwnEntry,
  parseDocument,
  withChanged,
  withEntry,
  withoutEntry,
} from './merge.ts';

/** The path at which Kata's runtime looks for a sandbox's file. */
export function danFile(danConf: string, sandbox: SandboxId): string {
  return join(danConf, `${sandbox}.json`);
}

/** Reads a sandbox's file; undefined if there is none. Throws `dan-file-unreadable` for one that is no DAN document. */
export function readDanFile(path: string): ExistingDocument | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const parsed = parseDocument(text);
  if (parsed.ok) return parsed.value;
  throw danError(
    'dan-file-unreadable',
    `the DAN file ${path} ${parsed.why}; if no virtual machine of this sandbox runs, remove it`,
  );
}

/** Adds an entry to a sandbox's file, making the file if it is the first. The caller holds the sandbox's lock. */
export function putEntry(path: string, netns: string | null, entry: DanEntry): void {
  write(path, withEntry(readDanFile(path), netns, entry));
}

/** Puts other entries in the place of those that a sandbox's file has. The caller holds the sandbox's lock. */
export function changeEntries(path: string, changed: readonly Omit<OwnEntry, 'index'>[]): void {
  const document = readDanFile(path);
  if (document !== undefined) write(path, withChanged(document, changed));
}

/**
 * Takes an attachment's entry out of a sandbox's file, and removes the file with the last one. Missing is done.
 * The caller holds the sandbox's lock.
 */
export function removeEntry(path: string, network: string, ifname: string): void {
  const document = readDanFile(path);
  const rest = document === undefined ? undefined : withoutEntry(document, network, ifname);
  // Without a file there may still be what a writer left of it.
  if (document === undefined || rest === undefined) removeFile(path, { durable: true });
  else if (rest.devices.length < document.devices.length) write(path, rest);
}

// Durable: the runtime takes a missing file for "no DAN" and starts a sandbox without network.
function write(path: string, document: object): void {
  const text = `${JSON.stringify(document)}\n`;
  if (text.length > documentLimit) throw tooLong(path, text.length);
  writeWhole(path, text, { durable: true });
}

function tooLong(path: string, length: number): Error {
  return protocolError(
    'invalid-configuration',
    `the DAN file ${path} would have ${length} characters, and dan reads at most ${documentLimit}: give the sandbox fewer routes, ` +
      'addresses or neighbors',
  );
}
