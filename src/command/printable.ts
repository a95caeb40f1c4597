/**
 * A text of somebody else's, such as a container id or a link's alias, as it can be shown on a terminal: what would move
 * the cursor, colour or end the line is written as its escape.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
