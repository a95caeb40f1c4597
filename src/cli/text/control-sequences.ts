// In order: a string, such as a window's title or a link's address, up to its end; a sequence with parameters, such as
// a color; any other sequence. If a string has no end, only its beginning is removed, since it may be followed by all
// the text.
const sequences =
  /(?:\x1B[\]PX^_]|[\x90\x98\x9D-\x9F])[^\x07\x1B\x80-\x9F]*(?:\x07|\x1B\\|\x9C)|(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|\x1B[ -/]*[0-~]/g;

/** A text without the control sequences of ECMA-48, which a terminal would obey. Single control characters stay. */
export function withoutControlSequences(text: string): string {
  return /[\x1B\x90-\x9F]/.test(text) ? text.replace(sequences, '') : text;
}
