import { danFileDepthLimit, tooDeep } from '../json/nesting.ts';
import { endOfString } from '../json/end-of-string.ts';

/** A value with what `JSON.parse` loses: duplicate keys, and the text of a number. */
export type JsonNode =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | JsonContainer;

/** A list or an object. */
export type JsonContainer =
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly members: readonly JsonMember[] };

/** A key of an object, and its value. */
export interface JsonMember {
  readonly key: string;
  readonly value: JsonNode;
}

interface ParsedJson {
  readonly root: JsonNode;
  /** Whether no text of the document has an escape. */
  readonly isPlain: boolean;
}

/**
 * Parses a text by RFC 8259, to which both of Kata's readers adhere, or says why it is not JSON. More levels than
 * Kata's Rust reader accepts are a fault, too. The Go reader accepts 10,000, which no writer of a DAN file needs.
 */
export function parseJson(text: string): ParsedJson | { readonly fault: string } {
  try {
    const isPlain = isPlainJson(text);
    return { root: documentOf(text, isPlain), isPlain };
  } catch (error) {
    if (error instanceof SyntaxError) return { fault: error.message };
    throw error;
  }
}

/** The tokens of the grammar. Each expression is made only once, since it is used for every value. */
const grammar = {
  word: /null|true|false/y,
  number: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?/iy,
} as const;

/** Character codes: comparing numbers takes less time than comparing texts, and this compares thousands. */
const [tab, lineFeed, carriageReturn, space] = [9, 10, 13, 32];
const [quote, comma, colon, square, squareEnd, brace, braceEnd] = [0x22, 0x2c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d];

/** Parses a whole document; throws a SyntaxError for what is not JSON. */
function documentOf(text: string, isPlain: boolean): JsonNode {
  let at = 0;
  let depth = 0;
  const root = value();
  return Number.isNaN(next()) ? root : fail('there is something after the document');

  function value(): JsonNode {
    const code = next();
    if (code === quote) return { kind: 'string', value: string() };
    if (code === brace) return { kind: 'object', members: list(braceEnd, member) };
    if (code === square) return { kind: 'array', items: list(squareEnd, value) };
    const word = token(grammar.word);
    if (word !== undefined) return { kind: word === 'null' ? 'null' : 'bool' };
    const number = token(grammar.number);
    return number === undefined ? fail('a value is expected') : { kind: 'number', text: number };
  }

  function list<T>(end: number, read: () => T): readonly T[] {
    const items: T[] = [];
    depth += 1;
    if (depth > danFileDepthLimit) throw new SyntaxError(`it ${tooDeep(danFileDepthLimit)}`);
    at += 1;
    let code = next();
    if (code !== end) {
      items.push(read());
      for (code = next(); code === comma; code = next()) {
        at += 1;
        items.push(read());
      }
    }
    if (code !== end) fail(`"," or "${String.fromCharCode(end)}" is expected`);
    at += 1;
    depth -= 1;
    return items;
  }

  function member(): JsonMember {
    if (next() !== quote) fail('a key in quotes is expected');
    const key = string();
    if (next() !== colon) fail('":" is expected');
    at += 1;
    return { key, value: value() };
  }

  function string(): string {
    const start = at;
    if (isPlain) {
      at = text.indexOf('"', start + 1) + 1;
      return text.slice(start + 1, at - 1);
    }
    const end = endOfString(text, start);
    try {
      const value = JSON.parse(text.slice(start, end)) as string;
      at = end;
      return value;
    } catch {
      return fail('there is a text without an end, or with an escape or a character that JSON does not have,');
    }
  }

  function token(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    at += found?.length ?? 0;
    return found;
  }

  /** The code of the next character after any white space, without consuming it; NaN at the end of the text. */
  function next(): number {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== space && code !== lineFeed && code !== tab && code !== carriageReturn) return code;
      at += 1;
    }
  }

  function fail(fault: string): never {
    const lines = text.slice(0, at).split('\n');
    throw new SyntaxError(
      `it is not JSON: ${fault} at line ${lines.length}, character ${(lines.at(-1) ?? '').length + 1}`,
    );
  }
}

// Whether it is JSON without escapes: then a text is what is between its quotes, and need not be checked. A file that
// was decoded from UTF-8 has no unpaired surrogates; a caller's text may have.
function isPlainJson(text: string): boolean {
  if (text.includes('\\') || !text.isWellFormed()) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const names = { null: 'null', bool: 'true or false', array: 'a list', object: 'an object' };

/** The name of a value in a sentence. */
export function nameOf(node: JsonNode): string {
  if (node.kind === 'number') return `the number ${node.text}`;
  return node.kind === 'string' ? `the text ${JSON.stringify(node.value)}` : names[node.kind];
}
