import { printable } from '../../command/printable.ts';

/** The line width of output for people. */
export const width = 100;

/**
 * Wraps a paragraph at spaces to a number of columns. Quoted text, such as a command, is one word, because the reader
 * copies it. A word that is longer than a line gets a line of its own.
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

/** Wraps advice for a person. Indented lines are for copying, and are not wrapped. */
export function advice(text: string, indent: string): string {
  const lines = text.split('\n').map((line) => [line, printable(line)] as const);
  return lines.map(([line, safe]) => (/^\s/.test(line) ? indent + safe : wrap(safe, width, indent))).join('\n');
}
