/** A JSON object with unvalidated values. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object, not an array and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a JSON object; undefined if the text is not one. */
export function objectOfText(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A text without the byte order mark that an editor may have put before it. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** A value if it is a string, undefined otherwise. */
export function stringIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A value if it is a number, 0 otherwise. */
export function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** The elements of an array, none for any other value. */
export function elementsIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A value if it is an object, an empty one otherwise. */
export function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
