/**
 * Errors that the CNI protocol itself defines: spec 1.1.0, section "Error"; 8 is libcni's ErrInvalidNetNS. The last two are
 * dan's own, for failures that any line of it may have.
 */
export const protocolErrors = {
  'incompatible-version': 1,
  'invalid-environment': 4,
  'io-failure': 5,
  'undecodable-input': 6,
  'invalid-configuration': 7,
  'invalid-netns': 8,
  'try-again-later': 11,
  'not-available': 50,
  'too-much-memory': 147,
  'internal-error': 999,
} as const satisfies Record<string, number>;

/** The stable name of a protocol error; `docs/errors.md` has a section for each. */
export type ProtocolErrorName = keyof typeof protocolErrors;

/** The most characters of a message, and of its details. Runtimes copy both into logs and pod events. */
const longest = 4000;

/** Cuts a text to `most` characters and appends the full length. A shorter text is returned unchanged. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).toWellFormed()}… (${text.length} characters)`;
}

/**
 * An expected failure, as the plugin's caller sees it. It is thrown once, where it is detected, and printed unchanged:
 * no layer wraps it into another code.
 */
export class CniError extends Error {
  /** The CNI error code. */
  readonly code: number;
  /** Further information for the reader of a log: failed undo steps, the output of a command. */
  readonly details: string | undefined;

  constructor(name: string, code: number, message: string, details?: string) {
    super(shortened(message, longest));
    this.name = name;
    this.code = code;
    this.details = details === undefined ? undefined : shortened(details, longest);
  }

  /** The same failure with more details. Code, name and message stay. */
  withDetails(more: readonly string[]): CniError {
    const all = [this.details, ...more].filter((text) => text !== undefined && text !== '');
    return new CniError(this.name, this.code, this.message, all.length === 0 ? undefined : all.join('; '));
  }
}

/** A failure that the CNI protocol has a code for. The message says what failed, where, why, and what to do next. */
export function protocolError(name: ProtocolErrorName, message: string, details?: string): CniError {
  return new CniError(name, protocolErrors[name], message, details);
}
