/** A text value of an answer in JSON. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number of an answer in JSON; 0 if it is none. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
