import { closestMatch } from 'leven';
import { withoutControlSequences } from '../text/control-sequences.ts';
import { type ErrorRow, errorRows, type MessageRow, messageRows } from './texts.ts';

/**
 * A pasted text as one line, as the program wrote it: without colors and other control sequences, with runs of line
 * breaks and spaces as one space, and without the backslashes that a log or a shell put before quotes.
 */
export function plainText(pasted: string): string {
  return withoutControlSequences(pasted)
    .replace(/\\+(["'`])/g, '$1')
    .replace(/\\[nrt]/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/**
 * What is known about a code, a name, or a text that may contain errors and messages, best first: dan's own errors,
 * then messages of other programs, the specific ones before generic ones. Pure. The text is a {@link plainText}.
 */
export function findKnown(text: string): readonly (ErrorRow | MessageRow)[] {
  if (/^\d+$/.test(text)) return errorsWithCode(Number(text));
  // The end of a message may be cut. A word like `interrupted` counts as a name only in brackets.
  const named = errorRows.filter(({ name }) => text.toLowerCase() === name || text.includes(`[${name}]`));
  // A truncated error document may have its code but no name.
  const [, code] = named.length > 0 ? [] : (/"code"\s*:\s*(\d+)/.exec(text) ?? []);
  const errors = code === undefined ? named : errorsWithCode(Number(code));
  const messages = messageRows.filter(({ name, pattern }) => text.toLowerCase() === name || pattern.test(text));
  return [...errors, ...messages];
}

/** The error or message name that a word is probably a typo of. */
export function nearName(word: string): string | undefined {
  const names = [...errorRows, ...messageRows].map(({ name }) => name);
  return closestMatch(word.toLowerCase(), names, { maxDistance: 3 });
}

function errorsWithCode(code: number): readonly ErrorRow[] {
  return errorRows.filter((row) => row.code === code);
}
