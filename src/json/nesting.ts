import { utf8 } from '#bytes';

/** The deepest nesting in a configuration, a record or an answer. A network configuration has fewer than ten levels. */
export const depthLimit = 100;

/** The deepest nesting in a DAN file, as in Kata's Rust runtime (`Deserializer` of serde_json, 128 levels less one). */
export const danFileDepthLimit = 127;

/**
 * The fault of a JSON text with more than `limit` levels; undefined for other texts. A parser may run out of stack on a
 * text that is nested too deeply. The time grows only with the length of the text.
 */
export function nestingFault(text: string, limit: number): string | undefined {
  const bytes = utf8(text);
  return hasMoreBrackets(bytes, limit) && isDeeper(bytes, limit) ? tooDeep(limit) : undefined;
}

/** Says that a text has too many levels, as a clause without a subject. */
export function tooDeep(limit: number): string {
  return `is nested more than ${limit} levels deep`;
}

// An ADD may read the records of all attachments, so only a text with many brackets is scanned level by level.
// Searching for a byte is faster than searching for a text.
function hasMoreBrackets(bytes: Uint8Array, limit: number): boolean {
  let brackets = 0;
  for (const bracket of [brace, square]) {
    for (let at = bytes.indexOf(bracket); at !== -1; at = bytes.indexOf(bracket, at + 1)) {
      brackets += 1;
      if (brackets > limit) return true;
    }
  }
  return false;
}

// Looking at each byte takes less time than a search for each of many short strings.
function isDeeper(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) isInString = !isInString;
    else if (isInString) at += byte === backslash ? 1 : 0;
    else if (byte === brace || byte === square) depth += 1;
    else if (byte === brace + 2 || byte === square + 2) depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}

// A closing bracket has the code of its opening one and two.
const [quote, square, backslash, brace] = [0x22, 0x5b, 0x5c, 0x7b];
