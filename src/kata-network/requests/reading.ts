import { suggestion } from '../../config/issues.ts';
import type { Parsed } from '../../model/parsed.ts';
import type { CniError } from '../../protocol/error.ts';
import { protocolError } from '../../protocol/error.ts';
import type { JsonObject } from '../../json/object.ts';

/** Reads the keys of an object that was given, and gathers everything that is wrong with them. */
export class Reading {
  readonly #what: string;
  readonly #object: JsonObject;
  readonly #faults: string[] = [];

  /** `what` is for messages, like `the interface`; a key that is not known is a fault. */
  constructor(what: string, object: JsonObject, known: readonly string[]) {
    this.#what = what;
    this.#object = object;
    for (const key of Object.keys(object)) {
      if (!known.includes(key)) this.#faults.push(`unknown key "${key}"${suggestion(key, known)}`);
    }
  }

  /** A key that must be there. undefined: it is missing or wrong. */
  required<T>(key: string, parse: (value: unknown) => Parsed<T>): T | undefined {
    if (!isAbsent(this.#object[key])) return this.optional(key, parse);
    this.#faults.push(`"${key}" is missing`);
    return undefined;
  }

  /** A key that may be left out, which an empty text and null do as well. undefined: it is left out or wrong. */
  optional<T>(key: string, parse: (value: unknown) => Parsed<T>): T | undefined {
    const value = this.#object[key];
    if (isAbsent(value)) return undefined;
    const parsed = parse(value);
    if (parsed.ok) return parsed.value;
    this.#faults.push(`"${key}" ${JSON.stringify(value)} ${parsed.why}`);
    return undefined;
  }

  /** Whether anything was wrong so far. */
  get hasFaults(): boolean {
    return this.#faults.length > 0;
  }

  /** The refusal that names everything that was wrong. */
  refusal(): CniError {
    return refusal(this.#what, this.#faults.join('; '));
  }
}

/** The refusal of something that was given, like `the interface`. */
export function refusal(what: string, why: string): CniError {
  return protocolError('invalid-configuration', `in ${what} that was given, ${why}`);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
