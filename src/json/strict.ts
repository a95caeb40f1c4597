import { messageOf } from './thrown.ts';
import { endOfString } from './end-of-string.ts';
import { depthLimit, tooDeep } from './nesting.ts';

interface Level {
  /** Keys seen so far; undefined for a list. */
  readonly keys: Set<string> | undefined;
  expectsKey: boolean;
}

/** Parses a JSON text strictly. A fault is a clause: why it is not JSON, or what {@link jsonFault} finds. */
export function readStrict(text: string): { readonly value: unknown } | { readonly fault: string } {
  const fault = jsonFault(text);
  if (fault !== undefined) return { fault };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

/**
 * What a parser would silently change in a JSON text: a duplicate key (the last would count), `__proto__`, a number
 * beyond the range of numbers; or more nesting than a parser can handle. Undefined if there is nothing. Errors of
 * syntax are left to the parser. This looks at each character once.
 */
export function jsonFault(text: string): string | undefined {
  const levels: Level[] = [];
  let level: Level | undefined;
  for (let at = 0; at < text.length; ) {
    const start = at;
    at += 1;
    switch (text[start]) {
      case ' ':
      case ':':
      case '\n':
        break;
      case '"': {
        at = endOfString(text, start);
        if (level?.expectsKey !== true) break;
        const fault = takeKey(text.slice(start, at), level);
        if (fault !== undefined) return fault;
        break;
      }
      case ',':
        if (level?.keys !== undefined) level.expectsKey = true;
        break;
      case '{':
      case '[': {
        const isObject = text[start] === '{';
        level = { keys: isObject ? new Set() : undefined, expectsKey: isObject };
        if (levels.push(level) > depthLimit) return `it ${tooDeep(depthLimit)}`;
        break;
      }
      case '}':
      case ']':
        levels.pop();
        level = levels.at(-1);
        break;
      case undefined:
      default: {
        at = endOfWord(text, start);
        const word = text.slice(start, at);
        if (Math.abs(Number(word)) === Infinity) return `the number ${word} is too large`;
      }
    }
  }
  return undefined;
}

/** The characters of numbers and words. */
const words = /[\w.+-]+/y;

function endOfWord(text: string, start: number): number {
  words.lastIndex = start;
  return words.test(text) ? words.lastIndex : start + 1;
}

function takeKey(token: string, level: Level): string | undefined {
  level.expectsKey = false;
  const { keys } = level;
  // Without a backslash, a key is the text between its quotes.
  const key = token.includes('\\') ? unquoted(token) : token.slice(1, -1);
  if (key === undefined || keys === undefined) return undefined;
  if (key === '__proto__') return 'it has the key "__proto__"';
  if (keys.has(key)) return `it has the key ${JSON.stringify(key)} twice in one object`;
  keys.add(key);
  return undefined;
}

function unquoted(token: string): string | undefined {
  try {
    return JSON.parse(token) as string;
  } catch {
    return undefined;
  }
}
