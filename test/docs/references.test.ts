import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../../src/cli/about.ts';
import { ownKeys } from '../../src/config/schema.ts';
import { profileNames } from '../../src/dan/profile.ts';
import { danErrors } from '../../src/model/error.ts';
import { protocolErrors } from '../../src/protocol/error.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('docs/errors.md has one section for each error, with its code', () => {
  const sections = read('docs/errors.md').split('\n## ').slice(1);
  const headings = sections.map((section) => /^(\S+) \((\d+)\)\n/.exec(section));
  const documented = Object.fromEntries(headings.map((heading) => [heading?.[1], Number(heading?.[2])]));
  for (const section of sections) expect(section).toContain('**Cure:**');
  expect(documented).toEqual({ ...protocolErrors, ...danErrors });
});

test('no two errors of dan share a code of its own', () => {
  const own = Object.values(danErrors).filter((code) => code >= 100);
  expect(new Set(own).size).toBe(own.length);
});

test('docs/configuration.md has a row for each key', () => {
  const rows = [...read('docs/configuration.md').matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key),
  );
  expect(rows.sort()).toEqual([...Object.keys(ownKeys), 'ipam', 'dns'].sort());
});

test('the documentation names every reader profile', () => {
  for (const name of profileNames) expect(read('docs/configuration.md')).toContain(`\`${name}\``);
});

test('the version is that of the package', () => {
  expect(version).toBe((JSON.parse(read('package.json')) as { version: string }).version);
});
