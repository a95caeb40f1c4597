import { withoutControlSequences } from './control-sequences.ts';

/** Rows below each other, each column as wide as its widest cell, two spaces between; nothing after the last one. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, widthOf(cell))));
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

// Colours take no place; a character is a column, which holds for all that dan prints of its own.
function widthOf(cell: string): number {
  return withoutControlSequences(cell).length;
}
