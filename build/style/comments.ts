import ts from 'typescript';
import type { Message } from './messages.ts';

/** The comments of a module. Line comments that follow each other are one text. */
export function commentsIn(source: string): readonly Message[] {
  const file = ts.createSourceFile('module.ts', source, ts.ScriptTarget.Latest, true);
  const found: Message[] = [];
  const seen = new Set<number>();
  const look = (node: ts.Node): void => {
    const ranges = ts.getLeadingCommentRanges(source, node.getFullStart()) ?? [];
    const fresh = ranges.filter(({ pos }) => !seen.has(pos));
    for (const { pos } of fresh) seen.add(pos);
    const [first] = fresh;
    if (first !== undefined) {
      const text = fresh.map(({ pos, end }) => prose(source.slice(pos, end))).join('\n');
      found.push({ line: file.getLineAndCharacterOfPosition(first.pos).line + 1, text });
    }
    for (const child of node.getChildren(file)) look(child);
  };
  look(file);
  return found;
}

/** A comment without the characters that make it one. */
function prose(comment: string): string {
  return comment
    .replaceAll(/^\/\*\*?|\*\/$/g, '')
    .replaceAll(/^\s*(\/\/|\*)\s?/gm, '')
    .trim();
}
