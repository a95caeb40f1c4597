import { closestMatch } from 'leven';
import { withoutControlSequences } from '../text/control-sequences.ts';
import { type ErrorRow, errorRows, type MessageRow, messageRows } from './texts.ts';

/**
 * A pasted text as one line, as the program meant it: without colours and other control sequences, line breaks and runs of
 * space as one space, and quotes as they were before a log or a shell put a backslash before them.
 */
export function plainText(pasted: string): string {
  return withoutControlSequences(pasted)
    .replace(/\\+(["'`])/g, '$1')
    .replace(/\\[nrt]/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/**
 * What is known about a code, a name, or a text that may contain errors and messages, best first: `dan`'s own errors, then
 * the messages of others, the more telling before those that frame them. Pure; the text is a {@link plainText}.
 */
export function findKnown(text: string): readonly (ErrorRow | MessageRow)[] {
  if (/^\d+$/.test(text)) return errorsWithCode(Number(text));
  // The end of a message may be cut. The brackets make a name of a word like `interrupted`.
  const named = errorRows.filter(({ name }) => text.toLowerCase() === name || text.includes(`[${name}]`));
  // An error document that was cut may have its code and no name.
  const [, code] = named.length > 0 ? [] : (/"code"\s*:\s*(\d+)/.exec(text) ?? []);
  const errors = code === undefined ? named : errorsWithCode(Number(code));
  const messages = messageRows.filter(({ name, pattern }) => text.toLowerCase() === name || pattern.test(text));
  return [...errors, ...messages];
}

/** The name of an error or of a message that a word may have been meant for. */
export function nearName(word: string): string | undefined {
  const names = [...errorRows, ...messageRows].map(({ name }) => name);
  return closestMatch(word.toLowerCase(), names, { maxDistance: 3 });
}

function errorsWithCode(code: number): readonly ErrorRow[] {
  return errorRows.filter((row) => row.code === code);
}
