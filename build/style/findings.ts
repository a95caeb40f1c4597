import words from './words.json' with { type: 'json' };

/** A phrase that is hard to read, and its place. */
export interface Finding {
  /** Index of its first character in the text. */
  readonly index: number;
  readonly phrase: string;
  /** What to write instead. */
  readonly instead: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly instead: string;
  /** A doc comment may begin with a verb, or with "Where". */
  readonly notInComments: boolean;
}

const rules: readonly Rule[] = words.map(({ pattern, instead, notInComments = false }) => ({
  ...{ pattern: new RegExp(pattern, 'g'), instead, notInComments },
}));

/** Code and link targets, which are not prose. */
const notProse = /`[^`]*`|\]\([^)]*\)|https?:\S+/g;

/**
 * The phrases in a paragraph, cell, message or comment that readers have to read twice, by the list in `words.json`.
 * @param text as in the file, with line breaks and code spans
 */
export function findingsOf(text: string, { isComment = false } = {}): readonly Finding[] {
  const prose = text.replaceAll(notProse, (code) => 'x'.repeat(code.length)).replaceAll(/\s/g, ' ');
  const asked = rules.filter(({ notInComments }) => !(isComment && notInComments));
  return asked.flatMap(({ pattern, instead }) =>
    [...prose.matchAll(pattern)].map(({ index, 0: { length } }) => ({
      index,
      phrase: text.slice(index, index + Math.min(length, 40)).replaceAll(/\s+/g, ' '),
      instead,
    })),
  );
}
