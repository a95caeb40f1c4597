import { danError } from '../model/error.ts';
import { messageOf } from '../json/thrown.ts';
import { isObject, type JsonObject, stringIn } from '../json/object.ts';

/** A row of the database, by column. A set is a list (or, if it has one element, that element), a map is an object. */
export type OvsRow = JsonObject;

/**
 * Parses the output of `ovs-vsctl --format=json`: the rows of each printing command, in order. Pure. Throws
 * `command-failed` for a line that is not a table.
 */
export function readTables(output: string): readonly (readonly OvsRow[])[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      try {
        return toRows(JSON.parse(line));
      } catch (error) {
        throw danError('command-failed', `"ovs-vsctl" printed no table: ${messageOf(error)}; see which program it is`);
      }
    });
}

/** The elements of a set. A set of one element comes as that element, a missing optional value as an empty set. */
export function listIn(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** A non-empty string; otherwise undefined. */
export function textIn(value: unknown): string | undefined {
  return value === '' ? undefined : stringIn(value);
}

/** A number; undefined if there is none. */
export function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A map of strings; empty if there is none. */
export function mapIn(value: unknown): Readonly<Record<string, string>> {
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)])) : {};
}

function toRows(table: unknown): readonly OvsRow[] {
  if (!isObject(table) || !Array.isArray(table['headings']) || !Array.isArray(table['data'])) return [];
  const headings = table['headings'].map(String);
  const rows: readonly unknown[] = table['data'];
  return rows
    .filter((row) => Array.isArray(row))
    .map((row) => Object.fromEntries(headings.map((heading, at) => [heading, toValue(row[at])])));
}

// RFC 7047, section 5.1: ["set", [...]], ["map", [[key, value], ...]], ["uuid", "..."], or an atom.
function toValue(value: unknown): unknown {
  if (!Array.isArray(value)) return isObject(value) ? undefined : value;
  const [kind, content] = value as [unknown, unknown];
  const elements: readonly unknown[] = Array.isArray(content) ? content : [];
  switch (kind) {
    case 'set':
      return elements.map(toValue);
    case 'map':
      return Object.fromEntries(
        elements.filter((pair) => Array.isArray(pair)).map((pair) => [String(toValue(pair[0])), toValue(pair[1])]),
      );
    default:
      return String(content);
  }
}
