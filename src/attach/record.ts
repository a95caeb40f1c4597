import type { DanEntry } from '../dan/document.ts';
import { linksOf, masterOf, nameOf, portOf, type Device, recordedKindOf } from '../kinds/kinds.ts';
import { namesIn, readIfThere, removeFile, writeWhole } from '../host/files.ts';
import { type Identity, isOwnAltname } from '../model/identity.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import { parseOvsDatabase } from '../model/ovs.ts';
import { join } from '../model/path.ts';
import { parseSandboxId } from '../model/sandbox-id.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { recordDirectory } from './directories.ts';
import type { Taken } from './take-over.ts';

/**
 * What dan made, or was about to make, for one attachment. Written before the first step of ADD and removed last of
 * all: DEL removes what it says, whatever the configuration says by then.
 */
export interface AttachmentRecord extends Identity {
  /** Version of this form. */
  readonly format: 1;
  readonly danConf: string;
  readonly device: Device;
  readonly guestMac: string;
  /** Path of the pod's namespace. */
  readonly netns: string;
  /** What the device takes from its link in the pod, written down before; left out where it takes nothing. */
  readonly taken?: Taken;
  /** The delegated plugin and the configuration it was called with; left out without one. */
  readonly ipam?: { readonly type: string; readonly document: JsonObject };
  /** The entry in the file, once it is written. */
  readonly entry?: DanEntry;
  /** What the client that made it keeps in its record. The core writes it and gives it back, and looks at nothing in it. */
  readonly clientData?: JsonObject;
}

/** The path of an attachment's record; `link` is its derived name. */
export function recordPath(link: InterfaceName): string {
  return join(recordDirectory, `${link}.json`);
}

/** Reads a record. `unreadable` is a file that is none: its claims are lost, derived names still hold. */
export function readRecord(link: InterfaceName): AttachmentRecord | 'missing' | 'unreadable' {
  const text = readIfThere(recordPath(link));
  if (text === undefined) return 'missing';
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value, link) ? value : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

/** Writes a record, whole or not at all. */
export function writeRecord(record: AttachmentRecord): void {
  const link = nameOf(record.device);
  const temporary = temporaryPath(link, record.sandbox);
  writeWhole(recordPath(link), `${JSON.stringify(record)}\n`, { durable: false, temporary });
}

/** Removes a record, and what was left of writing one; a missing one is removed already. */
export function removeRecord(link: InterfaceName, sandbox: string): void {
  // ADD refuses an id that cannot be in a file's name, so there is nothing of it.
  if (parseSandboxId(sandbox).ok)
    removeFile(recordPath(link), { durable: false, temporary: temporaryPath(link, sandbox) });
}

/**
 * The one temporary file of an attachment beside its record. Its name has the sandbox, under whose lock it is used: so
 * GC can tell whether whoever made it still lives.
 */
function temporaryPath(link: InterfaceName, sandbox: string): string {
  return join(recordDirectory, `.${link}.${sandbox}.tmp`);
}

/** All records that can be read. */
export function readRecords(): readonly AttachmentRecord[] {
  return recordedNames()
    .map(readRecord)
    .filter((record) => typeof record !== 'string');
}

/** The derived names that records have, readable or not. */
export function recordedNames(): readonly InterfaceName[] {
  return namesIn(recordDirectory).flatMap((file) => {
    const [, name] = /^(dan[0-9a-f]{11})\.json$/.exec(file) ?? [];
    const parsed = parseInterfaceName(name);
    return parsed.ok ? [parsed.value] : [];
  });
}

// Only dan writes here, and whole files; what is checked is what would reach a command or a path.
function isRecord(value: unknown, link: InterfaceName): value is AttachmentRecord {
  return (
    isObject(value) &&
    value['format'] === 1 &&
    ['network', 'sandbox', 'ifname', 'danConf', 'guestMac', 'netns'].every((key) => typeof value[key] === 'string') &&
    String(value['danConf']).startsWith('/') &&
    isObject(value['device']) &&
    hasSoundNames(value['device'] as unknown as Device, link)
  );
}

// A device of no known kind makes the functions throw: then it is no record either.
function hasSoundNames(device: Device, link: InterfaceName): boolean {
  const links = linksOf(device);
  const names = [...links.map(({ name }) => name), masterOf(device)].filter((name) => name !== undefined);
  const port = portOf(device);
  return (
    nameOf(device) === link &&
    names.every((name) => parseInterfaceName(name).ok) &&
    links.every(({ altname }) => isOwnAltname(altname)) &&
    (port === undefined || parseOvsDatabase(port.database).ok) &&
    recordedKindOf(device).isSound(device)
  );
}
