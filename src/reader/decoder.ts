import { type DanFile, danFile, type Field, type Struct, type Text, type Whole } from './format.ts';
import { type JsonContainer, type JsonMember, type JsonNode, nameOf, parseJson } from './json.ts';
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

/** A field of an object as a reader knows it. */
interface Named {
  readonly name: string;
  readonly field: Field;
  readonly isRequired: boolean;
  /** The value if the key is missing; undefined for the empty value of its type. */
  readonly missing: number | null | undefined;
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

  /** The decoded value of a key in a place; `old` if it is refused, and for null in Go. */
  read(field: Field, node: JsonNode, old: unknown, within: string, key = ''): unknown {
    if (this.#reader === 'go' && node.kind === 'null') return field.is === 'list' ? [] : old;
    if (field.is === 'text' && node.kind === 'string') {
      const fault = textFault(node.value, field, this.#reader);
      if (fault !== undefined) return this.#refuse(inside(within, key), fault, old);
      return this.#reader === 'go' ? node.value.toWellFormed() : node.value;
    }
    if (field.is === 'whole' && node.kind === 'number' && isWhole(node.text, field, this.#reader)) {
      return Number(node.text);
    }
    const where = inside(within, key);
    if (field.is === 'list' && node.kind === 'array') {
      const before = old as readonly unknown[];
      const empty = emptyOf(field.of);
      return node.items.map((item, at) => this.read(field.of, item, before[at] ?? empty, `${where}[${at}]`));
    }
    // Rust's derived code also accepts a list with the values by position.
    if (field.is === 'struct' && (node.kind === 'object' || (node.kind === 'array' && this.#reader === 'rust'))) {
      return this.#struct(field, node, old as object, where);
    }
    return this.#refuse(where, `it is ${nameOf(node)}, and must be ${wanted(field, this.#reader)}`, old);
  }

  #struct(struct: Struct, node: JsonContainer, old: object, where: string): unknown {
    const fields = this.#fieldsOf(struct, node, where);
    const members = node.kind === 'array' ? [] : this.#membersOf(node, where);
    // For a device of unknown type, only the type is read.
    if (node.kind === 'array' && node.items.length > fields.length && fields.length > 1) {
      this.#refuse(where, `it is a list of more than ${fields.length} values`);
    }
    const isGo = this.#reader === 'go';
    const read: Record<string, unknown> = { ...old };
    let at = -1;
    for (const { name, field, isRequired, missing } of fields) {
      at += 1;
      const values = node.kind === 'array' ? node.items.slice(at, at + 1) : valuesOf(members, name);
      const { length } = values;
      if (length === 0) {
        // In a list by position, an `Option` is required, too.
        if (isRequired || (node.kind === 'array' && field.nullable)) {
          this.#refuse(inside(where, name), 'it is missing, and required');
        } else if (missing !== undefined) {
          read[name] = missing;
        }
        continue;
      }
      if (length > 1) this.#noteRepeated(inside(where, name));
      // Go decodes each duplicate into the previous value.
      for (const value of isGo || length === 1 ? values : values.slice(-1)) {
        const isNothing = value.kind === 'null' && !isGo && field.nullable === true && !isRequired;
        read[name] = isNothing ? null : this.read(field, value, read[name], where, name);
      }
    }
    return read;
  }

  /** The members of an object, with keys as the reader matches them. */
  #membersOf({ members }: JsonContainer & { readonly kind: 'object' }, where: string): readonly JsonMember[] {
    for (const { key } of members) {
      const fault = textFault(key, { is: 'text' }, this.#reader);
      if (fault !== undefined) this.#refuse(where, fault);
    }
    return this.#reader === 'go' ? members.map(({ key, value }) => ({ key: foldedByGo(key), value })) : members;
  }

  /** The fields of an object that the reader knows; for an object with variants, those of the variant in `type`. */
  #fieldsOf(struct: Struct, node: JsonContainer, where: string): readonly Named[] {
    const { fields, variants } = struct;
    const reader = this.#reader;
    const all = once(this.#fields, struct, () =>
      Object.entries(fields).flatMap(([name, field]) =>
        field.is === 'ignored' || field.notIn === reader ? [] : [namedFor(reader, name, field)],
      ),
    );
    const types = deviceTypes[reader];
    if (variants === undefined || types === undefined) return all;
    // Rust buffers a device before it knows its variant.
    if (reader === 'rust') refuseBuffered(node, where, this.refusals);
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

// Go has no required keys, and leaves a missing one at the empty value of its type.
function namedFor(reader: DecoderName, name: string, field: Field): Named {
  const { required, missing } = field;
  if (reader === 'go') return { name, field, isRequired: false, missing: undefined };
  return {
    name,
    field,
    isRequired: required === 'always' || (reader === 'generic' && required !== undefined),
    missing,
  };
}

/** The values of a key, in their order. */
function valuesOf(members: readonly JsonMember[], name: string): readonly JsonNode[] {
  let values: JsonNode[] | undefined;
  for (const { key, value } of members) {
    if (key !== name) continue;
    if (values === undefined) values = [value];
    else values.push(value);
  }
  return values ?? none;
}

const none: readonly JsonNode[] = [];

function textFault(value: string, field: Field & Text, reader: DecoderName): string | undefined {
  if (reader === 'go') return undefined;
  if (reader === 'rust') {
    return value.isWellFormed() ? undefined : 'it has an escape of half a character (an unpaired surrogate)';
  }
  // In this format, an empty text means that something is left out.
  if (field.check === undefined || (value === '' && field.required === undefined)) return undefined;
  // Thousands of routes have the same gateway.
  if (sound.get(field) === value) return undefined;
  const checked = field.check(value);
  if (!checked.ok) return `${JSON.stringify(value)} ${checked.why}`;
  sound.set(field, value);
  return undefined;
}

/** The last text of each field that its check accepted. */
const sound = new Map<Field, string>();

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
function refuseBuffered(node: JsonNode, where: string, refusals: Reason[]): void {
  const refuseText = (value: string): void => {
    const why = textFault(value, { is: 'text' }, 'rust');
    if (why !== undefined) refusals.push({ where, why });
  };
  if (node.kind === 'string') refuseText(node.value);
  if (node.kind === 'number' && !Number.isFinite(Number(node.text))) {
    refusals.push({ where, why: 'its number is too large' });
  }
  if (node.kind === 'array') {
    for (const [at, item] of node.items.entries()) refuseBuffered(item, `${where}[${at}]`, refusals);
  }
  if (node.kind !== 'object') return;
  for (const { key, value } of node.members) {
    refuseText(key);
    refuseBuffered(value, inside(where, key), refusals);
  }
}
