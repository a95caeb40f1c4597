import type {
  FaultPlace,
  JsonArray,
  JsonFault,
  JsonMember,
  JsonNode,
  JsonObject,
  JsonString,
  JsonText,
} from './json-tree.ts';

/**
 * Parses a text by RFC 8259. A broken text gives the tree up to the fault, so that a reader which checks types
 * while it reads (serde_json) can report an earlier error of type before a later one of syntax.
 */
export function parseJson(text: string): JsonText {
  return new Parser(text).document();
}

/** The first index from `from` on that is not white space in JSON's sense. */
export function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
  return at;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #fault: JsonFault | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonText {
    const root = this.#value('value', 'end');
    if (root !== null && this.#fault === undefined && this.#next() !== '') this.#fail('end');
    return {
      text: this.#text,
      ...(root === null ? {} : { root }),
      ...(this.#fault === undefined ? {} : { fault: this.#fault }),
    };
  }

  /** `after` is the place that follows the value: a digit behind a leading zero is a fault there. */
  #value(due: FaultPlace, after: FaultPlace): JsonNode | null {
    const char = this.#next();
    switch (char) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      case 'n':
        return this.#literal('null', (start, end) => ({ kind: 'null', start, end }));
      case 't':
        return this.#literal('true', (start, end) => ({ kind: 'bool', start, end, value: true }));
      case 'f':
        return this.#literal('false', (start, end) => ({ kind: 'bool', start, end, value: false }));
      default:
        return char === '-' || isDigit(char) ? this.#number(after) : this.#fail(due);
    }
  }

  #object(): JsonObject {
    const start = this.#at;
    const members: JsonMember[] = [];
    this.#at += 1;
    if (this.#next() === '}') return { kind: 'object', start, end: this.#step(), members };
    for (;;) {
      if (this.#next() !== '"') this.#fail(members.length === 0 ? 'first key' : 'key');
      const key = this.#fault === undefined ? this.#string() : null;
      if (key === null) return { kind: 'object', start, members };
      const value = this.#next() === ':' ? this.#valueAfter('value', 'after member') : this.#fail('colon');
      members.push(value === null ? { key } : { key, value });
      if (this.#fault !== undefined) return { kind: 'object', start, members };
      const char = this.#next();
      if (char === '}') return { kind: 'object', start, end: this.#step(), members };
      if (char !== ',') this.#fail('after member');
      else this.#at += 1;
    }
  }

  #array(): JsonArray {
    const start = this.#at;
    const items: JsonNode[] = [];
    this.#at += 1;
    if (this.#next() === ']') return { kind: 'array', start, end: this.#step(), items };
    for (let due: FaultPlace = 'first element'; ; due = 'element') {
      const item = this.#value(due, 'after element');
      if (item !== null) items.push(item);
      if (this.#fault !== undefined) return { kind: 'array', start, items };
      const char = this.#next();
      if (char === ']') return { kind: 'array', start, end: this.#step(), items };
      if (char !== ',') {
        this.#fail('after element');
        return { kind: 'array', start, items };
      }
      this.#at += 1;
    }
  }

  #valueAfter(due: FaultPlace, after: FaultPlace): JsonNode | null {
    this.#at += 1;
    return this.#value(due, after);
  }

  #string(): JsonString | null {
    const start = this.#at;
    for (this.#at += 1; this.#char() !== '"'; this.#at += 1) {
      if (this.#char() < ' ') return this.#fail('string');
      if (this.#char() !== '\\') continue;
      this.#at += 1;
      if (this.#char() === 'u') {
        for (let digit = 0; digit < 4; digit += 1) {
          this.#at += 1;
          if (!/^[0-9a-f]$/i.test(this.#char())) return this.#fail('hex');
        }
      } else if (!/^["\\/bfnrt]$/.test(this.#char())) return this.#fail('escape');
    }
    const end = this.#step();
    return { kind: 'string', start, end, value: String(JSON.parse(this.#text.slice(start, end))) };
  }

  #literal(word: string, node: (start: number, end: number) => JsonNode): JsonNode | null {
    const start = this.#at;
    for (const letter of word) {
      if (this.#char() !== letter) return this.#fail('literal', start);
      this.#at += 1;
    }
    return node(start, this.#at);
  }

  #number(after: FaultPlace): JsonNode | null {
    const start = this.#at;
    if (this.#char() === '-') this.#at += 1;
    if (this.#char() === '0') {
      this.#at += 1;
      if (isDigit(this.#char())) return this.#fail(after);
    } else if (!this.#digits()) return this.#fail('integer');
    if (this.#char() === '.') {
      this.#at += 1;
      if (!this.#digits()) return this.#fail('fraction');
    }
    if (/^e$/i.test(this.#char())) {
      this.#at += 1;
      if (/^[+-]$/.test(this.#char())) this.#at += 1;
      if (!this.#digits()) return this.#fail('exponent');
    }
    return { kind: 'number', start, end: this.#at, text: this.#text.slice(start, this.#at) };
  }

  #digits(): boolean {
    const start = this.#at;
    while (isDigit(this.#char())) this.#at += 1;
    return this.#at > start;
  }

  /** The character at hand after any white space; '' at the end of the text. */
  #next(): string {
    this.#at = skipSpace(this.#text, this.#at);
    return this.#char();
  }

  #char(): string {
    return this.#text.charAt(this.#at);
  }

  #step(): number {
    this.#at += 1;
    return this.#at;
  }

  #fail(place: FaultPlace, token = this.#at): null {
    this.#fault ??= { place, at: this.#at, token };
    return null;
  }
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9' && char.length === 1;
}
