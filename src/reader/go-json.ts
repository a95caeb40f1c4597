import type { JsonNode } from './json-tree.ts';

/** A Go slice as the decoder sees it: elements beyond the length stay in memory and show through when it grows. */
export interface GoSlice<T> {
  length: number;
  readonly memory: T[];
}

/** An empty slice. */
export function emptySlice<T>(): GoSlice<T> {
  return { length: 0, memory: [] };
}

/** The elements of a slice. */
export function elements<T>(slice: GoSlice<T>): readonly T[] {
  return slice.memory.slice(0, slice.length);
}

/** What strconv reads as each type of integer: never a fraction, an exponent or, where unsigned, a sign. */
const integers = {
  int: { digits: /^-?\d+$/, fits: (value: bigint) => BigInt.asIntN(64, value) === value },
  uint32: { digits: /^\d+$/, fits: (value: bigint) => BigInt.asUintN(32, value) === value },
  uint64: { digits: /^\d+$/, fits: (value: bigint) => BigInt.asUintN(64, value) === value },
};

/** How each field of a struct, by its JSON name, takes a value: by writing to the struct. */
export type GoFields<S> = Readonly<Record<string, (into: S, node: JsonNode) => void>>;

/**
 * Decodes into Go values as encoding/json's `Unmarshal` does (decode.go, the text being valid JSON): keys match
 * without regard to case, null changes nothing but pointers and slices, a repeated key writes over the first or, for
 * structs and slices, into it. A value of the wrong type is passed over; the first one makes the whole call an error.
 */
export class GoDecoder {
  firstError: string | undefined;
  readonly #package: string;
  #struct = '';
  #path: readonly string[] = [];

  /** @param packageName name of the package with the structs, as errors print it. */
  constructor(packageName: string) {
    this.#package = packageName;
  }

  /** A string, unpaired surrogates replaced; `type` names a string type of the package. */
  string(node: JsonNode, old: string, type = 'string'): string {
    if (node.kind === 'null') return old;
    if (node.kind === 'string') return node.value.toWellFormed();
    this.#mismatch(node.kind, type);
    return old;
  }

  /** An integer; one that does not fit is a value of the wrong type. Numbers above 2^53 lose precision, which no rule here depends on. */
  integer(node: JsonNode, old: number, type: keyof typeof integers): number {
    if (node.kind === 'null') return old;
    if (node.kind !== 'number') {
      this.#mismatch(node.kind, type);
      return old;
    }
    const { digits, fits } = integers[type];
    if (digits.test(node.text) && fits(BigInt(node.text))) return Number(node.text);
    this.#mismatch(`number ${node.text}`, type);
    return old;
  }

  /** A slice: null and an empty array make a new one, any other array is written over the old elements. */
  slice<T>(node: JsonNode, old: GoSlice<T>, type: string, read: (node: JsonNode, old?: T) => T): GoSlice<T> {
    if (node.kind === 'null') return emptySlice();
    if (node.kind !== 'array') {
      this.#mismatch(node.kind, type);
      return old;
    }
    if (node.items.length === 0) return emptySlice();
    for (const [index, item] of node.items.entries()) old.memory[index] = read(item, old.memory[index]);
    old.length = node.items.length;
    return old;
  }

  /** A struct, written to in place: what the text does not mention stays as it was. */
  struct<S>(node: JsonNode, into: S, name: string, fields: GoFields<S>): S {
    if (node.kind === 'null') return into;
    if (node.kind !== 'object') {
      this.#mismatch(node.kind, this.typeName(name));
      return into;
    }
    const outer = { struct: this.#struct, path: this.#path };
    for (const { key, value } of node.members) {
      const field = findField(fields, key.value.toWellFormed());
      if (field === undefined || value === undefined) continue;
      this.#struct = name;
      this.#path = [...outer.path, field.name];
      field.write(into, value);
    }
    this.#struct = outer.struct;
    this.#path = outer.path;
    return into;
  }

  /** A type of the package as errors print it. */
  typeName(name: string): string {
    return `${this.#package}.${name}`;
  }

  #mismatch(found: string, type: string): void {
    const into =
      this.#struct === ''
        ? `Go value of type ${type}`
        : `Go struct field ${[this.#struct, ...this.#path].join('.')} of type ${type}`;
    this.firstError ??= `json: cannot unmarshal ${found} into ${into}`;
  }
}

function findField<S>(
  fields: GoFields<S>,
  key: string,
): { name: string; write: (into: S, node: JsonNode) => void } | undefined {
  const exact = Object.entries(fields).find(([name]) => name === key);
  const [name, write] = exact ?? Object.entries(fields).find(([name]) => name === fold(key)) ?? [];
  return name === undefined || write === undefined ? undefined : { name, write };
}

/** Go's case folding, of interest for ASCII names: the long s and the Kelvin sign fold to letters as well. */
function fold(key: string): string {
  return key.replaceAll('\u017f', 's').toLowerCase();
}
