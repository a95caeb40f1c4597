/** The result of parsing a value: the value, or why it is refused, as a clause that follows the value's name. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/** Accepts a value. */
export function accept<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** Refuses a value; `why` states the rule and, where it helps, what to write instead. */
export function reject(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why };
}
