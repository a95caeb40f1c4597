import { printable } from '../../command/printable.ts';

/** Columns of a line for a person. */
export const width = 100;

/**
 * A paragraph in lines of at most so many columns, broken at spaces. What is between quotes or backticks, such as a
 * command, is one word: somebody copies it. A word that is longer than a line has a line of its own.
 */
export function wrap(text: string, columns: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const [word] of text.matchAll(/(?:"[^"]*"|`[^`]*`|[^ ])+/g)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent.length + longer.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((one) => indent + one).join('\n');
}

/** An advice for a person. A line of it that is indented is to be copied as it is, and stays whole. */
export function advice(text: string, indent: string): string {
  const lines = text.split('\n').map((line) => [line, printable(line)] as const);
  return lines.map(([line, safe]) => (/^\s/.test(line) ? indent + safe : wrap(safe, width, indent))).join('\n');
}
