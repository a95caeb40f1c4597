import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

import { pluginSchema } from '../../../src/cli/schema/json-schema.ts';
import { isObject, type JsonObject } from '../../../src/json/object.ts';
import { keyFaults } from '../../config/key-faults.ts';
import { acceptedValues, refusedInside, refusedValues } from '../../config/keys.ts';
import { valuesAt } from './values.ts';

const directory = fileURLToPath(new URL('../../../cni-conf/', import.meta.url));
const schema = pluginSchema();

// zod validates with the JSON Schema, independently of dan's own readers, and must agree with what these accept and
// refuse.
const byZod = z.fromJSONSchema(schema);
const isValid = (document: unknown): boolean => byZod.safeParse(document).success;

/** Faults that only a parser can detect. */
const beyondSchema = [
  'names VLAN',
  'minID first',
  'has host bits set',
  'is a loopback address',
  'must be an object',
  'must not be',
  'and no "',
  'and 8 is the least',
];

describe('the JSON Schema of the plugin object', () => {
  it('is what cni-conf/dan.schema.json says', async () => {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`${directory}dan.schema.json`);
  });

  it('has a description at every place, and a default at every key of dan', () => {
    const places = [...placesOf(schema, '')];
    expect(places.length).toBeGreaterThan(40);
    expect(places.filter(([, { description }]) => typeof description !== 'string')).toEqual([]);
    const own = places.filter(([, { description }]) => String(description).includes('Default: '));
    expect(own.map(([place]) => place)).toEqual(expect.arrayContaining(['device', 'mtu', 'trunk', 'ipam']));
  });

  it('says something of every value that has a parser of its own', () => {
    const free = [...placesOf(schema, '')].filter(([, node]) => saysNothing(node)).map(([place]) => place);
    expect(free).toEqual([
      'cniVersion',
      'cniVersions',
      'name',
      'capabilities',
      'disableCheck',
      'disableGC',
      'deviceID',
      'pciBusID',
    ]);
  });

  it.each(readdirSync(directory).filter((name) => name.endsWith('.conflist')))('takes cni-conf/%s', (name) => {
    const { plugins } = JSON.parse(readFileSync(`${directory}${name}`, 'utf8')) as { plugins: readonly JsonObject[] };
    for (const plugin of plugins.filter(({ type }) => type === 'dan')) expect(isValid(plugin)).toBe(true);
  });

  it.each(acceptedValues)('takes "%s": %j', (key, value) => {
    expect(isValid({ type: 'dan', [key]: value, 'cni.dev/valid-attachments': [] })).toBe(true);
  });

  it.each(refusedValues.filter(([, , why]) => !beyondSchema.some((one) => why.includes(one))))(
    'refuses "%s": %j',
    (key, value) => {
      expect(isValid({ type: 'dan', [key]: value })).toBe(false);
    },
  );

  it.each(refusedInside.filter(([, , why]) => !beyondSchema.some((one) => why.includes(one))))(
    'refuses %j',
    (changes) => {
      expect(isValid({ type: 'dan', ...changes })).toBe(false);
    },
  );

  it.each([
    {},
    { type: 'bridge' },
    { type: 'dan', briddge: 'br0' },
    { type: 'dan', routes: [{ dst: '::/0', via: '' }] },
  ])('refuses %j', (document) => {
    expect(isValid(document)).toBe(false);
  });

  it.each(Object.entries(valuesAt))('takes all that the plugin takes at %s', (_, documents) => {
    let taken = 0;
    fc.assert(
      fc.property(documents, (document) => {
        if (keyFaults(document).length > 0) return;
        taken += 1;
        expect(isValid({ type: 'dan', ...document }), JSON.stringify(document)).toBe(true);
      }),
      { numRuns: 300 },
    );
    // Values that the plugin never accepts would prove nothing.
    expect(taken).toBeGreaterThan(20);
  });

  it('was compared at every place with a pattern', () => {
    const patterns = [...placesOf(schema, '')].filter(([, node]) => JSON.stringify(node).includes('"pattern"'));
    const leaves = patterns.filter(([, { properties, items }]) => properties === undefined && items === undefined);
    expect(Object.keys(valuesAt)).toEqual(expect.arrayContaining(leaves.map(([place]) => place)));
  });
});

function* placesOf(node: JsonObject, place: string): Generator<readonly [string, JsonObject]> {
  if (place !== '') yield [place, node];
  const { properties, items } = node;
  // The list describes the elements of a trunk.
  if (isObject(items) && items['description'] === undefined) return;
  for (const [key, inner] of Object.entries(isObject(properties) ? properties : {})) {
    if (isObject(inner)) yield* placesOf(inner, place === '' ? key : `${place}.${key}`);
  }
  if (isObject(items)) yield* placesOf(items, `${place}[]`);
}

function saysNothing(node: JsonObject): boolean {
  return Object.keys(node).every((word) => ['description', 'examples'].includes(word));
}
