import { type JsonNode, nameOf } from './json.ts';
import { inside } from './rust-decoder.ts';
import type { Reason } from './verdict.ts';

/** How a Go value is read: what it is before, and what a value of the file makes of the old one. */
export interface GoType<T> {
  readonly zero: T;
  read(node: JsonNode, old: T, where: string): T;
}

/** How the fields of a struct are read, by their JSON names. */
type GoFields<S> = { readonly [K in keyof S]-?: GoType<S[K]> };

/** What strconv reads as each type of integer: never a fraction or an exponent; a sign only where it is signed. */
const integers = {
  int: { digits: /^-?\d+$/, fits: (value: bigint) => BigInt.asIntN(64, value) === value, name: 'of 64 bits' },
  uint32: { digits: /^\d+$/, fits: (value: bigint) => value < 1n << 32n, name: '0 or more, of 32 bits' },
  uint64: { digits: /^\d+$/, fits: (value: bigint) => value < 1n << 64n, name: '0 or more, of 64 bits' },
};

/**
 * Reads typed values as encoding/json's `Unmarshal` does (decode.go): keys match in any case, null changes nothing but
 * a list, a repeated key writes over the first or, for structs and lists, into it. A value of the wrong type fails the
 * call in the end; it goes on before, so that all of them are found.
 */
export class GoDecoder {
  readonly refusals: Reason[] = [];
  /** Keys that are there more than once. */
  readonly altered: Reason[] = [];

  /** A string. Unpaired surrogates are replaced. */
  readonly text: GoType<string> = {
    zero: '',
    read: (node, old, where) => {
      if (node.kind === 'string') return node.value.toWellFormed();
      return this.#unlessNull(node, old, where, 'a text');
    },
  };

  /** An integer. Numbers above 2^53 lose precision, which no rule here depends on. */
  whole(type: keyof typeof integers): GoType<number> {
    const { digits, fits, name } = integers[type];
    return {
      zero: 0,
      read: (node, old, where) => {
        if (node.kind === 'number' && digits.test(node.text) && fits(BigInt(node.text))) return Number(node.text);
        return this.#unlessNull(node, old, where, `a whole number, ${name}`);
      },
    };
  }

  /** A slice: null empties it, a list is written over the old elements. */
  list<T>(type: GoType<T>): GoType<readonly T[]> {
    return {
      zero: [],
      read: (node, old, where) => {
        if (node.kind === 'null') return [];
        if (node.kind !== 'array') return this.#unlessNull(node, old, where, 'a list');
        return node.items.map((item, at) => type.read(item, old[at] ?? type.zero, `${where}[${at}]`));
      },
    };
  }

  /** A struct: what the text does not mention stays as it was. */
  object<S extends object>(fields: GoFields<S>): GoType<S> {
    const names = Object.keys(fields) as (keyof S & string)[];
    return {
      zero: Object.fromEntries(names.map((name) => [name, fields[name].zero])) as S,
      read: (node, old, where) => {
        if (node.kind !== 'object') return this.#unlessNull(node, old, where, 'an object');
        const [made, seen] = [{ ...old }, new Set<string>()];
        for (const { key, value } of node.members) {
          const name = names.find((one) => one === fold(key));
          if (name === undefined) continue;
          const place = inside(where, name);
          if (seen.has(name)) {
            this.altered.push({ where: place, why: 'the key is there more than once: the last value counts' });
          }
          seen.add(name);
          made[name] = fields[name].read(value, made[name], place);
        }
        return made;
      },
    };
  }

  #unlessNull<T>(node: JsonNode, old: T, where: string, wanted: string): T {
    if (node.kind !== 'null') this.refusals.push({ where, why: `it is ${nameOf(node)}, and must be ${wanted}` });
    return old;
  }
}

/** Go's case folding, of interest for ASCII names: the long s and the Kelvin sign fold to letters as well. */
function fold(key: string): string {
  return key.replaceAll('\u017f', 's').toLowerCase();
}
