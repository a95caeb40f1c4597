/**
 * A text of somebody else's, such as a container id or a link's alias, as it can be shown in a line on a terminal: what would
 * move the cursor, colour, turn the direction or end the line is written as JSON escapes it.
 */
export function printable(text: string): string {
  return /[^ -~]/.test(text) ? text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped) : text;
}

/**
 * All of what leaves for a terminal: lines, tabs and, where it may be coloured, numbers of "Select Graphic Rendition" stay as
 * they are. The rest is printable. JSON stays JSON, with the same values.
 */
export function printableLines(text: string, colours: boolean): string {
  // Nearly all lines are ASCII without control characters, and are only looked through for that.
  return text.replace(/[^\n\t -~][^\n]*/g, (rest) =>
    rest.replace(/\x1B\[\d{1,2}m|[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu, (found) =>
      found.length > 2 && colours ? found : printable(found),
    ),
  );
}

// In units of UTF-16: a character may have two.
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }).join('');
}
