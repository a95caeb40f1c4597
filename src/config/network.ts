import type { JsonObject } from '../json/object.ts';
import { invalid } from '../kinds/invalid.ts';
import { missingKeys } from './device.ts';
import { interpret, type NetworkConfig, type RuntimeWords } from './interpret.ts';
import { describeIssues } from './issues.ts';
import { withoutForeign } from './foreign-keys.ts';
import { knownKeys, networkSchema } from './schema.ts';

/**
 * Reads the network configuration of an ADD. Throws one `invalid-configuration` that names every faulty key, and
 * `prev-result-missing`.
 */
export function readNetwork(document: JsonObject, words: RuntimeWords): NetworkConfig {
  const parsed = networkSchema.safeParse(withoutForeign(document), { reportInput: false });
  if (!parsed.success) {
    const missing = missingKeys(document).map(({ fault }) => fault);
    const faults = [describeIssues(parsed.error.issues, document, knownKeys), ...missing];
    throw invalid(faults.join('; '));
  }
  return interpret(parsed.data, words);
}
