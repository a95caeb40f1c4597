import type { JsonObject } from '../protocol/input.ts';
import { missingBridge } from './device.ts';
import { interpret, type NetworkConfig, type RuntimeWords } from './interpret.ts';
import { invalid } from './invalid.ts';
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
    const faults = [describeIssues(parsed.error.issues, document, knownKeys), ...missingBridge(document)];
    throw invalid(faults.join('; '));
  }
  return interpret(parsed.data, words);
}
