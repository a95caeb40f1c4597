import { withoutControlSequences } from './control-sequences.ts';

/** Formats rows as columns, each as wide as its widest cell, with two spaces between and none at the end. */
export function columns(rows: readonly (readonly string[])[]): string {
  return [...columnLines(rows)].join('\n');
}

/** The lines of {@link columns}, each made when it is asked for. */
export function* columnLines(rows: readonly (readonly string[])[]): Generator<string> {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, widthOf(cell))));
  }
  for (const row of rows) {
    const cells = row.map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - widthOf(cell)));
    yield cells.join('  ').trimEnd();
  }
}

// Colors take no space. A character counts as one column, which is true for everything that dan itself prints.
function widthOf(cell: string): number {
  return cell.includes('\u001b') ? withoutControlSequences(cell).length : cell.length;
}
