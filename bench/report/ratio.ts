import type { FigureName } from './figures.ts';
import type { Result, Row, RowName, SectionName } from './result.ts';

/** The row of a name, if that was measured. */
export function findRow(result: Result, section: SectionName, { subject, what }: RowName): Row | undefined {
  return result.rows.find((row) => row.section === section && row.subject === subject && row.what === what);
}

/** The row that a row is to be compared with, if there is one and it was measured in the same run. */
export function referenceOf(result: Result, row: Row): Row | undefined {
  return row.against === undefined ? undefined : findRow(result, row.section, row.against);
}

/** How many times one row's median of a figure is another's; undefined where either was not measured. */
export function ratio(row: Row | undefined, reference: Row | undefined, figure: FigureName): number | undefined {
  const [value, unit] = [row?.figures[figure]?.median, reference?.figures[figure]?.median];
  return value === undefined || unit === undefined || unit === 0 ? undefined : value / unit;
}

/** A ratio as it is printed; nothing where there is none. */
export function writtenRatio(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2);
}
