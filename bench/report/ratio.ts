import type { FigureName } from './figures.ts';
import type { Result, Row, RowName, SectionName } from './result.ts';

/** The row with a name, if it was measured. */
export function findRow(result: Result, section: SectionName, { subject, what }: RowName): Row | undefined {
  return result.rows.find((row) => row.section === section && row.subject === subject && row.what === what);
}

/** The row with which a row is compared, if there is one and it was measured in the same run. */
export function referenceOf(result: Result, row: Row): Row | undefined {
  return row.against === undefined ? undefined : findRow(result, row.section, row.against);
}

/** The ratio of a figure's medians in two rows; undefined if either was not measured. */
export function ratio(row: Row | undefined, reference: Row | undefined, figure: FigureName): number | undefined {
  const [value, unit] = [row?.figures[figure]?.median, reference?.figures[figure]?.median];
  return value === undefined || unit === undefined || unit === 0 ? undefined : value / unit;
}

/** A printed ratio; empty if there is none. */
export function writtenRatio(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2);
}
