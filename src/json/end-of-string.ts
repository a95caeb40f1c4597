/**
 * Where a string in a JSON text ends, behind its closing quote: the first quote after an even number of backslashes.
 * `start` is the offset of its opening quote. A string without an end goes to the end of the text.
 */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    at = text.indexOf('"', at);
    if (at === -1) return text.length;
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at + 1;
  }
}
