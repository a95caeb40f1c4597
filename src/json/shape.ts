import { isObject, type JsonObject } from './object.ts';

/** Whether a value is valid at its place. The value of a missing key is undefined. */
export type Check = (value: unknown) => boolean;

/** The checks for an object's values, by key. Other keys are ignored. */
export type Shape = Readonly<Record<string, Check>>;

/** The first key of an object whose value is invalid; undefined if there is none. */
export function faultyKey(object: JsonObject, shape: Shape): string | undefined {
  for (const key in shape) {
    if (shape[key]?.(object[key]) === false) return key;
  }
  return undefined;
}

/** A text. */
export const text: Check = (value) => typeof value === 'string';

/** A whole number; by default, an unsigned 32-bit number. */
export function whole(least = 0, most = 0xffff_ffff): Check {
  return (value) => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** Exactly one of these values. */
export function one(...values: readonly unknown[]): Check {
  return (value) => values.includes(value);
}

/** A value that a parser accepts. */
export function fits(parse: (value: unknown) => { readonly ok: boolean }): Check {
  return (value) => parse(value).ok;
}

/** A value that may be left out. */
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
