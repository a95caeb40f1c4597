import type { JsonNode } from './json-tree.ts';

/** How one field of a Rust struct is read; both defaults come from what serde's derive generates. */
interface Field<T> {
  readonly read: (node: JsonNode) => T;
  /** Value where an object lacks the key. Without it the key is required. */
  readonly missing?: () => T;
  /** Value where an array that stands for the struct is too short for the field. */
  readonly short?: () => T;
}

/** A field without `#[serde(default)]`: its key must be there. */
export function required<T>(read: (node: JsonNode) => T): Field<T> {
  return { read };
}

/** An `Option` field: a missing key is None, but serde does not extend that to a short array. */
export function optional<T>(read: (node: JsonNode) => T): Field<T | null> {
  return { read, missing: () => null };
}

/** A field with `#[serde(default)]`: it may be missing, yet null is a value of the wrong type. */
export function defaulted<T>(read: (node: JsonNode) => T, make: () => T): Field<T> {
  return { read, missing: make, short: make };
}

/** How each field of a struct is read. */
export type FieldsOf<S> = { readonly [K in keyof S]-?: Field<S[K]> };

/** The fields of a struct in the order of their declaration, which is the order serde looks for missing ones. */
export function fieldNames<S>(fields: FieldsOf<S>): (keyof S & string)[] {
  return Object.keys(fields) as (keyof S & string)[];
}

/** Whether a key is one of the fields: serde compares them exactly, case included. */
export function isFieldOf<S>(fields: FieldsOf<S>, name: string): name is keyof S & string {
  return Object.hasOwn(fields, name);
}
