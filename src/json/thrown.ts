/** What to say if {@link isOutOfMemory}. The limit is that of native/ready.c. */
export const outOfMemory =
  'this takes more than 48 MiB of memory, and dan takes no more: see which input is that large';

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  if (isOutOfMemory(error)) return outOfMemory;
  return error instanceof Error ? error.message : String(error);
}

/**
 * Whether the engine refused memory. It throws null if it has none left for the error (JS_ThrowOutOfMemory), and adds
 * words for a regular expression.
 */
export function isOutOfMemory(error: unknown): boolean {
  return error === null || (error instanceof Error && String(error).startsWith('InternalError: out of memory'));
}
