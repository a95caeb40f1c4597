import words from './words.json' with { type: 'json' };

/** A phrase that is hard to read, and where it is. */
export interface Finding {
  /** Of its first character in the text. */
  readonly index: number;
  readonly phrase: string;
  /** What to write in its place. */
  readonly instead: string;
}

const rules = words.map(({ pattern, instead }) => ({ pattern: new RegExp(pattern, 'g'), instead }));

/** Code and the targets of links, which are not prose. */
const notProse = /`[^`]*`|\]\([^)]*\)|https?:\S+/g;

/**
 * The phrases of one paragraph, cell or message that a reader has to read twice, by the list in `words.json`.
 * @param text as it stands in the file, with line breaks and code spans
 */
export function findingsOf(text: string): readonly Finding[] {
  const prose = text.replaceAll(notProse, (code) => 'x'.repeat(code.length)).replaceAll(/\s/g, ' ');
  return rules.flatMap(({ pattern, instead }) =>
    [...prose.matchAll(pattern)].map(({ index, 0: { length } }) => ({
      index,
      phrase: text.slice(index, index + Math.min(length, 40)).replaceAll(/\s+/g, ' '),
      instead,
    })),
  );
}
