import fc from 'fast-check';
import type { Json } from './corpus.ts';
import { extremeNumbers, hostileStrings, plausibleSettings } from './hostile.ts';

/** One change of a configuration's structure. Numbers select, by remainder, one of the existing parts. */
export type Change =
  | { readonly kind: 'drop' | 'duplicate'; readonly at: number }
  | { readonly kind: 'replace'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'rename'; readonly at: number; readonly key: string }
  | { readonly kind: 'nest'; readonly at: number; readonly levels: number }
  | { readonly kind: 'set'; readonly settings: Json };

/** One change of a configuration's bytes. Places are in thousandths. */
export type Damage =
  | { readonly kind: 'truncate'; readonly at: number }
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: readonly number[] };

/** What happens to the text of a file. */
export type Mutation =
  | { readonly is: 'changed'; readonly changes: readonly Change[] }
  | { readonly is: 'damaged'; readonly damages: readonly Damage[] }
  | { readonly is: 'text'; readonly text: string };

type Parent = Record<string, unknown>;

const place = fc.nat({ max: 999 });

const hostileString = fc.oneof(fc.constantFrom(...hostileStrings), fc.string({ unit: 'binary', maxLength: 20 }));

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileString,
  fc.constantFrom(...extremeNumbers),
  fc.constantFrom(null, true, false, [], {}, [[]], [null], { '': '' }),
  fc.array(hostileString, { maxLength: 3 }),
  fc.dictionary(hostileString, fc.integer(), { maxKeys: 3 }),
);

/** Any change of structure. */
export const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('drop', 'duplicate'), at: place }),
  fc.record({ kind: fc.constant('replace'), at: place, value: hostileValue }),
  fc.record({ kind: fc.constant('rename'), at: place, key: hostileString }),
  fc.record({ kind: fc.constant('nest'), at: place, levels: fc.constantFrom(1, 2, 50, 200) }),
  fc.record({
    kind: fc.constant('set'),
    settings: fc.oneof(
      fc.constantFrom(...plausibleSettings),
      fc.dictionary(hostileString, hostileValue, { minKeys: 1, maxKeys: 1 }),
      fc
        .tuple(fc.constantFrom(...plausibleSettings.flatMap(Object.keys)), hostileValue)
        .map((pair) => Object.fromEntries([pair])),
    ),
  }),
);

/** Any change of bytes: a truncation, a flipped bit, invalid UTF-8 or invalid JSON. */
export const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('truncate'), at: place }),
  fc.record({ kind: fc.constant('flip'), at: place, bit: fc.nat({ max: 7 }) }),
  fc.record({
    kind: fc.constant('insert'),
    at: place,
    bytes: fc.oneof(
      fc.constantFrom([0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], [0x22], [0x5c], [0x0a]),
      fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 4 }),
    ),
  }),
);

/** A configuration after several changes of its structure. */
export function changed(config: Json, changes: readonly Change[]): Json {
  const copy = structuredClone(config) as Parent;
  for (const change of changes) apply(copy, change);
  return copy;
}

/** Bytes after damage. */
export function damaged(bytes: Uint8Array, damages: readonly Damage[]): Uint8Array {
  return damages.reduce((before, damage) => {
    const at = Math.floor((before.length * damage.at) / 1000);
    switch (damage.kind) {
      case 'truncate':
        return before.slice(0, at);
      case 'flip':
        return before.map((byte, index) => (index === at ? byte ^ (1 << damage.bit) : byte));
      case 'insert':
        return Uint8Array.from([...before.slice(0, at), ...damage.bytes, ...before.slice(at)]);
      default:
        return damage satisfies never;
    }
  }, bytes);
}

function apply(root: Parent, change: Change): void {
  if (change.kind === 'set') {
    define(root, change.settings);
    return;
  }
  const places = placesIn(root);
  const found = places[change.at % places.length];
  if (found === undefined) return;
  const [parent, key] = found;
  const value = parent[key];
  switch (change.kind) {
    case 'drop':
      Reflect.deleteProperty(parent, key);
      break;
    case 'duplicate':
      if (Array.isArray(parent)) parent.push(structuredClone(value));
      else define(parent, { [`${key}2`]: structuredClone(value) });
      break;
    case 'replace':
      parent[key] = change.value;
      break;
    case 'rename':
      Reflect.deleteProperty(parent, key);
      define(parent, { [change.key]: value });
      break;
    case 'nest':
      parent[key] = nested(value, change.levels);
      break;
    default:
      change satisfies never;
  }
}

/** Any of a few changes of a file's structure. */
export const anyChanges = fc.record({
  is: fc.constant('changed'),
  changes: fc.array(anyChange, { minLength: 1, maxLength: 3 }),
});

/** Any of a few changes of a file's bytes. */
export const anyDamages = fc.record({
  is: fc.constant('damaged'),
  damages: fc.array(anyDamage, { minLength: 1, maxLength: 3 }),
});

/** Any of these texts in place of a file's. */
export function anyText(...texts: readonly string[]): fc.Arbitrary<Mutation> {
  return fc.record({ is: fc.constant('text'), text: fc.constantFrom(...texts) });
}

/** The mutated text. */
export function mutated(text: Uint8Array, mutation: Mutation): Uint8Array | string {
  switch (mutation.is) {
    case 'changed':
      return JSON.stringify(changed(JSON.parse(new TextDecoder().decode(text)) as Json, mutation.changes));
    case 'damaged':
      return damaged(text, mutation.damages);
    case 'text':
      return mutation.text;
    default:
      return mutation satisfies never;
  }
}

// A key `__proto__` becomes an ordinary key, too.
function define(object: Parent, settings: Json): void {
  for (const [key, value] of Object.entries(settings)) {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  }
}

function placesIn(value: unknown): readonly (readonly [Parent, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Parent;
  return Object.keys(parent).flatMap((key) => [[parent, key] as const, ...placesIn(parent[key])]);
}

function nested(value: unknown, levels: number): unknown {
  let result = value;
  for (let level = 0; level < levels; level++) result = level % 2 === 0 ? [result] : { a: result };
  return result;
}
