import { utf8 } from '#bytes';
import type { FaultPlace, JsonFault, JsonText } from './json-tree.ts';

/**
 * What Go's encoding/json says of a text that is not JSON (`checkValid` and scanner.go), undefined of one that is.
 * Unlike serde_json it checks the whole text before it decodes anything.
 */
export function goSyntaxError({ text, fault }: JsonText): string | undefined {
  if (fault === undefined) return undefined;
  // At the end of the text Go's scanner takes one step more, with a space: within a token that does not fit either.
  const isEnd = fault.at >= text.length;
  if (isEnd && !withinToken.has(fault.place)) return 'unexpected end of JSON input';
  return `invalid character ${isEnd ? "' '" : quoteFirstByte(text, fault.at)} ${context(text, fault)}`;
}

const withinToken = new Set<FaultPlace>(['escape', 'hex', 'literal', 'integer', 'fraction', 'exponent']);

function context(text: string, fault: JsonFault): string {
  switch (fault.place) {
    case 'value':
    case 'first element':
    case 'element':
      return 'looking for beginning of value';
    case 'first key':
    case 'key':
      return 'looking for beginning of object key string';
    case 'colon':
      return 'after object key';
    case 'after member':
      return 'after object key:value pair';
    case 'after element':
      return 'after array element';
    case 'end':
      return 'after top-level value';
    case 'string':
      return 'in string literal';
    case 'escape':
      return 'in string escape code';
    case 'hex':
      return 'in \\u hexadecimal character escape';
    case 'literal': {
      const word = ['null', 'true', 'false'].find((known) => known.startsWith(text.charAt(fault.token))) ?? '';
      return `in literal ${word} (expecting '${word.charAt(fault.at - fault.token)}')`;
    }
    case 'integer':
      return 'in numeric literal';
    case 'fraction':
      return 'after decimal point in numeric literal';
    case 'exponent':
      return 'in exponent of numeric literal';
  }
}

/** `quoteChar`: Go names the first byte of the character as if that byte were a character of its own. */
function quoteFirstByte(text: string, at: number): string {
  const byte = utf8(text.slice(at, at + 2))[0] ?? 0;
  const names: Record<string, string> = {
    "'": "\\'",
    '\\': '\\\\',
    '\u0007': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
  };
  const char = String.fromCharCode(byte);
  const isPrintable = /[\x20-\x7e\xa1-\xac\xae-\xff]/.test(char);
  const unnamed = isPrintable ? char : `\\${byte < 0x80 ? 'x' : 'u00'}${byte.toString(16).padStart(2, '0')}`;
  return `'${names[char] ?? unnamed}'`;
}
