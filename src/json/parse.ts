import { isDeeper, opensMore, tooDeep } from './nesting.ts';
import { messageOf } from './thrown.ts';

/**
 * Parses a JSON text of at most `limit` levels. A fault is a clause without a subject. For too many levels, the engine's
 * parser ends with an error about its stack, and that of Node with none.
 */
export function parseWithin(text: string, limit: number): { readonly value: unknown } | { readonly fault: string } {
  try {
    const value: unknown = JSON.parse(text);
    return isDeeper(value, limit) ? { fault: tooDeep(limit) } : { value };
  } catch (error) {
    return { fault: opensMore(text, limit) ? tooDeep(limit) : `is not JSON: ${messageOf(error)}` };
  }
}
