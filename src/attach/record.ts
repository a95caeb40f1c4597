import { type RecordedPlug, recordedPlug } from '../hotplug/recorded.ts';
import { parsePluginType } from '../config/values.ts';
import type { DanEntry } from '../dan/encode.ts';
import { deviceFault, nameOf, type Device } from '../kinds/kinds.ts';
import { fileFaultText, ownNames, readOwn, removeFile, type Trust, writeWhole } from '../host/own-files.ts';
import { type DerivedNames, deriveNames, type Identity, parseSandboxId, sameIdentity } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { parseIp } from '../model/ip.ts';
import { parseMac } from '../model/mac.ts';
import { areValidIds } from '../protocol/environment.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { depthLimit } from '../json/nesting.ts';
import { parseWithin } from '../json/parse.ts';
import { faultyKey, fits, like, listOf, maybe, one, type Shape, text, whole } from '../json/shape.ts';
import { recordDirectory } from './directories.ts';
import type { Taken } from './take-over.ts';

/**
 * What dan made, or was about to make, for one attachment. ADD writes it before its first step, and DEL removes it
 * last. DEL acts by it, whatever the configuration says by then.
 */
export interface AttachmentRecord extends Identity {
  /** Version of this format. */
  readonly format: 1;
  readonly danConf: string;
  readonly device: Device;
  readonly guestMac: string;
  /** Path of the pod's namespace; empty if a client other than CNI has none. */
  readonly netns: string;
  /** Inode number of that namespace, since another one may take the path later. Older versions of dan left it out. */
  readonly netnsInode?: number | undefined;
  /** The pod, if the runtime named it. Used only for metrics. */
  readonly pod?: PodName | undefined;
  /** What the device takes from its link in the pod, recorded beforehand; left out if it takes nothing. */
  readonly taken?: Taken | undefined;
  /** The routes of its link in the pod before ADD; left out if it takes no link over, and in older records. */
  readonly podRoutes?: readonly string[] | undefined;
  /** The IPAM plugin and the configuration that it was called with; left out without one. */
  readonly ipam?: RecordedIpam | undefined;
  /** The card that was plugged into a running sandbox; left out if the device comes through the file. */
  readonly plugged?: RecordedPlug | undefined;
  /** The entry in the file, once it is written. */
  readonly entry?: DanEntry;
  /** What a client other than CNI keeps in its record. The core ignores it. */
  readonly clientData?: JsonObject;
}

/** A pod of Kubernetes. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** The IPAM plugin that gave the addresses, and what it was called with. */
interface RecordedIpam {
  readonly type: string;
  readonly document: JsonObject;
  /**
   * CNI_ARGS; left out if there were none. Plugins such as kube-ovn find an address by the pod's name in it, but GC and
   * the removal of an orphan get no CNI_ARGS.
   */
  readonly args?: string | undefined;
}

/** The path of an attachment's record; `link` is its derived name. */
export function recordPath(link: InterfaceName): string {
  return `${recordDirectory}/${link}.json`;
}

/** What is at the path of an attachment's record. */
export type RecordState =
  | { readonly is: 'ours'; readonly record: AttachmentRecord }
  | { readonly is: 'missing' }
  /** Something that dan did not write: `why` completes "the record ...". Only the derived names are known. */
  | { readonly is: 'faulty'; readonly why: string }
  /** The record of another attachment with the same short name, which must be left alone. */
  | { readonly is: 'foreign'; readonly owner: Identity };

/** Looks for the record of an attachment; `names` are derived. Throws `directory-unsafe`, `io-failure`. */
export function lookAtRecord(identity: Identity, names: DerivedNames, trust?: Trust): RecordState {
  const there = readNamed(names.link, trust, { identity, names });
  if (there === undefined) return { is: 'missing' };
  if ('why' in there) return { is: 'faulty', why: there.why };
  const { value, owner } = there;
  if (!sameIdentity(owner, identity)) return { is: 'foreign', owner };
  const fault = recordFault(value, names);
  return fault === undefined
    ? { is: 'ours', record: value as unknown as AttachmentRecord }
    : { is: 'faulty', why: notWritten(fault) };
}

/** Reads a record by derived name; `unreadable` if dan did not write it. Throws `directory-unsafe`, `io-failure`. */
export function readRecord(link: InterfaceName): AttachmentRecord | 'missing' | 'unreadable' {
  const there = readNamed(link);
  if (there === undefined) return 'missing';
  if ('why' in there || recordFault(there.value, there.names) !== undefined) return 'unreadable';
  return there.value as unknown as AttachmentRecord;
}

/** Writes a record atomically. */
export function writeRecord(record: AttachmentRecord): void {
  const link = nameOf(record.device);
  const temporary = temporaryPath(link, record.sandbox);
  writeWhole(recordPath(link), `${JSON.stringify(record)}\n`, { durable: false, temporary });
}

/** Removes a record, and the temporary file of an ADD that was killed. A missing record counts as removed. */
export function removeRecord(link: InterfaceName, sandbox: string): void {
  // ADD refuses an id that cannot be part of a file name, so there is no record of it.
  if (!parseSandboxId(sandbox).ok) return;
  removeFile(recordPath(link), { durable: false, temporary: temporaryPath(link, sandbox) });
}

// The sandbox in the name tells GC which lock the writer holds: if GC gets that lock, the writer is dead.
function temporaryPath(link: InterfaceName, sandbox: string): string {
  return `${recordDirectory}/.${link}.${sandbox}.tmp`;
}

/** All readable records. */
export function readRecords(): readonly AttachmentRecord[] {
  return recordedNames()
    .map((link) => readRecord(link))
    .filter((record) => typeof record !== 'string');
}

/** The attachments that have records, even if the rest of a record is faulty. */
export function recordedIdentities(): readonly Identity[] {
  return recordedNames().flatMap((link) => {
    const there = readNamed(link);
    return there === undefined || 'why' in there ? [] : [there.owner];
  });
}

/** The derived names of all records, readable or not. */
export function recordedNames(): readonly InterfaceName[] {
  return ownNames(recordDirectory)
    .filter(isRecordName)
    .map((file) => file.slice(0, -'.json'.length) as InterfaceName);
}

/** Whether a file of that name may be a record. */
export function isRecordName(file: string): boolean {
  return /^dan[0-9a-f]{11}\.json$/.test(file);
}

/** A file in the directory of records, and the attachment that it names. */
interface Named {
  readonly value: JsonObject;
  readonly owner: Identity;
  readonly names: DerivedNames;
}

// `asking` is an attachment whose names are already known.
function readNamed(
  link: InterfaceName,
  trust?: Trust,
  asking?: { readonly identity: Identity; readonly names: DerivedNames },
): Named | { readonly why: string } | undefined {
  const there = readOwn(recordPath(link), trust);
  if (there === undefined) return undefined;
  if ('fault' in there) return { why: fileFaultText(there.fault) };
  const parsed = parseWithin(there.text, depthLimit);
  if ('fault' in parsed || !isObject(parsed.value)) return { why: 'is not JSON' };
  const { value } = parsed;
  if (value['format'] !== 1) return { why: notWritten('format') };
  const { network, sandbox, ifname } = value;
  if (typeof network !== 'string' || typeof sandbox !== 'string' || typeof ifname !== 'string') {
    return { why: 'does not name an attachment' };
  }
  const owner = { network, sandbox, ifname };
  const names = asking !== undefined && sameIdentity(owner, asking.identity) ? asking.names : deriveNames(owner);
  return names.link === link && areValidIds(sandbox, ifname)
    ? { value, owner, names }
    : { why: 'names another attachment' };
}

function notWritten(key: string): string {
  return `has a "${key}" that dan does not write`;
}

const routeOfLink = like({ family: one(4, 6), table: (table) => isWord(table), saved: text });
const neighborOfLink = like({ address: fits(parseIp), link: text, mac: text });

// The kernel validates the saved bytes. This checks what goes onto a command line or into a file of the kernel.
const taken: Shape = {
  index: whole(1),
  mac: fits(parseMac),
  addresses4: text,
  addresses6: text,
  routes: listOf(routeOfLink),
  neighbors: listOf(neighborOfLink),
  acceptDad: one('', '-1', '0', '1', '2'),
};

const entry: Shape = {
  name: text,
  guest_mac: text,
  device: isObject,
  network_info: like({
    interface: like({ ip_addresses: listOf(text), mtu: whole(), flags: whole() }),
    routes: listOf(isObject),
    neighbors: listOf(isObject),
  }),
  cni: isObject,
};

const shape: Shape = {
  danConf: (path) => isPath(path) && !String(path).split('/').includes('..'),
  guestMac: fits(parseMac),
  netns: (path) => path === '' || isPath(path),
  netnsInode: maybe(whole()),
  pod: maybe(like({ namespace: text, name: text })),
  taken: maybe(like(taken)),
  podRoutes: maybe(listOf(text)),
  ipam: maybe(like({ type: (type) => type !== '' && parsePluginType(type).ok, document: isObject, args: maybe(text) })),
  entry: maybe(like(entry)),
  clientData: maybe(isObject),
};

// The first key with a value that dan does not write. Derived values must match, so that a record cannot reach what
// belongs to another attachment.
function recordFault(value: JsonObject, names: DerivedNames): string | undefined {
  return faultyKey(value, shape) ?? deviceFault(value['device'], names) ?? plugFault(value['plugged'], names);
}

function plugFault(plugged: unknown, names: DerivedNames): string | undefined {
  if (plugged === undefined) return undefined;
  const key = isObject(plugged) ? faultyKey(plugged, recordedPlug(names)) : '';
  if (key === undefined) return undefined;
  return key === '' ? 'plugged' : `plugged.${key}`;
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('/') && !value.includes('\0');
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^[^\s-]\S*$/.test(value);
}
