import { type Limit, limits } from '../../model/limit.ts';
import { type DanErrorName, danErrors } from '../../model/error.ts';
import { type ProtocolErrorName, protocolErrors } from '../../protocol/error.ts';
import errorTexts from './errors.json' with { type: 'json' };
import messageTexts from './messages.json' with { type: 'json' };

// The texts themselves are in errors.json and messages.json, in Markdown of one line each: code and links to pages of docs
// are all that is used of it. An error without a text, and a message without a pattern, do not compile. Patterns are regular
// expressions that take no notice of case.

/** What an error means and what helps against it. */
interface Explanation {
  /** What happened, and what state that leaves. */
  readonly meaning: string;
  /** How that comes about. */
  readonly cause: string;
  /** What to do, the likeliest first. */
  readonly cure: string;
}

/** An error of dan's with what there is to say about it. */
export interface ErrorRow extends Explanation {
  /** Its stable name, which is in brackets at the end of every message. */
  readonly name: string;
  readonly code: number;
}

/** A message of another program that points at the network of a Kata pod. */
export interface MessageRow extends Explanation {
  /** Stable: its section of `docs/troubleshooting.md`. */
  readonly name: string;
  /** Which program prints it. */
  readonly from: string;
  /** What it looks like; `...` stands for what differs. */
  readonly says: readonly string[];
  /** What it is recognized by, in a text without line breaks and escapes. It must not match what merely frames a message. */
  readonly pattern: RegExp;
}

const explanations = errorTexts satisfies Readonly<Record<DanErrorName | ProtocolErrorName, Explanation>>;

/** Every error that dan gives, in the order of their codes, CNI's own first. */
export const errorRows: readonly ErrorRow[] = Object.entries({ ...protocolErrors, ...danErrors })
  .map(([name, code]) => ({ name, code, ...explanations[name as keyof typeof explanations] }))
  .sort((a, b) => a.code - b.code);

/** Every message that is known, the more telling before those that frame others. */
export const messageRows: readonly MessageRow[] = [
  ...limits.map(toRow),
  ...Object.entries(messageTexts).map(([name, { pattern, ...text }]) => ({
    name,
    ...text,
    pattern: new RegExp(pattern, 'i'),
  })),
];

// What is said of a limit is what ADD says.
function toRow({ limit, cure, pattern, ...row }: Limit): MessageRow {
  const meaning = limit.replace('{}', '');
  return {
    ...row,
    from: 'the kernel',
    meaning: `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`,
    cure: `${cure}.`,
    pattern: new RegExp(pattern, 'i'),
  };
}
