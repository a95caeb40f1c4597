import { printable } from '../command/printable.ts';

/** The lines of what a program said, without the empty ones, as they can be shown. */
export function lines(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => printable(line).trimEnd())
    .filter((line) => line !== '');
}

/** What a program said, with its lines and tabs, as it can be shown on a terminal. */
export function shown(text: string): string {
  return text.replace(/[^\n\t]+/g, printable);
}
