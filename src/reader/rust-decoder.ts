import { type JsonNode, nameOf } from './json.ts';
import type { Reason } from './verdict.ts';

/** Reads a value at a place. Gives the one value, or none where it is refused. */
export type Read<T> = (node: JsonNode, where: string) => readonly T[];

/** How one field of a Rust struct is read. */
interface Field<T> {
  readonly read: Read<T>;
  /** What stands for a missing key. Without it the key is required. */
  readonly missing?: { readonly value: T; readonly inList: boolean };
}

/** The fields of a struct in the order of their declaration. */
export type FieldsOf<S> = { readonly [K in keyof S]-?: Field<S[K]> };

/** A field without `#[serde(default)]`: its key must be there. */
export function required<T>(read: Read<T>): Field<T> {
  return { read };
}

/** A field with `#[serde(default)]`: its key may be missing, yet null is refused. */
export function defaulted<T>(read: Read<T>, value: T): Field<T> {
  return { read, missing: { value, inList: true } };
}

/**
 * Reads typed values as serde_json does for derived `Deserialize` (serde_json/src/de.rs, serde_derive). It goes on
 * after a refusal, so that all of them are found; what it then gives is not complete.
 */
export class RustDecoder {
  readonly refusals: Reason[] = [];

  /** A `String`. */
  readonly text: Read<string> = (node, where) => {
    if (node.kind !== 'string') return this.#mismatch(node, where, 'a text');
    if (node.value.isWellFormed()) return [node.value];
    return this.refuse(where, 'it has an escape of half a character (an unpaired surrogate)');
  };

  /** An `Option<String>`: the one kind of value that may be null, or missing. */
  readonly optionalText: Field<string | null> = {
    read: (node, where) => (node.kind === 'null' ? [null] : this.text(node, where)),
    missing: { value: null, inList: false },
  };

  /** An unsigned integer. Numbers above 2^53 lose precision, which no rule here depends on. */
  whole(bits: 32 | 64): Read<number> {
    return (node, where) => {
      const isWhole = node.kind === 'number' && /^\d+$/.test(node.text) && BigInt(node.text) < 1n << BigInt(bits);
      return isWhole ? [Number(node.text)] : this.#mismatch(node, where, `a whole number, 0 or more, of ${bits} bits`);
    };
  }

  /** A `Vec`. */
  list<T>(read: Read<T>): Read<readonly T[]> {
    return (node, where) => {
      if (node.kind !== 'array') return this.#mismatch(node, where, 'a list');
      return [node.items.flatMap((item, at) => read(item, `${where}[${at}]`))];
    };
  }

  /** A struct: an object by key, or, as derived code also takes it, a list by position. `passed` is another's key. */
  object<S extends object>(fields: FieldsOf<S>, passed?: string): Read<S> {
    return (node, where) => {
      if (node.kind !== 'object' && node.kind !== 'array') return this.#mismatch(node, where, 'an object');
      const values =
        node.kind === 'object' ? this.#byKey(node.members, where, fields, passed) : new Map<string, JsonNode>();
      const names = Object.keys(fields) as (keyof S & string)[];
      if (node.kind === 'array') {
        if (node.items.length > names.length) this.refuse(where, `it is a list of more than ${names.length} values`);
        for (const [at, item] of node.items.entries()) values.set(names[at] ?? '', item);
      }
      const read: Partial<S> = {};
      for (const name of names) {
        const [place, value, { missing, read: readField }] = [inside(where, name), values.get(name), fields[name]];
        if (value !== undefined) [read[name]] = readField(value, place);
        else if (missing !== undefined && (node.kind === 'object' || missing.inList)) read[name] = missing.value;
        else this.refuse(place, 'it is missing, and required');
      }
      return [read as S];
    };
  }

  /** Notes why the file is refused, and gives no value. */
  refuse(where: string, why: string): readonly never[] {
    this.refusals.push({ where, why });
    return [];
  }

  /**
   * Checks a value that serde reads whole before it types it, as an internally tagged enum: numbers that no float
   * holds, unpaired surrogates and more than 127 levels are refused anywhere in it.
   */
  checkBuffered(node: JsonNode, where: string, depth: number): void {
    if (node.kind === 'string') this.text(node, where);
    if (node.kind === 'number' && !Number.isFinite(Number(node.text))) this.refuse(where, 'its number is too large');
    if (node.kind !== 'array' && node.kind !== 'object') return;
    if (depth >= 127) this.refuse(where, 'it is nested more than 127 levels deep');
    else if (node.kind === 'array') {
      for (const [at, item] of node.items.entries()) this.checkBuffered(item, `${where}[${at}]`, depth + 1);
    } else {
      for (const { key, value } of node.members) {
        this.text({ kind: 'string', value: key }, where);
        this.checkBuffered(value, inside(where, key), depth + 1);
      }
    }
  }

  // Keys are compared exactly, case included. Keys that are unknown may be there twice.
  #byKey(
    members: readonly { readonly key: string; readonly value: JsonNode }[],
    where: string,
    fields: object,
    passed: string | undefined,
  ): Map<string, JsonNode> {
    const values = new Map<string, JsonNode>();
    for (const { key, value } of members) {
      this.text({ kind: 'string', value: key }, where);
      if (key === passed || !Object.hasOwn(fields, key)) continue;
      if (values.has(key)) this.refuse(inside(where, key), 'the key is there twice');
      values.set(key, value);
    }
    return values;
  }

  #mismatch(node: JsonNode, where: string, wanted: string): readonly never[] {
    return this.refuse(where, `it is ${nameOf(node)}, and must be ${wanted}`);
  }
}

/** The place of a key within a place. */
export function inside(where: string, key: string): string {
  return where === '' ? key : `${where}.${key}`;
}
