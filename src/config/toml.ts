import { messageOf } from '../json/thrown.ts';
import { parse } from 'smol-toml';
import { accept, type Parsed, reject } from '../model/parsed.ts';
import { depthLimit } from '../json/nesting.ts';
import { isObject, type JsonObject } from '../json/object.ts';

/** Parses TOML. Integers beyond 2^53, which Kata's own templates contain, become bigints. */
export function parseToml(text: string): Parsed<JsonObject> {
  try {
    return accept(parse(text, { integersAsBigInt: 'asNeeded', maxDepth: depthLimit }));
  } catch (error) {
    const [what] = messageOf(error).split('\n\n');
    return reject(`is not TOML: ${what ?? ''}`);
  }
}

/** The table at a path of keys; empty if there is none. */
export function tableAt(table: JsonObject, ...names: readonly string[]): JsonObject {
  return names.reduce<JsonObject>((at, name) => {
    const below = at[name];
    return isObject(below) ? below : {};
  }, table);
}

/** Merges one table into another: tables are merged key by key, any other value is replaced. */
export function mergeTables(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = base[key];
    merged[key] = isObject(below) && isObject(value) ? mergeTables(below, value) : value;
  }
  return merged;
}

/** A text value; undefined for another value, or an empty text. */
export function textIn(table: JsonObject, key: string): string | undefined {
  const value = table[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of a list. */
export function textsIn(table: JsonObject, key: string): readonly string[] {
  const value = table[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A number; undefined for another value. */
export function numberIn(table: JsonObject, key: string): number | undefined {
  const value = table[key];
  return typeof value === 'number' ? value : undefined;
}
