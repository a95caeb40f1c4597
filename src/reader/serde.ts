import { fieldNames, type FieldsOf, isFieldOf } from './serde-field.ts';
import type { JsonFault, JsonNode, JsonString, JsonText } from './json-tree.ts';
import { skipSpace } from './json.ts';
import { faultMessage, faultPosition, lineAndColumn } from './serde-position.ts';
import { parseRustNumber, type RustNumber, unexpected } from './serde-unexpected.ts';

/** A refusal by serde_json. One raised on buffered content has no position until an outer struct gives it its own. */
export class SerdeError extends Error {
  readonly placed: boolean;
  constructor(message: string, placed: boolean) {
    super(message);
    this.placed = placed;
  }
}

/**
 * Reads typed values from a parsed text as serde_json::from_str does with derived `Deserialize` (serde_json/src/de.rs,
 * serde_derive): in document order, the first error wins, with serde_json's message and position. What it accepts is
 * exact; a message or a position may differ where the fault is one of syntax in a value that nothing reads, in an
 * unpaired surrogate, or behind the last field of an array that stands for a struct.
 */
export class SerdeReader {
  readonly #text: string;
  readonly #fault: JsonFault | undefined;
  readonly #buffered: boolean;

  constructor(json: JsonText, buffered = false) {
    this.#text = json.text;
    this.#fault = json.fault;
    this.#buffered = buffered;
  }

  /** Reads the whole text with `read`; what follows the value must be white space. */
  document<T>(root: JsonNode | undefined, read: (node: JsonNode) => T): T {
    const value = read(this.sound(root));
    if (this.#fault !== undefined) throw this.#broken(this.#fault);
    return value;
  }

  /** A `String`; `expected` is what serde says it wanted instead. */
  string(node: JsonNode, expected = 'a string'): string {
    if (node.kind !== 'string') throw this.mismatch(node, expected);
    return this.#wellFormed(node);
  }

  /** An `Option<String>`: the one kind of value that may be null. */
  optionalString(node: JsonNode): string | null {
    return node.kind === 'null' ? null : this.string(node);
  }

  /** An unsigned integer of `bits` bits. Numbers above 2^53 lose precision, which no rule here depends on. */
  unsigned(node: JsonNode, bits: 32 | 64, type = `u${bits}`): number {
    if (node.kind !== 'number') throw this.mismatch(node, type);
    const number = this.#number(node.text, node.end);
    if (number.kind === 'float') throw this.mismatch(node, type);
    if (number.value < 0n || number.value >= 1n << BigInt(bits)) {
      throw this.error(`invalid value: integer \`${number.value.toString()}\`, expected ${type}`, node.end);
    }
    return Number(number.value);
  }

  /** A `Vec`. */
  sequence<T>(node: JsonNode, read: (node: JsonNode) => T): T[] {
    if (node.kind !== 'array') throw this.mismatch(node, 'a sequence');
    const values = node.items.map(read);
    this.closed(node.end);
    return values;
  }

  /** A struct: an object by key, or, as derived code also takes it, an array by position. */
  struct<S extends object>(node: JsonNode, name: string, fields: FieldsOf<S>, passed?: string): S {
    if (node.kind === 'array') return this.#fromItems(node.items, node.end, name, fields);
    if (node.kind !== 'object') throw this.mismatch(node, name);
    const read: Partial<S> = {};
    for (const { key, value } of node.members) {
      const field = this.#wellFormed(key);
      if (field === passed) continue;
      if (!isFieldOf(fields, field)) {
        this.closed(this.sound(value).end);
        continue;
      }
      if (Object.hasOwn(read, field)) throw this.error(`duplicate field \`${field}\``, this.after(key.end));
      read[field] = this.placing(this.sound(value), fields[field].read);
    }
    const end = this.closed(node.end);
    for (const field of fieldNames(fields)) {
      if (Object.hasOwn(read, field)) continue;
      const { missing } = fields[field];
      if (missing === undefined) throw this.error(`missing field \`${field}\``, end);
      read[field] = missing();
    }
    return read as S;
  }

  /** Wrong type: serde's `invalid_type`, placed behind a scalar and in front of a container. */
  mismatch(node: JsonNode, expected: string): SerdeError {
    if (node.kind === 'number') this.#number(node.text, node.end);
    if (node.kind === 'string') this.#wellFormed(node);
    const at = node.kind === 'array' || node.kind === 'object' ? node.start : this.closed(node.end);
    return this.error(`invalid type: ${unexpected(node)}, expected ${expected}`, at);
  }

  /** A refusal at a place, which content that was buffered has lost. */
  error(message: string, at: number): SerdeError {
    if (this.#buffered) return new SerdeError(message, false);
    return new SerdeError(`${message} at ${lineAndColumn(this.#text, at)}`, true);
  }

  /** The node, or the fault of syntax that kept it from being one. */
  sound(node: JsonNode | undefined): JsonNode {
    if (node === undefined) throw this.#broken(this.#fault);
    return node;
  }

  /** Reads a member; an error that buffered content raised gets the position where serde_json's map stands then. */
  placing<T>(node: JsonNode, read: (node: JsonNode) => T): T {
    try {
      return read(node);
    } catch (error) {
      if (!(error instanceof SerdeError) || error.placed || this.#buffered) throw error;
      throw this.error(error.message, this.after(this.closed(node.end)));
    }
  }

  /** Where serde_json stands once it tried to close the map behind `end`: past white space and a closing brace. */
  after(end: number): number {
    const at = skipSpace(this.#text, end);
    return this.#text.charAt(at) === '}' ? at + 1 : at;
  }

  /**
   * Reads a value in full before it is typed, as serde does for an internally tagged enum: faults of syntax, numbers
   * out of range and lone surrogates anywhere in it come first, and nothing may nest deeper than 127 levels.
   */
  buffer(node: JsonNode, depth: number): void {
    if (node.kind === 'number') this.#number(node.text, node.end);
    if (node.kind === 'string') this.#wellFormed(node);
    if (node.kind !== 'array' && node.kind !== 'object') return;
    if (depth >= 127) throw this.error('recursion limit exceeded', node.start + 1);
    if (node.kind === 'array') {
      for (const item of node.items) this.buffer(item, depth + 1);
    } else {
      for (const { key, value } of node.members) {
        this.#wellFormed(key);
        this.buffer(this.sound(value), depth + 1);
      }
    }
    this.closed(node.end);
  }

  #fromItems<S>(items: readonly JsonNode[], end: number | undefined, name: string, fields: FieldsOf<S>): S {
    const read: Partial<S> = {};
    const names = fieldNames(fields);
    for (const [index, field] of names.entries()) {
      const item = items[index];
      if (item !== undefined) read[field] = this.placing(item, fields[field].read);
      else {
        const at = this.closed(end);
        const { short } = fields[field];
        const elements = `${names.length} element${names.length === 1 ? '' : 's'}`;
        if (short === undefined) throw this.error(`invalid length ${index}, expected ${name} with ${elements}`, at);
        read[field] = short();
      }
    }
    const extra = items[names.length];
    if (extra !== undefined) throw this.#tooLong(items.length, names.length, extra);
    this.closed(end);
    return read as S;
  }

  #tooLong(length: number, taken: number, extra: JsonNode): SerdeError {
    if (!this.#buffered) return this.error('trailing characters', extra.start + 1);
    const element = taken === 1 ? '1 element' : `${taken} elements`;
    return this.error(`invalid length ${length}, expected ${element} in sequence`, extra.start);
  }

  #number(text: string, end: number): RustNumber {
    const number = parseRustNumber(text);
    if (number === undefined) throw this.error('number out of range', end);
    return number;
  }

  #wellFormed(node: JsonString): string {
    if (node.value.isWellFormed()) return node.value;
    throw this.error('lone leading surrogate in hex escape', node.end);
  }

  /** The end of a token, or the fault of syntax that kept it from having one. */
  closed(end: number | undefined): number {
    if (end === undefined) throw this.#broken(this.#fault);
    return end;
  }

  #broken(fault: JsonFault | undefined): SerdeError {
    if (fault === undefined) throw new Error('the parser left a value out without a fault');
    return new SerdeError(`${faultMessage(this.#text, fault)} at ${faultPosition(this.#text, fault)}`, true);
  }
}
