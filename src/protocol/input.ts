import { strictText } from '#bytes';
import { isObject, type JsonObject, withoutMark } from '../json/object.ts';
import { readStrict } from '../json/strict.ts';
import { protocolError } from './error.ts';
import { type CniVersion, parseVersion } from './version.ts';

/** The network configuration as it came on stdin, with what the protocol itself needs of it. */
export interface NetworkInput {
  readonly cniVersion: CniVersion;
  /** The network's name, valid by the spec's rule. */
  readonly name: string;
  readonly document: JsonObject;
}

/** Bytes of a network configuration that are read at the most; a real one has a few hundred. */
export const inputLimit = 1024 * 1024;

/**
 * Decodes the network configuration. Throws `undecodable-input` for what is not one JSON object in UTF-8 of at most
 * 1 MiB, or would not be what its writer meant, `incompatible-version` for another spec version, and
 * `invalid-configuration` for a bad network name.
 */
export function parseInput(bytes: Uint8Array): NetworkInput {
  const document = decode(bytes);
  const cniVersion = parseVersion(document['cniVersion']);
  const name = document['name'];
  if (typeof name === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return { cniVersion, name, document };
  throw protocolError(
    'invalid-configuration',
    `the network's "name" ${JSON.stringify(name ?? '')} must start with a letter or digit and hold only letters, ` +
      'digits, "_", ".", "-"',
  );
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

function undecodable(why: string) {
  return protocolError(
    'undecodable-input',
    `the network configuration on stdin cannot be read: ${why}; a CNI runtime passes one JSON object there`,
  );
}
