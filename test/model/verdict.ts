import type { Parsed } from '../../src/model/parsed.ts';

/** The value of a parser that accepts, or `refused: ` and the reason: both fit into a table of expectations. */
export function verdict<T>(parsed: Parsed<T>): T | string {
  return parsed.ok ? parsed.value : `refused: ${parsed.why}`;
}
