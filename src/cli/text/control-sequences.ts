// In order: a string, such as a window's title or a link's address, up to its end; a sequence with parameters, such as
// a color; any other sequence. Of a string without an end, only the beginning is removed: all the text may follow it.
const sequences =
  /(?:\x1B[\]PX^_]|[\x90\x98\x9D-\x9F])[^\x07\x1B\x80-\x9F]*(?:\x07|\x1B\\|\x9C)|(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|\x1B[ -/]*[0-~]/g;

/** A text without the control sequences of ECMA-48, which a terminal would obey. Single control characters stay. */
export function withoutControlSequences(text: string): string {
  return /[\x1B\x90-\x9F]/.test(text) ? text.replace(sequences, '') : text;
}
