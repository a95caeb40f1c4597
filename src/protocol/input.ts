import { strictText, text as decodeText } from '#bytes';
import { isObject, type JsonObject, withoutMark } from '../json/object.ts';
import { readStrict } from '../json/strict.ts';
import { protocolError } from './error.ts';
import { type CniVersion, parseVersion, versionOrNewest } from './version.ts';

/** The network configuration from stdin, and the parts of it that the protocol itself needs. */
export interface NetworkInput {
  readonly cniVersion: CniVersion;
  /** The network's name, valid by the spec's rule; empty in a DEL whose configuration names none. */
  readonly name: string;
  readonly document: JsonObject;
}

/** The most bytes of a network configuration that are read. A real one has a few hundred. */
export const inputLimit = 1024 * 1024;

/**
 * Decodes the network configuration. Throws `undecodable-input` if the input is not one JSON object in UTF-8 of at most
 * 1 MiB or would silently change when parsed, `incompatible-version` for another spec version, and
 * `invalid-configuration` for a bad network name.
 */
export function parseInput(bytes: Uint8Array): NetworkInput {
  const document = decode(bytes);
  return { cniVersion: parseVersion(document['cniVersion']), name: nameIn(document), document };
}

/**
 * Decodes the network configuration of a GC, whatever its version: GC works on a list that has the same form in every
 * version that has one. Throws `undecodable-input`, and `invalid-configuration` for a bad network name.
 */
export function parseForGc(bytes: Uint8Array): NetworkInput {
  const document = decode(bytes);
  return { cniVersion: versionOrNewest(document['cniVersion']), name: nameIn(document), document };
}

/**
 * Decodes as much of a DEL's network configuration as possible. Never throws: a runtime repeats DEL until it succeeds,
 * and may pass the same input each time. Replaces a version that dan does not speak with the newest one, and leaves out
 * a `prevResult` that is no object.
 */
export function parseForDel(bytes: Uint8Array): NetworkInput {
  const { prevResult, ...document } = decodeSome(bytes);
  const cniVersion = versionOrNewest(document['cniVersion']);
  const name = isNetworkName(document['name']) ? document['name'] : '';
  const previous = isObject(prevResult) ? { prevResult } : {};
  return { cniVersion, name, document: { ...document, cniVersion, ...previous } };
}

function nameIn({ name }: JsonObject): string {
  if (isNetworkName(name)) return name;
  throw protocolError(
    'invalid-configuration',
    `the network's "name" ${JSON.stringify(name ?? '')} must start with a letter or digit and hold only letters, ` +
      'digits, "_", ".", "-"',
  );
}

function isNetworkName(name: unknown): name is string {
  return typeof name === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name);
}

function decode(bytes: Uint8Array): JsonObject {
  if (bytes.length > inputLimit) throw undecodable(`it has more than ${inputLimit} bytes`);
  if (bytes.length === 0) throw undecodable('it is empty');
  const text = strictText(bytes);
  if (text === undefined) throw undecodable('it is not valid UTF-8');
  const read = readStrict(withoutMark(text));
  if ('fault' in read) throw undecodable(read.fault);
  if (isObject(read.value)) return read.value;
  throw undecodable('it is not a JSON object');
}

function decodeSome(bytes: Uint8Array): JsonObject {
  try {
    const document: unknown = JSON.parse(withoutMark(decodeText(bytes)));
    return isObject(document) ? document : {};
  } catch {
    return {};
  }
}

function undecodable(why: string) {
  return protocolError(
    'undecodable-input',
    `the network configuration on stdin cannot be read: ${why}; a CNI runtime passes one JSON object there`,
  );
}
