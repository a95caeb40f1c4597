import { faultsText, type KeyFault } from '../../config/faults.ts';
import { type Keys, keysReader, type Values } from '../../config/reader.ts';
import { type CniError, protocolError } from '../../protocol/error.ts';
import type { JsonObject } from '../../json/object.ts';

/**
 * Makes a function that reads a given document; `what` names it, like `the interface`. A key that is null or an empty
 * string counts as left out. Throws one `invalid-configuration` that names everything that is wrong.
 */
export function documentReader<const K extends Keys>(what: string, keys: K): (document: JsonObject) => Values<K> {
  const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';
  const readKeys = keysReader(keys, { isAbsent });
  return (document) => {
    const faults: KeyFault[] = [];
    const values = readKeys(document, faults);
    if (faults.length > 0) throw refusal(what, faultsText(faults));
    return values;
  };
}

/** The refusal of something given; `what` names it, like `the interface`. */
export function refusal(what: string, why: string): CniError {
  return protocolError('invalid-configuration', `in ${what} that was given, ${why}`);
}
