import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultText, kindsTaking } from '../../src/cli/schema/json-schema.ts';
import { networkKeys, ownKeys } from '../../src/config/keys.ts';
import { examineNetwork, readNetwork } from '../../src/config/network.ts';
import type { Key } from '../../src/config/reader.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { CniError } from '../../src/protocol/error.ts';
import { keyFaults } from './key-faults.ts';
import { injectedTable, keyTable } from './key-table.ts';
import { acceptedValues, refusedInside, refusedValues } from './keys.ts';
import { least, words } from './reading.ts';

const page = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url));

/** A page with a table between its marks. */
function withTable(text: string, name: string, table: string): string {
  const opening = new RegExp(`<!-- ${name}: .* -->\n`).exec(text);
  expect(opening).not.toBeNull();
  const before = text.slice(0, (opening?.index ?? 0) + (opening?.[0].length ?? 0));
  return `${before}\n${table}\n${text.slice(text.indexOf(`\n<!-- /${name} -->`))}`;
}

test('docs/configuration.md has the tables of src/config/keys.ts and src/config/injected.ts as these have them', async () => {
  const text = withTable(readFileSync(page, 'utf8'), 'keys', keyTable());
  await expect(withTable(text, 'injected', injectedTable())).toMatchFileSnapshot(page);
});

const documented: readonly (readonly [string, Key<unknown>])[] = Object.entries(ownKeys);

test.each(documented)('the reader of "%s" takes its example, and no key of dan lacks one', (key, { example }) => {
  expect(example).toBeDefined();
  expect(keyFaults({ [key]: example })).toEqual([]);
});

test.each(documented)('the reader of "%s" takes its default', (key, { default: value }) => {
  expect(keyFaults(value === undefined ? {} : { [key]: value })).toEqual([]);
});

test.each([
  ['device', '`host-tap`'],
  ['queues', '1'],
  ['bridge', 'host-tap: required; vhost-user: none'],
  ['addresses', 'none'],
  ['kataConfig', 'none'],
  ['defaultRoute', '`true`'],
] as const)('the table says that without "%s", %s holds', (key, text) => {
  expect(defaultText(ownKeys[key])).toBe(text);
});

test.each([
  ['runtime', 'all'],
  ['owner', 'host-tap, tcfilter, macvtap'],
  ['addresses', 'host-tap, vhost-user, vfio'],
  ['mode', 'macvtap'],
])('the table says that "%s" is for %s', (key, kinds) => {
  expect(kindsTaking(key)).toBe(kinds);
});

/** Handwritten values for a key, valid or not. */
const written = new Map<string, unknown[]>();
for (const [key, value] of [
  ...acceptedValues,
  ...refusedValues,
  ...refusedInside.flatMap(([one]) => Object.entries(one)),
]) {
  written.set(key, [...(written.get(key) ?? []), value]);
}

/** A value of the key, of another key, or any JSON value. */
function anyValue(key: string): fc.Arbitrary<unknown> {
  const own = written.get(key) ?? [];
  const others = [...written.values()].flat();
  return fc.oneof(
    { arbitrary: own.length === 0 ? fc.jsonValue() : fc.constantFrom(...own), weight: 8 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
    { arbitrary: fc.jsonValue(), weight: 1 },
    { arbitrary: fc.constantFrom(-1, -0, 0.5, 1e300, 2 ** 53, '', '__proto__', null, [], {}, [null]), weight: 1 },
  );
}

const anyEntry = fc
  .oneof({ arbitrary: fc.constantFrom(...Object.keys(networkKeys)), weight: 30 }, { arbitrary: fc.string(), weight: 1 })
  .chain((key) => anyValue(key).map((value) => [key, value] as const));

// As from a file: keys such as __proto__ are ordinary keys.
const anyConfiguration = fc
  .array(anyEntry, { maxLength: 6 })
  .map((entries) => JSON.parse(jsonOf([...Object.entries(least), ...entries])) as JsonObject);

function jsonOf(entries: readonly (readonly [string, unknown])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}

// Twenty thousand configurations take seconds.
test('any configuration is read, or refused with one error', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(anyConfiguration, (configuration) => {
      const { config, faults } = examineNetwork(configuration, words);
      const attempt = (): unknown => readNetwork(configuration, words);
      if (faults.length > 0) expect(attempt).toThrow(CniError);
      else expect(attempt()).toStrictEqual(config);
    }),
    { numRuns: 20_000 },
  );
});
