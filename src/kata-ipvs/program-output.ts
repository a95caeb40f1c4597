import { printable } from '../command/printable.ts';

/** The non-empty lines of a program's output, in printable form. */
export function lines(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => printable(line).trimEnd())
    .filter((line) => line !== '');
}

/** A program's output, with its line breaks and tabs, in a form that is safe for a terminal. */
export function shown(text: string): string {
  return text.replace(/[^\n\t]+/g, printable);
}
