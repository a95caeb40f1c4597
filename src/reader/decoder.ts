import { type DanFile, danFile, type DecoderName, type Field, type Struct, type Text } from './format.ts';
import { type JsonContainer, type JsonMember, type JsonNode, nameOf, parseJson } from './json.ts';
import { once } from '../model/once.ts';
import { isWhole, publishedTextFault, wanted } from './scalars.ts';
import { type Place, placeText, type Reason, type Refusal } from './verdict.ts';

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
  const decoder = new Decoder(reader, json.isPlain);
  const file = decoder.read(danFile, json.root, emptyOf(danFile), undefined) as DanFile;
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
  /** Whether the file has no escapes, and so no unpaired surrogates, which need one. */
  readonly #isPlain: boolean;
  /** The fields of each struct that the reader knows, cached: a file has many objects of few structs. */
  readonly #fields = new Map<Struct, readonly Named[]>();

  constructor(reader: DecoderName, isPlain: boolean) {
    this.#reader = reader;
    this.#isPlain = isPlain;
  }

  /** The decoded value of a key in a place, or of the whole file; `old` if it is refused, and for null in Go. */
  read(field: Field, node: JsonNode, old: unknown, within: Place | undefined, key?: string | number): unknown {
    if (field.is === 'text' && node.kind === 'string') {
      const fault = this.#textFault(node.value, field);
      if (fault !== undefined) return this.#refuse(placeIn(within, key), fault, old);
      return this.#reader === 'go' && !this.#isPlain ? node.value.toWellFormed() : node.value;
    }
    if (field.is === 'whole' && node.kind === 'number' && isWhole(node.text, field, this.#reader)) {
      return Number(node.text);
    }
    if (this.#reader === 'go' && node.kind === 'null') return field.is === 'list' ? [] : old;
    const place = placeIn(within, key);
    if (field.is === 'list' && node.kind === 'array') {
      const before = old as readonly unknown[];
      const empty = emptyOf(field.of);
      return node.items.map((item, at) => this.read(field.of, item, before[at] ?? empty, place, at));
    }
    // Rust's derived code also accepts a list with the values by position.
    if (field.is === 'struct' && (node.kind === 'object' || (node.kind === 'array' && this.#reader === 'rust'))) {
      return this.#struct(field, node, old as object, place);
    }
    return this.#refuse(place, `it is ${nameOf(node)}, and must be ${wanted(field, this.#reader)}`, old);
  }

  #struct(struct: Struct, node: JsonContainer, old: object, place: Place | undefined): unknown {
    const fields = this.#fieldsOf(struct, node, place);
    const isList = node.kind === 'array';
    const members = isList ? [] : this.#membersOf(node, place);
    // For a device of unknown type, only the type is read.
    if (isList && node.items.length > fields.length && fields.length > 1) {
      this.#refuse(place, `it is a list of more than ${fields.length} values`);
    }
    const values = isList ? node.items : valuesInOrder(members, fields);
    const read: Record<string, unknown> = { ...old };
    let at = -1;
    for (const named of fields) {
      at += 1;
      const value = values === undefined ? this.#lastOf(members, named, read, place) : values[at];
      const { name, field, isRequired, missing } = named;
      if (value !== undefined) {
        read[name] = this.#valueOf(named, value, read[name], place);
      } else if (isRequired || (isList && field.nullable)) {
        // In a list by position, an `Option` is required, too.
        this.#refuse(placeIn(place, name), 'it is missing, and required');
      } else if (missing !== undefined) {
        read[name] = missing;
      }
    }
    return read;
  }

  #valueOf({ name, field, isRequired }: Named, node: JsonNode, old: unknown, place: Place | undefined): unknown {
    const isNothing = node.kind === 'null' && this.#reader !== 'go' && field.nullable === true && !isRequired;
    return isNothing ? null : this.read(field, node, old, place, name);
  }

  /** The last value of a key. Go decodes each duplicate into the previous value, so the others are decoded here. */
  #lastOf(
    members: readonly JsonMember[],
    named: Named,
    read: Record<string, unknown>,
    place: Place | undefined,
  ): JsonNode | undefined {
    const { name } = named;
    const values = members.filter(({ key }) => key === name).map(({ value }) => value);
    const last = values.pop();
    if (values.length > 0) this.#noteRepeated(placeIn(place, name));
    if (this.#reader === 'go') for (const one of values) read[name] = this.#valueOf(named, one, read[name], place);
    return last;
  }

  /** The members of an object, with keys as the reader matches them. */
  #membersOf(
    { members }: JsonContainer & { readonly kind: 'object' },
    place: Place | undefined,
  ): readonly JsonMember[] {
    if (!this.#isPlain) {
      for (const { key } of members) {
        const fault = this.#textFault(key, { is: 'text' });
        if (fault !== undefined) this.#refuse(place, fault);
      }
    }
    return this.#reader === 'go' ? members.map(({ key, value }) => ({ key: foldedByGo(key), value })) : members;
  }

  /** The fields of an object that the reader knows; for an object with variants, those of the variant in `type`. */
  #fieldsOf(struct: Struct, node: JsonContainer, place: Place | undefined): readonly Named[] {
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
    if (reader === 'rust') this.#refuseBuffered(node, place);
    const tag = node.kind === 'array' ? node.items[0] : node.members.findLast(({ key }) => key === 'type')?.value;
    const type = tag?.kind === 'string' ? tag.value : undefined;
    if (type !== undefined && !types.includes(type)) {
      const whose = type === 'vfio' ? '; only Kata’s Go runtime takes vfio devices' : '';
      const why = `the reader takes devices of type ${types.join(' or ')}, not ${JSON.stringify(type)}${whose}`;
      this.#refuse(placeIn(place, 'type'), why);
    }
    const names = types.includes(type ?? '') ? variants[type ?? ''] : undefined;
    return all.filter(({ name }) => name === 'type' || names?.includes(name) === true);
  }

  /**
   * What Rust refuses in a value that it buffers before it types it, as for an internally tagged enum (`#[serde(tag =
   * "type")]` in Kata's dan.rs), whatever its key: numbers that no float holds, unpaired surrogates. The limit of 127
   * levels is checked earlier.
   */
  #refuseBuffered(node: JsonNode, place: Place | undefined): void {
    const refuseText = (value: string): void => {
      const why = this.#textFault(value, { is: 'text' });
      if (why !== undefined) this.#refuse(place, why);
    };
    if (node.kind === 'string') refuseText(node.value);
    if (node.kind === 'number' && !Number.isFinite(Number(node.text))) this.#refuse(place, 'its number is too large');
    if (node.kind === 'array') {
      for (const [key, item] of node.items.entries()) this.#refuseBuffered(item, { within: place, key });
    }
    if (node.kind !== 'object') return;
    for (const { key, value } of node.members) {
      refuseText(key);
      this.#refuseBuffered(value, { within: place, key });
    }
  }

  #textFault(value: string, field: Field & Text): string | undefined {
    if (this.#reader === 'generic') return publishedTextFault(value, field);
    if (this.#reader === 'go' || this.#isPlain || value.isWellFormed()) return undefined;
    return 'it has an escape of half a character (an unpaired surrogate)';
  }

  #noteRepeated(place: Place | undefined): void {
    if (this.#reader === 'rust') this.#refuse(place, 'the key is there twice');
    if (this.#reader === 'go') {
      const why = 'the key is there more than once: the last value counts';
      this.altered.push({ where: placeText(place), why });
    }
  }

  #refuse(place: Place | undefined, why: string, old?: unknown): unknown {
    this.refusals.push({ where: placeText(place), why });
    return old;
  }
}

function placeIn(within: Place | undefined, key: string | number | undefined): Place | undefined {
  return key === undefined ? within : { within, key };
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

/**
 * The value of each field, if the members are of these fields only, once each and in their order, as writers write
 * thousands of routes; undefined otherwise.
 */
function valuesInOrder(
  members: readonly JsonMember[],
  fields: readonly Named[],
): readonly (JsonNode | undefined)[] | undefined {
  const values: (JsonNode | undefined)[] = [];
  let next = 0;
  for (const { name } of fields) {
    const member = members[next];
    if (member?.key === name) {
      values.push(member.value);
      next += 1;
    } else {
      values.push(undefined);
    }
  }
  return next === members.length ? values : undefined;
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
