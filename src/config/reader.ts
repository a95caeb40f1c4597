import { mostElements } from '../model/most-elements.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { accept, type Parsed, reject } from '../model/parsed.ts';
import type { KeyFault } from './faults.ts';

/** A JSON Schema of a value. */
export type JsonForm = JsonObject;

/** Reads one kind of value, and describes it in JSON Schema, as far as that is possible. */
export interface Reader<T> {
  readonly form: JsonForm;
  /** The keys, if it is an object. */
  readonly keys?: Keys;
  /** The elements, if it is a list. */
  readonly element?: Key<unknown>;
  /**
   * Returns a value's meaning, or undefined if it refuses the value and adds the reason to `faults`. `value` is
   * undefined if it is missing.
   */
  readonly read: (value: unknown, faults: KeyFault[]) => T | undefined;
}

/** A key of an object: how it is read, and its description for users. Texts are Markdown. */
export interface Key<T> {
  readonly value: Reader<T>;
  /** Its meaning, and its valid values. */
  readonly rule?: string;
  readonly required?: true;
  /** The value if it is left out. */
  readonly default?: T;
  /** What happens if it is left out and there is no default value. */
  readonly otherwise?: string;
  readonly example?: unknown;
}

/** The keys of an object, in display order. */
export type Keys = Readonly<Record<string, Key<unknown>>>;

type Given = { readonly required: true } | { readonly default: unknown };
type GivenName<K> = { [Name in keyof K]: K[Name] extends Given ? Name : never }[keyof K];
type ValueOf<K> = K extends { readonly value: Reader<infer T> } ? T : never;

/** The result of reading an object with these keys. */
export type Values<K> = { readonly [Name in GivenName<K>]: ValueOf<K[Name]> } & {
  readonly [Name in Exclude<keyof K, GivenName<K>>]?: ValueOf<K[Name]>;
};

/** A value with a parser. The parser's reason for a refusal becomes the fault. */
export function parsed<T>(parse: (value: unknown) => Parsed<T>, form: JsonForm = {}): Reader<T> {
  return {
    form,
    read(value, faults) {
      const outcome = parse(value);
      if (outcome.ok) return outcome.value;
      faults.push({ of: 'value', path: [], value, why: outcome.why });
      return undefined;
    },
  };
}

function taken<T>(isTaken: (value: unknown) => value is T, why: string, form: JsonForm): Reader<T> {
  return parsed((value) => (isTaken(value) ? accept(value) : reject(why)), form);
}

/** A whole number in a range, including both ends. `what` describes it in the message. */
export function whole(least: number, most: number, what: string): Reader<number> {
  return taken(
    (value): value is number => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
    `must be ${what}, ${least} to ${most}`,
    { type: 'integer', minimum: least, maximum: most },
  );
}

/** One of a few words or numbers. `why` is the message about any other value. */
export function oneOf<const T extends boolean | number | string>(
  values: readonly T[],
  why: (value: unknown) => string = () => `must be one of ${values.join(', ')}`,
): Reader<T> {
  const form = { type: typeof values[0], enum: values };
  return parsed((value) => {
    const found = values.find((one) => one === value);
    return found === undefined ? reject(why(value)) : accept(found);
  }, form);
}

/** true or false. */
export const flag = taken((value) => typeof value === 'boolean', 'must be true or false', { type: 'boolean' });

/** A value that dan does not validate. */
export const anything = parsed<unknown>(accept);

/** An object whose keys dan does not validate. */
export const anyObject = taken(isObject, 'must be an object', { type: 'object' });

/** null, or a value. */
export function orNull<T>({ form, read }: Reader<T>): Reader<T | null> {
  return {
    form: { anyOf: [form, { type: 'null' }] },
    read: (value, faults) => (value === null ? null : read(value, faults)),
  };
}

const anyList = parsed<readonly unknown[]>(
  (value) => {
    if (!Array.isArray(value)) return reject('must be a list');
    return value.length <= mostElements
      ? accept(value)
      : reject(`has ${value.length} elements, and may have ${mostElements}`);
  },
  { type: 'array' },
);

/** A list. Faulty elements are left out of the result. `rule` describes an element. */
export function list<T>(value: Reader<T>, rule: string): Reader<readonly T[]> {
  return {
    form: anyList.form,
    element: { value, rule },
    read: (given, faults) =>
      anyList
        .read(given, faults)
        ?.map((one, at) => readInside(value, one, at, faults))
        .filter((one) => one !== undefined),
  };
}

/** An object whose keys must be known, unless it `isOpen`. The result has only the known keys. */
export function object<const K extends Keys>(keys: K, { isOpen = false } = {}): Reader<Values<K>> {
  const readKeys = keysReader(keys, { isForeign: () => isOpen });
  const required = Object.keys(keys).filter((name) => keys[name]?.required);
  return {
    form: { type: 'object', ...(required.length === 0 ? {} : { required }), additionalProperties: isOpen },
    keys,
    read(value, faults) {
      const before = faults.length;
      const given = anyObject.read(value, faults);
      const made = given === undefined ? undefined : readKeys(given, faults);
      return faults.length === before ? made : undefined;
    },
  };
}

/** How an object's keys are treated in special cases. */
interface Exceptions {
  /** Whether an unknown key is accepted. */
  readonly isForeign?: (key: string) => boolean;
  /** Whether a key with this value counts as left out. */
  readonly isAbsent?: (value: unknown) => boolean;
}

/** Makes a function that reads the keys of an object. A faulty key is left out of the result, or has its default. */
export function keysReader<const K extends Keys>(
  keys: K,
  { isForeign = () => false, isAbsent = (value) => value === undefined }: Exceptions = {},
): (object: JsonObject, faults: KeyFault[]) => Values<K> {
  const all = Object.entries(keys);
  const known = Object.keys(keys);
  const readers = new Map(all.map(([name, { value }]) => [name, value]));
  const required = all.flatMap(([name, key]) => (key.required ? [[name, key.value] as const] : []));
  const defaults = Object.fromEntries(
    all.flatMap(([name, key]) => (key.default === undefined ? [] : [[name, key.default]])),
  );
  return (object, faults) => {
    const before = faults.length;
    const made: Record<string, unknown> = { ...defaults };
    for (const [name, reader] of required) {
      if (isAbsent(object[name])) readInside(reader, undefined, name, faults);
    }
    const unknown: string[] = [];
    for (const name of Object.keys(object)) {
      const value = object[name];
      const reader = readers.get(name);
      if (reader === undefined) {
        if (!isForeign(name)) unknown.push(name);
      } else if (!isAbsent(value)) {
        const one = readInside(reader, value, name, faults);
        if (one !== undefined) made[name] = one;
      }
    }
    // Unknown keys come first: a misspelt key is often the reason why another one is missing.
    if (unknown.length > 0) faults.splice(before, 0, { of: 'unknown-keys', path: [], keys: unknown, known });
    return made as Values<K>;
  };
}

/** Reads a value that is inside another one: at a key, or at an index of a list. */
export function readInside<T>(
  { read }: Reader<T>,
  value: unknown,
  part: number | string,
  faults: KeyFault[],
): T | undefined {
  const before = faults.length;
  const made = read(value, faults);
  // A fault is created without its path, which grows on the way out: so a value without faults costs nothing.
  for (let at = before; at < faults.length; at++) faults[at]?.path.unshift(part);
  return made;
}
