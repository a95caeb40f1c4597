import { withoutControlSequences } from './control-sequences.ts';

/** Formats rows as columns, each as wide as its widest cell, with two spaces between and none at the end. */
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

// Colors take no space. A character counts as one column, which is true for everything that dan itself prints.
function widthOf(cell: string): number {
  return withoutControlSequences(cell).length;
}
