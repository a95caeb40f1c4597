import { canonicalAddress, cidrText, parseNetwork } from '../model/cidr.ts';
import { accept, type Parsed, reject } from '../model/parsed.ts';
import { messageOf } from '../protocol/error.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import type { DanEntry } from './encode.ts';

/** A file that is there already. Its devices are kept as they are: not all of them need be dan's. */
export interface ExistingDocument {
  readonly netns: string | null;
  readonly devices: readonly JsonObject[];
}

/** Parses a file's text as far as merging needs it. */
export function parseDocument(text: string): Parsed<ExistingDocument> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return reject(`is not JSON: ${messageOf(error)}`);
  }
  if (!isObject(value) || !Array.isArray(value['devices']) || !value['devices'].every(isObject)) {
    return reject('has no list of devices');
  }
  const netns = value['netns'] ?? null;
  return netns === null || typeof netns === 'string'
    ? accept({ netns, devices: value['devices'] })
    : reject('has a "netns" that is not a path');
}

/** The entry of an attachment, if the file has one. */
export function findEntry(document: ExistingDocument, network: string, ifname: string): JsonObject | undefined {
  return document.devices.find((device) => isEntryOf(device, network, ifname));
}

/** An entry of a file that is an attachment's. */
export interface OwnEntry {
  readonly network: string;
  readonly ifname: string;
  /** As it stands in the file, where somebody may have edited it. */
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

/** The file with one more entry, behind those that are there: order of attachment. */
export function withEntry(
  document: ExistingDocument | undefined,
  netns: string | null,
  entry: DanEntry,
): ExistingDocument {
  return { netns, devices: [...(document?.devices ?? []), entry] };
}

/** The file without an attachment's entry; undefined when nothing is left in it. One without the entry stays as it is. */
export function withoutEntry(
  document: ExistingDocument,
  network: string,
  ifname: string,
): ExistingDocument | undefined {
  const devices = document.devices.filter((device) => !isEntryOf(device, network, ifname));
  if (devices.length === document.devices.length) return document;
  return devices.length === 0 ? undefined : { ...document, devices };
}

/** The file with other entries in the place of those of the same attachments; what it does not have stays away. */
export function withChanged(document: ExistingDocument, changed: readonly Omit<OwnEntry, 'index'>[]): ExistingDocument {
  const replacementOf = (device: JsonObject): JsonObject =>
    changed.find(({ network, ifname }) => isEntryOf(device, network, ifname))?.entry ?? device;
  return { ...document, devices: document.devices.map(replacementOf) };
}

/** What an attachment is about to bring into a sandbox's file. Left out: not known yet. */
export interface Newcomer {
  readonly ifname: string;
  readonly guestMac: string;
  readonly addresses: readonly string[];
}

/** What of a newcomer another device of the sandbox has already, as sentences. */
export function duplicates(document: ExistingDocument, newcomer: Newcomer): string[] {
  return document.devices.flatMap((device) => {
    const owner = `the interface "${String(device['name'])}" of ${ownerOf(device)}`;
    const addresses = addressesOf(device);
    return [
      ...(device['name'] === newcomer.ifname ? [`the name "${newcomer.ifname}" is taken by ${owner}`] : []),
      ...(sameMac(device['guest_mac'], newcomer.guestMac) ? [`the MAC ${newcomer.guestMac} is that of ${owner}`] : []),
      ...newcomer.addresses
        .map(canonicalAddress)
        .filter((address) => addresses.includes(address))
        .map((address) => `the address ${address} is that of ${owner}`),
    ];
  });
}

/** The destinations that other devices of the file have routes to, and whose they are. */
export function destinations(document: ExistingDocument): ReadonlyMap<string, string> {
  const found = document.devices.flatMap((device) =>
    list(networkInfo(device)['routes'])
      .map(destinationOf)
      .map((dest): [string, string] => [dest, `the interface "${String(device['name'])}" of ${ownerOf(device)}`]),
  );
  return new Map(found);
}

function isEntryOf(device: JsonObject, network: string, ifname: string): boolean {
  const owner = device['cni'];
  return isObject(owner) && owner['network'] === network && owner['ifname'] === ifname;
}

function ownerOf(device: JsonObject): string {
  const owner = device['cni'];
  return isObject(owner) ? `network "${String(owner['network'])}"` : 'somebody else';
}

// Devices that somebody else wrote may have any form that Kata's readers take.
function addressesOf(device: JsonObject): string[] {
  const link = networkInfo(device)['interface'];
  const addresses = isObject(link) ? link['ip_addresses'] : [];
  return Array.isArray(addresses) ? addresses.filter((text) => typeof text === 'string').map(canonicalAddress) : [];
}

function destinationOf({ dest, gateway }: JsonObject): string {
  if (dest === '') return String(gateway).includes(':') ? '::/0' : '0.0.0.0/0';
  const parsed = parseNetwork(dest);
  return parsed.ok ? cidrText(parsed.value) : String(dest);
}

function networkInfo(device: JsonObject): JsonObject {
  return isObject(device['network_info']) ? device['network_info'] : {};
}

function sameMac(there: unknown, mac: string): boolean {
  return typeof there === 'string' && there.toLowerCase() === mac;
}

function list(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
