import { isObject, type JsonObject } from './object.ts';

/** Whether a value is what its place asks for; a key that is missing has the value undefined. */
export type Check = (value: unknown) => boolean;

/** What is asked of the values of an object, by key. Other keys are passed over. */
export type Shape = Readonly<Record<string, Check>>;

/** The first key of an object whose value is not as asked; undefined: all are. */
export function faultyKey(object: JsonObject, shape: Shape): string | undefined {
  for (const key in shape) {
    if (shape[key]?.(object[key]) === false) return key;
  }
  return undefined;
}

/** A text. */
export const text: Check = (value) => typeof value === 'string';

/** A whole number, by default one of 32 bits without a sign. */
export function whole(least = 0, most = 0xffff_ffff): Check {
  return (value) => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** Exactly this value, or one of these. */
export function one(...values: readonly unknown[]): Check {
  return (value) => values.includes(value);
}

/** What a parser takes. */
export function fits(parse: (value: unknown) => { readonly ok: boolean }): Check {
  return (value) => parse(value).ok;
}

/** What may be left out. */
export function maybe(check: Check): Check {
  return (value) => value === undefined || check(value);
}

/** An object of a shape. */
export function like(shape: Shape): Check {
  return (value) => isObject(value) && faultyKey(value, shape) === undefined;
}

/** A list of such values. */
export function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}
