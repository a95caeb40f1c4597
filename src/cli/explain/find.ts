import { closestMatch } from 'leven';
import { type ErrorRow, errorRows } from './errors/table.ts';
import type { Message } from './messages/message.ts';
import { messageRows } from './messages/table.ts';

/** What is known about a text. */
export type Known =
  | { readonly kind: 'error'; readonly row: ErrorRow }
  | { readonly kind: 'message'; readonly row: Message };

/**
 * What is known about a code, a name, or a text in which errors and messages may stand, best first: `dan`'s own errors,
 * then others' messages, the more telling before those that frame them. Pure; the text is a `plainText`.
 */
export function findKnown(text: string): readonly Known[] {
  if (/^\d+$/.test(text)) return errorsWithCode(Number(text));
  const named = errorRows.filter(({ name }) => text.toLowerCase() === name || isNamed(text, name));
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

// The end of a message may be cut; the brackets alone make a word like `interrupted` a name.
function isNamed(text: string, name: string): boolean {
  return text.includes(`[${name}]`);
}

function toKnown(row: ErrorRow): Known {
  return { kind: 'error', row };
}
