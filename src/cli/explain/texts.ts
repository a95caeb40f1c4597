import { type Limit, limits } from '../../model/limit.ts';
import { type DanErrorName, danErrors } from '../../model/error.ts';
import { type ProtocolErrorName, protocolErrors } from '../../protocol/error.ts';
import errorTexts from './errors.json' with { type: 'json' };
import messageTexts from './messages.json' with { type: 'json' };

// The texts themselves are in errors.json and messages.json, each as one line of Markdown with only code and links to
// pages of docs. An error without a text, or a message without a pattern, does not compile. Patterns are
// case-insensitive regular expressions.

/** The meaning of an error, and what to do about it. */
interface Explanation {
  /** What happened, and the state that it leaves. */
  readonly meaning: string;
  /** Its usual causes. */
  readonly cause: string;
  /** What to do, the likeliest cure first. */
  readonly cure: string;
}

/** An error of dan with its explanation. */
export interface ErrorRow extends Explanation {
  /** Its stable name, which is in brackets at the end of every message. */
  readonly name: string;
  readonly code: number;
}

/** A message of another program that points to a network problem of a Kata pod. */
export interface MessageRow extends Explanation {
  /** Stable; the name of its section in `docs/troubleshooting.md`. */
  readonly name: string;
  /** The program that prints it. */
  readonly from: string;
  /** What it looks like; `...` stands for the variable parts. */
  readonly says: readonly string[];
  /** Recognizes it in a text without line breaks and escapes. It must not match text that only surrounds a message. */
  readonly pattern: RegExp;
}

const explanations = errorTexts satisfies Readonly<Record<DanErrorName | ProtocolErrorName, Explanation>>;

/** Every error of dan, ordered by code. For equal codes, CNI's own come first. */
export const errorRows: readonly ErrorRow[] = Object.entries({ ...protocolErrors, ...danErrors })
  .map(([name, code]) => ({ name, code, ...explanations[name as keyof typeof explanations] }))
  .sort((a, b) => a.code - b.code);

/** Every known message, the specific ones before generic ones. */
export const messageRows: readonly MessageRow[] = [
  ...limits.map(toRow),
  ...Object.entries(messageTexts).map(([name, { pattern, ...text }]) => ({
    name,
    ...text,
    pattern: new RegExp(pattern, 'i'),
  })),
];

// The explanation of a limit has the same words as ADD's message.
function toRow({ limit, cure, pattern, ...row }: Limit): MessageRow {
  const meaning = limit.replace('{}', '');
  return {
    ...row,
    meaning: `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`,
    cure: `${cure}.`,
    pattern: new RegExp(pattern, 'i'),
  };
}
