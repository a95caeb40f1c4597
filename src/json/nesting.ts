import { utf8 } from '#bytes';
import { endOfString } from './end-of-string.ts';

/** Levels of nesting that dan reads of a configuration, a record or an answer; a network configuration has less than ten. */
export const depthLimit = 100;

/** Levels of nesting of a DAN file: as many as Kata's Rust runtime reads (`Deserializer` of serde_json, 128 levels less one). */
export const danFileDepthLimit = 127;

/**
 * What is wrong with the nesting of a JSON text; undefined: it has at most `limit` levels. A parser that is given more may
 * run out of stack. The work grows with the length of the text alone.
 */
export function nestingFault(text: string, limit: number): string | undefined {
  return hasMoreBrackets(text, limit) && isDeeper(text, limit) ? tooDeep(limit) : undefined;
}

/** Says that a text has more levels than are read. A clause without subject. */
export function tooDeep(limit: number): string {
  return `is nested more than ${limit} levels deep`;
}

// An ADD may read the records of all attachments, so that only a text with many brackets is looked at level by level. A byte
// is found faster than a text.
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
