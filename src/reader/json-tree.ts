// JSON as the readers meet it, with what JSON.parse loses and they tell apart: duplicate keys and their order, the
// text of a number, where each token starts and ends, and how far a broken text was sound.
// Positions are UTF-16 indices into the text.

/** A string, or a key. */
export interface JsonString {
  readonly kind: 'string';
  readonly start: number;
  readonly end: number;
  /** May hold lone surrogates: serde_json refuses those escapes, Go replaces them. */
  readonly value: string;
}

/** An array. */
export interface JsonArray {
  readonly kind: 'array';
  readonly start: number;
  /** Absent where the text breaks off inside. */
  readonly end?: number;
  readonly items: readonly JsonNode[];
}

/** A key with its value. */
export interface JsonMember {
  readonly key: JsonString;
  /** Absent where the text breaks off before a value could be made out. */
  readonly value?: JsonNode;
}

/** An object. */
export interface JsonObject {
  readonly kind: 'object';
  readonly start: number;
  /** Absent where the text breaks off inside. */
  readonly end?: number;
  readonly members: readonly JsonMember[];
}

/** A value. */
export type JsonNode =
  | { readonly kind: 'null'; readonly start: number; readonly end: number }
  | { readonly kind: 'bool'; readonly start: number; readonly end: number; readonly value: boolean }
  | { readonly kind: 'number'; readonly start: number; readonly end: number; readonly text: string }
  | JsonString
  | JsonArray
  | JsonObject;

/** What was being read where the text stopped being JSON. Each reader has its own words for it. */
export type FaultPlace =
  | 'value'
  | 'first element'
  | 'element'
  | 'after element'
  | 'first key'
  | 'key'
  | 'colon'
  | 'after member'
  | 'end'
  | 'string'
  | 'escape'
  | 'hex'
  | 'literal'
  | 'integer'
  | 'fraction'
  | 'exponent';

/** Where a text stops being JSON, and what was being read there. */
export interface JsonFault {
  readonly place: FaultPlace;
  /** Index of the character that does not fit, or the length of the text where it ends too early. */
  readonly at: number;
  /** Start of the literal, for `literal`. */
  readonly token: number;
}

/** A text with the tree of what could be read of it. */
export interface JsonText {
  readonly text: string;
  /** Absent where not even the first token is sound. */
  readonly root?: JsonNode;
  readonly fault?: JsonFault;
}
