import { mostElements } from '../model/most-elements.ts';
import { accept, type Parsed, reject } from '../model/parsed.ts';
import { danFileDepthLimit } from '../json/nesting.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { parseWithin } from '../json/parse.ts';
import type { DanEntry } from './encode.ts';

/** An existing file. Its devices are kept unchanged: not all of them need be dan's. */
export interface ExistingDocument {
  readonly netns: string | null;
  readonly devices: readonly JsonObject[];
}

/** The largest DAN file in characters: twice a network configuration, since a route is longer here. */
export const documentLimit = 2 * 1024 * 1024;

/** Parses a file's text, as far as merging needs it. */
export function parseDocument(text: string): Parsed<ExistingDocument> {
  if (text.length > documentLimit) return reject(`has more than ${documentLimit} characters`);
  const parsed = parseWithin(text, danFileDepthLimit);
  if ('fault' in parsed) return reject(parsed.fault);
  const { value } = parsed;
  if (!isObject(value) || !Array.isArray(value['devices']) || !value['devices'].every(isObject)) {
    return reject('has no list of devices');
  }
  const { length } = value['devices'];
  if (length > mostElements) return reject(`has "devices" of ${length} elements, and dan takes ${mostElements}`);
  const netns = value['netns'] ?? null;
  return netns === null || typeof netns === 'string'
    ? accept({ netns, devices: value['devices'] })
    : reject('has a "netns" that is not a path');
}

/** The entry of an attachment, if the file has one. */
export function findEntry(document: ExistingDocument, network: string, ifname: string): JsonObject | undefined {
  return document.devices.find((device) => isEntryOf(device, network, ifname));
}

/** An attachment's entry in a file. */
export interface OwnEntry {
  readonly network: string;
  readonly ifname: string;
  /** As it is in the file; somebody may have edited it. */
  readonly entry: JsonObject;
  /** Its place among the file's devices, from 0. */
  readonly index: number;
}

/** The entries of attachments in a file; those of other writers are left out. */
export function ownEntries({ devices }: ExistingDocument): readonly OwnEntry[] {
  return devices.flatMap((entry, index) => {
    const { network, ifname } = isObject(entry['cni']) ? entry['cni'] : {};
    return typeof network === 'string' && typeof ifname === 'string' ? [{ network, ifname, entry, index }] : [];
  });
}

/** The file with one more entry at the end, so that entries are in the order of attachment. */
export function withEntry(
  document: ExistingDocument | undefined,
  netns: string | null,
  entry: DanEntry,
): ExistingDocument {
  return { netns, devices: [...(document?.devices ?? []), entry] };
}

/** The file without an attachment's entry; undefined if no entry is left. A file without that entry stays as it is. */
export function withoutEntry(
  document: ExistingDocument,
  network: string,
  ifname: string,
): ExistingDocument | undefined {
  const devices = document.devices.filter((device) => !isEntryOf(device, network, ifname));
  if (devices.length === document.devices.length) return document;
  return devices.length === 0 ? undefined : { ...document, devices };
}

/** Replaces the entries of the same attachments in the file. Entries that the file does not have are not added. */
export function withChanged(document: ExistingDocument, changed: readonly Omit<OwnEntry, 'index'>[]): ExistingDocument {
  const replacementOf = (device: JsonObject): JsonObject =>
    changed.find(({ network, ifname }) => isEntryOf(device, network, ifname))?.entry ?? device;
  return { ...document, devices: document.devices.map(replacementOf) };
}

function isEntryOf(device: JsonObject, network: string, ifname: string): boolean {
  const owner = device['cni'];
  return isObject(owner) && owner['network'] === network && owner['ifname'] === ifname;
}
