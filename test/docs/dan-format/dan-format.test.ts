import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { casesPage } from './cases-page.ts';
import { outcomeOf, recordings } from './recordings.ts';

test('docs/dan-format-cases.md has every recording (npm run docs writes it)', async () => {
  await expect(casesPage(recordings)).toMatchFileSnapshot('../../../docs/dan-format-cases.md');
});

const page = readFileSync(new URL('../../../docs/dan-format.md', import.meta.url), 'utf8');

/** Rows of the tables that end in a case: the verdicts of both readers, as the page states them. */
const claims = page
  .split('\n')
  .filter((line) => /\| `[^|]+` +\|$/.test(line) && line.split(/(?<!\\)\|/).length === 6)
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .map(([, , rust = '', go = '', name = '']) => ({ name: name.slice(1, -1), rust, go }));

describe('docs/dan-format.md', () => {
  it.each(claims)('has the recorded verdicts for the case $name', ({ name, rust, go }) => {
    const recorded = recordings.find((one) => one.case === name);
    if (recorded === undefined) throw new Error(`no recording is called ${name}`);
    expect(rust).toMatch(new RegExp(`^${outcomeOf(recorded['runtime-rs']).word}\\b`));
    expect(go).toMatch(new RegExp(`^${outcomeOf(recorded.go).word}\\b`));
  });

  it('has a row for every recording', () => {
    const told = new Set(claims.map(({ name }) => name));
    expect(recordings.map((one) => one.case).filter((name) => !told.has(name))).toEqual([]);
  });
});
