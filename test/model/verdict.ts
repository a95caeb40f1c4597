import type { Parsed } from '../../src/model/parsed.ts';

/** The value of a parser that accepts, or `refused: ` and why: both fit a table and a failing test shows which. */
export function verdict<T>(parsed: Parsed<T>): T | string {
  return parsed.ok ? parsed.value : `refused: ${parsed.why}`;
}
