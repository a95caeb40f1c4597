// A string, such as a window's title or a link's address, to its end; one with parameters, such as a colour; any other. A
// string without an end is none: only what would begin it goes, since what follows may be all that there is.
const sequences =
  /(?:\x1B[\]PX^_]|[\x90\x98\x9D-\x9F])[^\x07\x1B\x80-\x9F]*(?:\x07|\x1B\\|\x9C)|(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|\x1B[ -/]*[0-~]/g;

/** A text without what a terminal would obey: the control sequences of ECMA-48. Control characters alone are left. */
export function withoutControlSequences(text: string): string {
  return /[\x1B\x90-\x9F]/.test(text) ? text.replace(sequences, '') : text;
}
