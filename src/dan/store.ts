import { findDirectory } from '../host/directory.ts';
import { directoryUnsafe, type FaultAt } from '../host/directory-fault.ts';
import { type FileFault, fileFaultText, readOwn, removeFile, type Trust, writeWhole } from '../host/own-files.ts';
import { danError } from '../model/error.ts';
import { dirname, join } from '../model/path.ts';
import { protocolError } from '../protocol/error.ts';
import type { SandboxId } from '../model/identity.ts';
import { mostElements } from '../model/most-elements.ts';
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

/**
 * Reads a sandbox's file; undefined if there is none. Throws `dan-file-unreadable` if it is not a DAN document,
 * `directory-unsafe`.
 */
export function readDanFile(path: string): ExistingDocument | undefined {
  const there = read(path, 'safe');
  if (there?.fault !== undefined) throw unreadable(path, fileFaultText(there.fault));
  return there?.document;
}

function read(
  path: string,
  trust: Trust,
): { readonly document?: ExistingDocument; readonly fault?: FileFault } | undefined {
  const there = readOwn(path, trust);
  if (there === undefined || 'fault' in there) return there;
  const parsed = parseDocument(there.text);
  if (!parsed.ok) throw unreadable(path, parsed.why);
  return { document: parsed.value };
}

function unreadable(path: string, why: string): Error {
  return danError(
    'dan-file-unreadable',
    `the DAN file ${path} ${why}; if no virtual machine of this sandbox runs, remove it`,
  );
}

/** Adds an entry to a sandbox's file; creates the file for the first one. The caller holds the sandbox's lock. */
export function putEntry(path: string, netns: string | null, entry: DanEntry): void {
  write(path, withEntry(readDanFile(path), netns, entry));
}

/** Replaces entries of a sandbox's file. The caller holds the sandbox's lock. */
export function changeEntries(path: string, changed: readonly Omit<OwnEntry, 'index'>[]): void {
  const document = readDanFile(path);
  if (document !== undefined) write(path, withChanged(document, changed));
}

/** The faults of a DAN file and of its directory. */
interface Hindrances {
  readonly file?: FileFault | undefined;
  readonly directory: FaultAt | undefined;
}

/**
 * Removes an attachment's entry from a sandbox's file, and the file with its last entry. A missing file or entry counts
 * as removed. Returns the fault of something else at the file's path, which stays, and the fault of the directory, in
 * which only files that root owns are changed. `isThere` says that an ADD has written the entry: if the path then leads
 * through another user's symbolic link, so that the entry cannot be found, it throws `directory-unsafe`. The caller
 * holds the sandbox's lock.
 */
export function removeEntry(path: string, network: string, ifname: string, isThere = false): Hindrances {
  const { directory, fault: onTheWay } = findDirectory(dirname(path));
  if (directory === undefined && onTheWay?.fault.is === 'symbolic-link' && isThere) throw directoryUnsafe([onTheWay]);
  const { document, fault } = read(path, 'anyway') ?? {};
  if (fault !== undefined) return { file: fault, directory: onTheWay };
  const rest = document === undefined ? undefined : withoutEntry(document, network, ifname);
  // Without a file, a writer may still have left a temporary one.
  if (document === undefined || rest === undefined) removeFile(path, { durable: true });
  else if (rest.devices.length < document.devices.length) write(path, rest, 'anyway');
  return { directory: onTheWay };
}

// Durable: the runtime takes a missing file to mean "no DAN", and starts a sandbox without network.
function write(path: string, document: ExistingDocument, trust: Trust = 'safe'): void {
  const { length } = document.devices;
  if (length > mostElements) throw tooManyDevices(path, length);
  const text = `${JSON.stringify(document)}\n`;
  if (text.length > documentLimit) throw tooLong(path, text.length);
  writeWhole(path, text, { durable: true, trust });
}

function tooManyDevices(path: string, length: number): Error {
  return protocolError(
    'invalid-configuration',
    `the DAN file ${path} would have "devices" of ${length} elements, and dan takes ${mostElements}: remove those of the ` +
      'file that no attachment of this sandbox needs',
  );
}

function tooLong(path: string, length: number): Error {
  return protocolError(
    'invalid-configuration',
    `the DAN file ${path} would have ${length} characters, and dan reads at most ${documentLimit}: give the sandbox fewer routes, ` +
      'addresses or neighbors',
  );
}
