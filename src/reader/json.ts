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

/**
 * Parses a text by RFC 8259, to which both of Kata's readers adhere, or says why it is not JSON. More levels than
 * Kata's Rust reader accepts are a fault, too. The Go reader accepts 10,000, which no writer of a DAN file needs.
 */
export function parseJson(text: string): { readonly root: JsonNode } | { readonly fault: string } {
  try {
    return { root: new Parser(text).document() };
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

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    const root = this.#value();
    return this.#next() === '' ? root : this.#fail('there is something after the document');
  }

  #value(): JsonNode {
    switch (this.#next()) {
      case '{':
        return { kind: 'object', members: this.#list('}', () => this.#member()) };
      case '[':
        return { kind: 'array', items: this.#list(']', () => this.#value()) };
      case '"':
        return { kind: 'string', value: this.#string() };
      default: {
        const word = this.#token(grammar.word);
        if (word !== undefined) return { kind: word === 'null' ? 'null' : 'bool' };
        const number = this.#token(grammar.number);
        return number === undefined ? this.#fail('a value is expected') : { kind: 'number', text: number };
      }
    }
  }

  #list<T>(end: '}' | ']', read: () => T): readonly T[] {
    const items: T[] = [];
    this.#depth += 1;
    if (this.#depth > danFileDepthLimit) throw new SyntaxError(`it ${tooDeep(danFileDepthLimit)}`);
    this.#at += 1;
    if (this.#next() !== end) items.push(read());
    while (this.#next() === ',') {
      this.#at += 1;
      items.push(read());
    }
    if (this.#next() !== end) this.#fail(`"," or "${end}" is expected`);
    this.#at += 1;
    this.#depth -= 1;
    return items;
  }

  #member(): JsonMember {
    if (this.#next() !== '"') this.#fail('a key in quotes is expected');
    const key = this.#string();
    if (this.#next() !== ':') this.#fail('":" is expected');
    this.#at += 1;
    return { key, value: this.#value() };
  }

  #string(): string {
    const end = endOfString(this.#text, this.#at) - 1;
    try {
      const value = JSON.parse(this.#text.slice(this.#at, end + 1)) as string;
      this.#at = end + 1;
      return value;
    } catch {
      return this.#fail('there is a text without an end, or with an escape or a character that JSON does not have,');
    }
  }

  #token(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [token] = pattern.exec(this.#text) ?? [];
    this.#at += token?.length ?? 0;
    return token;
  }

  /** The next character after any white space, without consuming it; '' at the end of the text. */
  #next(): string {
    const text = this.#text;
    for (;;) {
      // This runs for each token, and comparing numbers is faster than comparing texts.
      const code = text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 9 && code !== 13) return text.charAt(this.#at);
      this.#at += 1;
    }
  }

  #fail(fault: string): never {
    const lines = this.#text.slice(0, this.#at).split('\n');
    throw new SyntaxError(
      `it is not JSON: ${fault} at line ${lines.length}, character ${(lines.at(-1) ?? '').length + 1}`,
    );
  }
}

const names = { null: 'null', bool: 'true or false', array: 'a list', object: 'an object' };

/** The name of a value in a sentence. */
export function nameOf(node: JsonNode): string {
  if (node.kind === 'number') return `the number ${node.text}`;
  return node.kind === 'string' ? `the text ${JSON.stringify(node.value)}` : names[node.kind];
}
