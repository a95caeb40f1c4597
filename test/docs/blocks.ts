import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of a page. */
export interface Block {
  /** Path from the repository's root. */
  readonly page: string;
  /** Line number of its first line of text. */
  readonly line: number;
  /** The word after the fence; empty for drawings and output. */
  readonly language: string;
  readonly text: string;
}

/** The pages for users, by their paths from the repository's root. */
export const pages: readonly string[] = globSync(
  ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/**/*.md', 'deploy/**/*.md', 'integration/README.md'],
  { cwd: root },
).sort();

/** The text of a page, or of any other file of the repository. */
export function readPage(page: string): string {
  return readFileSync(`${root}${page}`, 'utf8');
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { language: string; line: number; lines: string[]; indent: number } | undefined;
  for (const [index, line] of readPage(page).split('\n').entries()) {
    const fence = /^( *)```(\w*)/.exec(line);
    if (open === undefined) {
      if (fence !== null)
        open = { language: fence[2] ?? '', line: index + 2, lines: [], indent: fence[1]?.length ?? 0 };
    } else if (fence === null) {
      open.lines.push(line.slice(open.indent));
    } else {
      blocks.push({ page, line: open.line, language: open.language, text: open.lines.join('\n') });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: the block does not end`);
  return blocks;
}

/** The name of a block in a test. */
export function nameOf({ page, line }: Block): string {
  return `${page}:${line}`;
}
