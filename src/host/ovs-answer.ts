import { isObject } from '../json/object.ts';

/** A row of the database, by column. */
export type OvsRow = Readonly<Record<string, OvsValue>>;

/** A value of a column: a set is a list (of one element, the element alone), a map is an object. */
export type OvsValue = string | number | boolean | readonly OvsValue[] | { readonly [key: string]: OvsValue };

/** Reads what `ovs-vsctl --format=json` printed: the rows of each command that prints, in order. Pure. */
export function readTables(output: string): readonly (readonly OvsRow[])[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map(toRows);
}

// A set of one element comes as the element, an optional value that is not there as an empty set.
/** The elements of a set. */
export function listIn(value: OvsValue | undefined): readonly OvsValue[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

/** A text; undefined for an empty one, and where there is none. */
export function textIn(value: OvsValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number; undefined where there is none. */
export function numberIn(value: OvsValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A map of texts; empty where there is none. */
export function mapIn(value: OvsValue | undefined): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || isList(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, content]) => [key, typeof content === 'object' ? '' : String(content)]),
  );
}

function isList(value: OvsValue): value is readonly OvsValue[] {
  return Array.isArray(value);
}

function toRows(line: string): readonly OvsRow[] {
  const table: unknown = JSON.parse(line);
  if (!isObject(table) || !Array.isArray(table['headings']) || !Array.isArray(table['data'])) return [];
  const headings = table['headings'].map(String);
  const rows: readonly unknown[] = table['data'];
  return rows
    .filter((row) => Array.isArray(row))
    .map((row) => Object.fromEntries(headings.map((heading, at) => [heading, toValue(row[at])])));
}

// RFC 7047, section 5.1: ["set", [...]], ["map", [[key, value], ...]], ["uuid", "..."], or an atom.
function toValue(value: unknown): OvsValue {
  if (!Array.isArray(value)) return value as string | number | boolean;
  const [kind, content] = value as [unknown, unknown];
  const elements: readonly unknown[] = Array.isArray(content) ? content : [];
  switch (kind) {
    case 'set':
      return elements.map(toValue);
    case 'map':
      return Object.fromEntries((elements as [unknown, unknown][]).map(([key, of]) => [String(key), toValue(of)]));
    default:
      return String(content);
  }
}
