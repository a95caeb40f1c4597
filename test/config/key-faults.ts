import type { KeyFault } from '../../src/config/faults.ts';
import { networkKeys } from '../../src/config/keys.ts';
import { keysReader } from '../../src/config/reader.ts';
import type { JsonObject } from '../../src/json/object.ts';

const read = keysReader(networkKeys);

/** The faults of a configuration's keys, each by itself. */
export function keyFaults(document: JsonObject): readonly KeyFault[] {
  const faults: KeyFault[] = [];
  read(document, faults);
  return faults;
}
