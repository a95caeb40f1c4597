import { expect } from 'vitest';

/** For `toThrow`: the refusal of an input, with these words in this order. */
export function refusal(...words: readonly string[]): unknown {
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const message: unknown = expect.stringMatching(new RegExp(escaped.join('.*')));
  return expect.objectContaining({ name: 'invalid-configuration', code: 7, message });
}
