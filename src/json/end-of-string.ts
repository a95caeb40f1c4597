/**
 * Where a string of a JSON text ends, behind its closing quote: the first that an even number of backslashes stands before. `start`
 * is the place of its opening quote. One without an end goes to the end of the text.
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
