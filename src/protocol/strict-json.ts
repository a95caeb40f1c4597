/** Levels of nesting that are read; a network configuration has less than ten. */
const depthLimit = 100;

interface Level {
  /** Keys seen so far; undefined for a list. */
  readonly keys: Set<string> | undefined;
  expectsKey: boolean;
}

/**
 * What of a JSON text would silently become something else when it is parsed: a key that is there twice (the last would
 * count), `__proto__`, a number beyond what a number holds, more nesting than a parser bears. undefined: nothing. What is
 * no JSON at all is left to the parser. It looks at each character once, whatever the text.
 */
export function jsonFault(text: string): string | undefined {
  const levels: Level[] = [];
  for (let at = 0; at < text.length; ) {
    const end = endOfToken(text, at);
    const fault = take(text.slice(at, end), levels);
    if (fault !== undefined) return fault;
    at = end;
  }
  return undefined;
}

// A string to its closing quote, a run of what numbers and words are made of, or one character.
function endOfToken(text: string, start: number): number {
  let at = start + 1;
  if (text[start] === '"') {
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return Math.min(at + 1, text.length);
  }
  const word = /[\w.+-]+/y;
  word.lastIndex = start;
  return word.test(text) ? word.lastIndex : at;
}

function take(token: string, levels: Level[]): string | undefined {
  const level = levels.at(-1);
  switch (token[0]) {
    case '{':
    case '[':
      levels.push({ keys: token === '{' ? new Set() : undefined, expectsKey: token === '{' });
      return levels.length > depthLimit ? `it is nested more than ${depthLimit} levels deep` : undefined;
    case '}':
    case ']':
      levels.pop();
      return undefined;
    case ',':
      if (level?.keys !== undefined) level.expectsKey = true;
      return undefined;
    case '"':
      return level?.keys !== undefined && level.expectsKey ? takeKey(token, level, level.keys) : undefined;
    case undefined:
    default:
      return [Infinity, -Infinity].includes(Number(token)) ? `the number ${token} is too large` : undefined;
  }
}

function takeKey(token: string, level: Level, keys: Set<string>): string | undefined {
  level.expectsKey = false;
  const key = unquoted(token);
  if (key === undefined) return undefined;
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
