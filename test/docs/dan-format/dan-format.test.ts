import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { casesPage } from './cases-page.ts';
import { outcomeOf, recordings } from './recordings.ts';

test('docs/dan-format-cases.md has every recording (npm run docs writes it)', async () => {
  await expect(casesPage(recordings)).toMatchFileSnapshot('../../../docs/dan-format-cases.md');
});

const page = readFileSync(new URL('../../../docs/dan-format.md', import.meta.url), 'utf8');

/** Rows of the tables that end in a case: what the page says of both readers. */
const claims = page
  .split('\n')
  .filter((line) => /\| `[^|]+` +\|$/.test(line) && line.split(/(?<!\\)\|/).length === 6)
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .map(([, , rust = '', go = '', name = '']) => ({ name: name.slice(1, -1), rust, go }));

describe('docs/dan-format.md', () => {
  it.each(claims)('tells of the case $name what was recorded', ({ name, rust, go }) => {
    const recorded = recordings.find((one) => one.case === name);
    if (recorded === undefined) throw new Error(`no recording is called ${name}`);
    expect(rust).toMatch(new RegExp(`^${outcomeOf(recorded['runtime-rs']).word}\\b`));
    expect(go).toMatch(new RegExp(`^${outcomeOf(recorded.go).word}\\b`));
  });

  it('leaves no recording out but those that show nothing of their own', () => {
    const told = new Set(claims.map(({ name }) => name));
    expect(recordings.map((one) => one.case).filter((name) => !told.has(name))).toEqual([]);
  });
});
