import type { DanEntry } from '../dan/encode.ts';
import { nameOf, type Device, recordedKindOf } from '../kinds/kinds.ts';
import { ownNames, readOwn, removeFile, type Trust, writeWhole } from '../host/own-files.ts';
import { type Identity, isOwnAltname, parseSandboxId } from '../model/identity.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import { parseOvsDatabase } from '../model/ovs.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { recordDirectory } from './directories.ts';
import type { Taken } from './take-over.ts';

/**
 * What dan made, or was about to make, for one attachment. It is written before the first step of ADD and removed last.
 * DEL goes by it, whatever the configuration says by then.
 */
export interface AttachmentRecord extends Identity {
  /** Version of this form. */
  readonly format: 1;
  readonly danConf: string;
  readonly device: Device;
  readonly guestMac: string;
  /** Path of the pod's namespace; empty where a client that is not CNI has none. */
  readonly netns: string;
  /** Number of that namespace: another one may have the path later. Left out by dan before it was noted. */
  readonly netnsInode?: number | undefined;
  /** What the device takes from its link in the pod, written down before; left out where it takes nothing. */
  readonly taken?: Taken | undefined;
  /** The routes of its link in the pod, as they were; left out where it takes no link over, as in older records. */
  readonly podRoutes?: readonly string[] | undefined;
  /** The delegated plugin and the configuration it was called with; left out without one. */
  readonly ipam?: { readonly type: string; readonly document: JsonObject } | undefined;
  /** The entry in the file, once it is written. */
  readonly entry?: DanEntry;
  /** What a client that is not CNI keeps in its record. The core does not look into it. */
  readonly clientData?: JsonObject;
}

/** The path of an attachment's record; `link` is its derived name. */
export function recordPath(link: InterfaceName): string {
  return `${recordDirectory}/${link}.json`;
}

/**
 * Reads a record. What dan did not write, or is no file, is `unreadable`: only the derived names of the attachment are known.
 * Throws `directory-unsafe`, `io-failure`.
 */
export function readRecord(link: InterfaceName, trust?: Trust): AttachmentRecord | 'missing' | 'unreadable' {
  const there = readOwn(recordPath(link), trust);
  if (there === undefined) return 'missing';
  if ('fault' in there) return 'unreadable';
  try {
    const value: unknown = JSON.parse(there.text);
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

/** Removes a record, and the file that a killed ADD left while it wrote one. A missing record counts as removed. */
export function removeRecord(link: InterfaceName, sandbox: string): void {
  // ADD refuses an id that cannot be part of a file name, so there is no record of it.
  if (!parseSandboxId(sandbox).ok) return;
  removeFile(recordPath(link), { durable: false, temporary: temporaryPath(link, sandbox) });
}

// The sandbox in its name tells GC under which lock the file is written: who holds that lock knows that its writer is dead.
function temporaryPath(link: InterfaceName, sandbox: string): string {
  return `${recordDirectory}/.${link}.${sandbox}.tmp`;
}

/** All records that can be read. */
export function readRecords(): readonly AttachmentRecord[] {
  return recordedNames()
    .map((link) => readRecord(link))
    .filter((record) => typeof record !== 'string');
}

/** The derived names that records have, readable or not. */
export function recordedNames(): readonly InterfaceName[] {
  return ownNames(recordDirectory)
    .filter((file) => /^dan[0-9a-f]{11}\.json$/.test(file))
    .map((file) => file.slice(0, -'.json'.length) as InterfaceName);
}

// Only dan writes here, and writes whole files: checked is what would reach a command or a path. The functions throw for
// a device of an unknown kind, which is no record either.
function isRecord(value: unknown, link: InterfaceName): value is AttachmentRecord {
  if (!isObject(value) || value['format'] !== 1 || !isObject(value['device'])) return false;
  const texts = ['network', 'sandbox', 'ifname', 'danConf', 'guestMac', 'netns'].map((key) => value[key]);
  const device = value['device'] as unknown as Device;
  const kind = recordedKindOf(device);
  const links = kind.links(device);
  const names = [...links.map(({ name }) => name), kind.master(device)].filter((name) => name !== undefined);
  const port = kind.port(device);
  return (
    texts.every((text) => typeof text === 'string') &&
    String(value['danConf']).startsWith('/') &&
    kind.name(device) === link &&
    names.every((name) => parseInterfaceName(name).ok) &&
    links.every(({ altname }) => isOwnAltname(altname)) &&
    (port === undefined || parseOvsDatabase(port.database).ok) &&
    kind.isValid(device)
  );
}
