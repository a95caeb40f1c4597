/**
 * A text of others, such as a container id or a link's alias, in a form that is safe on a terminal: characters that
 * move the cursor, set colours, change the direction or end the line become JSON escapes.
 */
export function printable(text: string): string {
  return isPrintable(text) ? text : text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

/** Whether a text has only ASCII characters that are safe on a terminal. */
export function isPrintable(text: string): boolean {
  return !/[^ -~]/.test(text);
}

/**
 * Makes output safe for a terminal. Lines, tabs and, if colours are allowed, "Select Graphic Rendition" sequences stay;
 * the rest becomes printable. JSON stays JSON with the same values.
 */
export function printableLines(text: string, colours: boolean): string {
  // Nearly all lines are ASCII without control characters, and need only this one search.
  return text.replace(/[^\n\t -~][^\n]*/g, (rest) =>
    rest.replace(/\x1B\[\d{1,2}m|[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu, (found) =>
      found.length > 2 && colours ? found : printable(found),
    ),
  );
}

// In UTF-16 units: a character may have two.
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }).join('');
}
