import { withoutControlSequences } from './control-sequences.ts';

/** Formats rows as columns, each as wide as its widest cell, with two spaces between and none at the end. */
export function columns(rows: readonly (readonly string[])[]): string {
  return [...columnLines(rows)].join('\n');
}

/** The lines of {@link columns}, each made when it is asked for. */
export function* columnLines(rows: readonly (readonly string[])[]): Generator<string> {
  const widths: number[] = [];
  let isPainted = false;
  for (const row of rows) {
    for (let at = 0; at < row.length; at++) {
      const cell = row[at] ?? '';
      const width = widthOf(cell);
      if (width > (widths[at] ?? 0)) widths[at] = width;
      isPainted ||= width !== cell.length;
    }
  }
  for (const row of rows) {
    let line = '';
    for (let at = 0; at < row.length; at++) {
      const cell = row[at] ?? '';
      const unseen = isPainted ? cell.length - widthOf(cell) : 0;
      line += `${cell.padEnd((widths[at] ?? 0) + unseen)}  `;
    }
    yield line.trimEnd();
  }
}

// Colors take no space. A character counts as one column, which is true for everything that dan itself prints.
function widthOf(cell: string): number {
  return cell.includes('\u001b') ? withoutControlSequences(cell).length : cell.length;
}
