import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { keyReference } from '../../src/config/reference.ts';
import { networkSchema, ownKeys } from '../../src/config/schema.ts';
import { kindNamed, kindNames } from '../../src/kinds/kinds.ts';
import { keyTable } from './key-table.ts';

const page = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url));

test('docs/configuration.md has the table of keys as the reference has it', async () => {
  const [start, end] = [/<!-- keys: .* -->\n/, '\n<!-- /keys -->'];
  const text = readFileSync(page, 'utf8');
  const opening = start.exec(text);
  expect(opening).not.toBeNull();
  const before = text.slice(0, (opening?.index ?? 0) + (opening?.[0].length ?? 0));
  await expect(`${before}\n${keyTable()}\n${text.slice(text.indexOf(end))}`).toMatchFileSnapshot(page);
});

test('the reference has every key, in the order of the schema, with an example that the plugin takes', () => {
  expect(Object.keys(keyReference).sort()).toEqual([...Object.keys(ownKeys), 'dns', 'ipam'].sort());
  for (const [key, { example }] of Object.entries(keyReference)) {
    expect(networkSchema.safeParse({ [key]: example }).error, key).toBeUndefined();
  }
});

test('what the reference says of defaults is what the schema has', () => {
  const made = networkSchema.parse({});
  for (const [key, { default: told }] of Object.entries(keyReference)) {
    const value: unknown = made[key as keyof typeof made];
    const isNone = value === undefined || (Array.isArray(value) && value.length === 0);
    if (!isNone) expect(told.replaceAll('`', ''), key).toBe(typeof value === 'string' ? value : JSON.stringify(value));
  }
});

test('a key is for the kinds of device that do not refuse it', () => {
  for (const [key, { for: told }] of Object.entries(keyReference)) {
    const kinds = kindNames.filter((name) => !Object.hasOwn(kindNamed(name).meaningless, key));
    const others = kindNames.filter((name) => !kinds.includes(name));
    const sayings = [kinds.join(', '), `all but ${others.join(', ')}`, ...(others.length === 0 ? ['all'] : [])];
    expect(sayings, key).toContain(told);
  }
});
