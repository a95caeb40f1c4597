import { expect, test } from 'vitest';
import { version } from '../../src/cli/about.ts';
import { adopted, caseNames, cases } from './cases.ts';
import { keptVersions, readKept } from './kept.ts';
import { makePlace } from './place.ts';
import { expectServed, expectServedByKataNetwork } from './served.ts';

// Attachments of each version since 0.1.0, restored in a kernel as that version's ADD left them. integration/vfio tests
// that of a virtual function, since it has a card.
const here = caseNames.filter((name) => cases[name].on !== 'card');
const kept = keptVersions.flatMap((old) => here.map((name) => ({ old, name })));

test.each(kept)('$name of $old is checked, listed, deleted and collected', async ({ old, name }) => {
  await using place = await makePlace(cases[name].on);
  await expectServed(readKept(old, name), place);
});

test.each(keptVersions)('a tap that %s adopted is listed and given up', async (old) => {
  await using place = await makePlace('linux');
  await expectServedByKataNetwork(readKept(old, adopted.name), place);
});

test('attachments of this version are kept: "npm run capture:attachments"', () => {
  expect(keptVersions).toContain(version);
  for (const old of keptVersions) for (const name of caseNames) expect(readKept(old, name).made).not.toBe('');
});
