import { utf8 } from '#bytes';
import type { JsonFault } from './json-tree.ts';

/** serde_json's message for a fault of syntax (serde_json/src/error.rs, `ErrorCode`). */
export function faultMessage(text: string, fault: JsonFault): string {
  const char = text.charAt(fault.at);
  if (char === '') return endedEarly(fault);
  switch (fault.place) {
    case 'value':
    case 'first element':
      return 'expected value';
    case 'element':
      return char === ']' ? 'trailing comma' : 'expected value';
    case 'first key':
      return 'key must be a string';
    case 'key':
      return char === '}' ? 'trailing comma' : 'key must be a string';
    case 'colon':
      return 'expected `:`';
    case 'after element':
      return isLeadingZero(text, fault) ? 'invalid number' : 'expected `,` or `]`';
    case 'after member':
      return isLeadingZero(text, fault) ? 'invalid number' : 'expected `,` or `}`';
    case 'end':
      return isLeadingZero(text, fault) ? 'invalid number' : 'trailing characters';
    case 'string':
      return 'control character (\\u0000-\\u001F) found while parsing a string';
    case 'escape':
    case 'hex':
      return 'invalid escape';
    case 'literal':
      return 'expected ident';
    case 'integer':
    case 'fraction':
    case 'exponent':
      return 'invalid number';
  }
}

function endedEarly({ place }: JsonFault): string {
  switch (place) {
    case 'first element':
    case 'after element':
      return 'EOF while parsing a list';
    case 'first key':
    case 'colon':
    case 'after member':
      return 'EOF while parsing an object';
    case 'string':
    case 'escape':
    case 'hex':
      return 'EOF while parsing a string';
    case 'value':
    case 'element':
    case 'key':
    case 'end':
    case 'literal':
    case 'integer':
    case 'fraction':
    case 'exponent':
      return 'EOF while parsing a value';
  }
}

/** Where serde_json says that a fault is: behind the byte that does not fit, or at the end of the text. */
export function faultPosition(text: string, { at }: JsonFault): string {
  // The first byte alone counts, so any other character stands for a longer one.
  const byte = text.charAt(at) === '\n' ? '\n' : '.';
  return at < text.length ? lineAndColumn(text.slice(0, at) + byte, at + 1) : lineAndColumn(text, at);
}

/** `line L column C` as serde_json counts: lines from 1, columns in bytes of UTF-8 since the last newline. */
export function lineAndColumn(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  return `line ${lines.length} column ${utf8(lines.at(-1) ?? '').length}`;
}

/** A digit right behind a zero: serde_json sees a bad number where the grammar sees one number after another. */
function isLeadingZero(text: string, fault: JsonFault): boolean {
  return /\d/.test(text.charAt(fault.at)) && text.charAt(fault.at - 1) === '0';
}
