import { closestMatch } from 'leven';
import { withoutControlSequences } from '../text/control-sequences.ts';
import { type ErrorRow, errorRows, type MessageRow, messageRows } from './texts.ts';

/** What is known about a text. */
export type Known =
  | { readonly kind: 'error'; readonly row: ErrorRow }
  | { readonly kind: 'message'; readonly row: MessageRow };

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
export function findKnown(text: string): readonly Known[] {
  if (/^\d+$/.test(text)) return errorsWithCode(Number(text));
  // The end of a message may be cut. The brackets make a name of a word like `interrupted`.
  const named = errorRows.filter(({ name }) => text.toLowerCase() === name || text.includes(`[${name}]`));
  // An error document that was cut may have its code and no name.
  const [, code] = named.length > 0 ? [] : (/"code"\s*:\s*(\d+)/.exec(text) ?? []);
  const errors = code === undefined ? named.map(toKnown) : errorsWithCode(Number(code));
  const messages = messageRows.filter(({ id, pattern }) => text.toLowerCase() === id || pattern.test(text));
  return [...errors, ...messages.map((row): Known => ({ kind: 'message', row }))];
}

/** The name of an error or of a message that a word may have been meant for. */
export function nearName(word: string): string | undefined {
  const names = [...errorRows.map(({ name }) => name), ...messageRows.map(({ id }) => id)];
  return closestMatch(word.toLowerCase(), names, { maxDistance: 3 });
}

function errorsWithCode(code: number): readonly Known[] {
  return errorRows.filter((row) => row.code === code).map(toKnown);
}

function toKnown(row: ErrorRow): Known {
  return { kind: 'error', row };
}
