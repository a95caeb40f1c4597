import { accept, type Parsed, reject } from '../model/parsed.ts';
import { type DanFile, danFile, type Field, type Struct, type Text, type Whole } from './format.ts';
import { type JsonContainer, type JsonNode, nameOf, parseJson } from './json.ts';
import { once } from '../model/once.ts';
import { inside, type Reason, type Refusal } from './verdict.ts';

/**
 * The reader of a file: Kata's Rust runtime, by the rules of serde_json for derived `Deserialize`
 * (serde_json/src/de.rs, serde_derive); Kata's Go runtime, by those of encoding/json's `Unmarshal` (decode.go); or an
 * unknown reader of the format as it was first published.
 */
export type DecoderName = 'generic' | 'go' | 'rust';

/** The device types of a reader. Go reads all keys of a device whatever its type, and checks the type later. */
const deviceTypes = { rust: ['host-tap', 'vhost-user'], generic: ['host-tap', 'vhost-user', 'vfio'], go: undefined };

interface Decoded {
  readonly accepted: true;
  readonly file: DanFile;
  /** Duplicate keys. */
  readonly altered: readonly Reason[];
}

/** Decodes the text of a DAN file like a reader. A refusal has all reasons. */
export function decode(text: string, reader: DecoderName): Decoded | Refusal {
  const json = parseJson(text);
  if ('fault' in json) return { accepted: false, refusals: [{ where: '', why: json.fault }] };
  const decoder = new Decoder(reader);
  const file = decoder.read(danFile, json.root, emptyOf(danFile), '') as DanFile;
  const { altered, refusals } = decoder;
  return refusals.length > 0 ? { accepted: false, refusals } : { accepted: true, file, altered };
}

/** A field of an object, and its key. */
interface Named {
  readonly name: string;
  readonly field: Field;
}

class Decoder {
  readonly refusals: Reason[] = [];
  readonly altered: Reason[] = [];
  readonly #reader: DecoderName;
  /** The fields of each struct that the reader knows, cached: a file has many objects of few structs. */
  readonly #fields = new Map<Struct, readonly Named[]>();

  constructor(reader: DecoderName) {
    this.#reader = reader;
  }

  /** The decoded value; `old` if it is refused, and for null in Go. */
  read(field: Field, node: JsonNode, old: unknown, where: string): unknown {
    if (this.#reader === 'go' && node.kind === 'null') return field.is === 'list' ? [] : old;
    if (field.is === 'text' && node.kind === 'string') {
      const taken = takeText(node.value, field, this.#reader);
      return taken.ok ? taken.value : this.#refuse(where, taken.why, old);
    }
    if (field.is === 'whole' && node.kind === 'number' && isWhole(node.text, field, this.#reader)) {
      return Number(node.text);
    }
    if (field.is === 'list' && node.kind === 'array') {
      const before = old as readonly unknown[];
      return node.items.map((item, at) =>
        this.read(field.of, item, before[at] ?? emptyOf(field.of), `${where}[${at}]`),
      );
    }
    // Rust's derived code also accepts a list with the values by position.
    if (field.is === 'struct' && (node.kind === 'object' || (node.kind === 'array' && this.#reader === 'rust'))) {
      return this.#struct(field, node, old as object, where);
    }
    return this.#refuse(where, `it is ${nameOf(node)}, and must be ${wanted(field, this.#reader)}`, old);
  }

  #struct(struct: Struct, node: JsonContainer, old: object, where: string): unknown {
    const fields = this.#fieldsOf(struct, node, where);
    const named = node.kind === 'array' ? new Map<string, JsonNode[]>() : this.#valuesOf(node, where);
    // For a device of unknown type, only the type is read.
    if (node.kind === 'array' && node.items.length > fields.length && fields.length > 1) {
      this.#refuse(where, `it is a list of more than ${fields.length} values`);
    }
    const isGo = this.#reader === 'go';
    const read: Record<string, unknown> = { ...old };
    let at = -1;
    for (const { name, field } of fields) {
      at += 1;
      const place = inside(where, name);
      const values = node.kind === 'array' ? node.items.slice(at, at + 1) : (named.get(name) ?? []);
      if (values.length > 1) this.#noteRepeated(place);
      if (values.length === 0) read[name] = this.#missing(field, read[name], place, node.kind);
      // Go decodes each duplicate into the previous value.
      for (const value of isGo ? values : values.slice(-1)) {
        const isNothing = value.kind === 'null' && !isGo && field.nullable === true && !this.#requires(field);
        read[name] = isNothing ? null : this.read(field, value, read[name], place);
      }
    }
    return read;
  }

  /** The values of each key of an object, with keys as the reader matches them. */
  #valuesOf({ members }: JsonContainer & { readonly kind: 'object' }, where: string): ReadonlyMap<string, JsonNode[]> {
    const named = new Map<string, JsonNode[]>();
    for (const { key, value } of members) {
      const taken = takeText(key, { is: 'text' }, this.#reader);
      if (!taken.ok) this.#refuse(where, taken.why);
      const name = this.#reader === 'go' ? foldedByGo(key) : key;
      const before = named.get(name);
      if (before === undefined) named.set(name, [value]);
      else before.push(value);
    }
    return named;
  }

  /** The fields of an object that the reader knows; for an object with variants, those of the variant in `type`. */
  #fieldsOf(struct: Struct, node: JsonContainer, where: string): readonly Named[] {
    const { fields, variants } = struct;
    const reader = this.#reader;
    const all = once(this.#fields, struct, () =>
      Object.entries(fields).flatMap(([name, field]) =>
        field.is === 'ignored' || field.notIn === reader ? [] : [{ name, field }],
      ),
    );
    const types = deviceTypes[reader];
    if (variants === undefined || types === undefined) return all;
    // Rust buffers a device before it knows its variant.
    if (reader === 'rust') this.refusals.push(...faultsOfBuffered(node, where));
    const tag = node.kind === 'array' ? node.items[0] : node.members.findLast(({ key }) => key === 'type')?.value;
    const type = tag?.kind === 'string' ? tag.value : undefined;
    if (type !== undefined && !types.includes(type)) {
      const whose = type === 'vfio' ? '; only Kata’s Go runtime takes vfio devices' : '';
      const why = `the reader takes devices of type ${types.join(' or ')}, not ${JSON.stringify(type)}${whose}`;
      this.#refuse(inside(where, 'type'), why);
    }
    const names = types.includes(type ?? '') ? variants[type ?? ''] : undefined;
    return all.filter(({ name }) => name === 'type' || names?.includes(name) === true);
  }

  #missing(field: Field, old: unknown, place: string, kind: JsonContainer['kind']): unknown {
    if (this.#reader === 'go') return old;
    // In a list by position, an `Option` is required, too.
    if (this.#requires(field) || (kind === 'array' && field.nullable)) {
      return this.#refuse(place, 'it is missing, and required', old);
    }
    return field.missing === undefined ? old : field.missing;
  }

  #requires({ required }: Field): boolean {
    return this.#reader === 'generic' ? required !== undefined : required === 'always';
  }

  #noteRepeated(where: string): void {
    if (this.#reader === 'rust') this.#refuse(where, 'the key is there twice');
    if (this.#reader === 'go') {
      this.altered.push({ where, why: 'the key is there more than once: the last value counts' });
    }
  }

  #refuse(where: string, why: string, old?: unknown): unknown {
    this.refusals.push({ where, why });
    return old;
  }
}

function takeText(value: string, field: Field & Text, reader: DecoderName): Parsed<unknown> {
  if (reader === 'go') return accept(value.toWellFormed());
  if (reader === 'rust') {
    return value.isWellFormed()
      ? accept(value)
      : reject('it has an escape of half a character (an unpaired surrogate)');
  }
  // In this format, an empty text means that something is left out.
  if (field.check === undefined || (value === '' && field.required === undefined)) return accept(value);
  const checked = field.check(value);
  return checked.ok ? accept(value) : reject(`${JSON.stringify(value)} ${checked.why}`);
}

// Numbers above 2^53 lose precision, but no rule here depends on that.
function isWhole(text: string, { bits, signedInGo }: Whole, reader: DecoderName): boolean {
  // An unknown reader may read numbers as JavaScript does, in which 1.0 and 1e3 are whole.
  if (reader === 'generic') return Number.isSafeInteger(Number(text)) && Number(text) >= 0;
  if (reader === 'go' && signedInGo) return /^-?\d+$/.test(text) && BigInt.asIntN(bits, BigInt(text)) === BigInt(text);
  return /^\d+$/.test(text) && BigInt(text) < 1n << BigInt(bits);
}

function wanted(field: Field, reader: DecoderName): string {
  if (field.is !== 'whole')
    return { text: 'a text', list: 'a list', struct: 'an object', ignored: 'left out' }[field.is];
  return `a whole number,${reader === 'go' && field.signedInGo ? '' : ' 0 or more,'} of ${field.bits} bits`;
}

/** The initial value of a field: Go's zero value. */
function emptyOf(field: Field): unknown {
  if (field.is !== 'struct') return empty[field.is];
  return once(emptyStructs, field, () =>
    Object.fromEntries(Object.entries(field.fields).map(([name, one]) => [name, emptyOf(one)])),
  );
}

const empty = { text: '', whole: 0, list: [], ignored: undefined } as const;
const emptyStructs = new Map<Struct, object>();

// Keys match regardless of case, and Go treats the long s as an s.
function foldedByGo(key: string): string {
  return key.replaceAll('\u017f', 's').toLowerCase();
}

/**
 * What Rust refuses in a value that it buffers before it types it, as for an internally tagged enum (`#[serde(tag =
 * "type")]` in Kata's dan.rs), whatever its key: numbers that no float holds, unpaired surrogates. The limit of 127
 * levels is checked earlier.
 */
function faultsOfBuffered(node: JsonNode, where: string): readonly Reason[] {
  if (node.kind === 'string') {
    const taken = takeText(node.value, { is: 'text' }, 'rust');
    return taken.ok ? [] : [{ where, why: taken.why }];
  }
  if (node.kind === 'number') {
    return Number.isFinite(Number(node.text)) ? [] : [{ where, why: 'its number is too large' }];
  }
  if (node.kind !== 'array' && node.kind !== 'object') return [];
  if (node.kind === 'array') {
    return node.items.flatMap((item, at) => faultsOfBuffered(item, `${where}[${at}]`));
  }
  return node.members.flatMap(({ key, value }) => [
    ...faultsOfBuffered({ kind: 'string', value: key }, where),
    ...faultsOfBuffered(value, inside(where, key)),
  ]);
}
