import { utf8 } from '#bytes';
import { endOfString } from './end-of-string.ts';

/** The deepest nesting in a configuration, a record or an answer. A network configuration has fewer than ten levels. */
export const depthLimit = 100;

/** The deepest nesting in a DAN file, as in Kata's Rust runtime (`Deserializer` of serde_json, 128 levels less one). */
export const danFileDepthLimit = 127;

/**
 * The fault of a JSON text with more than `limit` levels; undefined for other texts. A parser may run out of stack on a
 * text that is nested too deeply. The time grows only with the length of the text.
 */
export function nestingFault(text: string, limit: number): string | undefined {
  return hasMoreBrackets(text, limit) && isDeeper(text, limit) ? tooDeep(limit) : undefined;
}

/** Says that a text has too many levels, as a clause without a subject. */
export function tooDeep(limit: number): string {
  return `is nested more than ${limit} levels deep`;
}

// An ADD may read the records of all attachments, so only a text with many brackets is scanned level by level.
// Searching for a byte is faster than searching for a text.
function hasMoreBrackets(text: string, limit: number): boolean {
  const bytes = utf8(text);
  let brackets = 0;
  for (const bracket of [0x7b, 0x5b]) {
    for (let at = bytes.indexOf(bracket); at !== -1; at = bytes.indexOf(bracket, at + 1)) {
      brackets += 1;
      if (brackets > limit) return true;
    }
  }
  return false;
}

function isDeeper(text: string, limit: number): boolean {
  const marks = /["[\]{}]/g;
  let depth = 0;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    const [mark] = found;
    if (mark === '"') marks.lastIndex = endOfString(text, found.index);
    else depth += mark === '{' || mark === '[' ? 1 : -1;
    if (depth > limit) return true;
  }
  return false;
}
