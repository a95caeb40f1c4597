import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../../src/cli/about.ts';
import { adopted, caseNames, cases } from './cases.ts';
import { filesOn, folderOf, type Kept } from './kept.ts';
import { makePlace } from './place.ts';

// `npm run capture:attachments`, once for each release: records what its executable leaves. A released version is never
// captured again, since nodes have what it wrote then.
const isWanted = process.env['DAN_CAPTURE'] !== undefined;

test.runIf(isWanted).each(caseNames)(`${version}: %s`, { timeout: 400_000 }, async (name) => {
  const { on, setUp, config, alsoMade = '' }: (typeof cases)[typeof name] & { alsoMade?: string } = cases[name];
  await using place = await makePlace(on);
  await place.sh(setUp === '' ? ':' : setUp);
  const planning = ['plan', '--json', '--sandbox', 'sandbox-1', '--netns', place.netns, '-'];
  const { plans } = JSON.parse(await place.dan(planning, JSON.stringify(config))) as {
    plans: [{ steps: readonly { readonly command?: string }[] }];
  };
  const { exitCode, json } = await place.call('ADD', config);
  expect(exitCode, JSON.stringify(json)).toBe(0);
  const files = await filesOn(place);
  const [link = ''] = Object.keys(files).flatMap((path) => /dan[0-9a-f]{11}(?=\.json$)/.exec(path) ?? []);
  expect((await place.call('DEL', config)).exitCode).toBe(0);
  const commands = plans[0].steps.flatMap(({ command }) => command ?? []);
  const made = [...commands, ...(alsoMade === '' ? [] : [alsoMade.replaceAll('LINK', link)])].join('\n');
  keep(name, { setUp, config, made, result: json, files });
});

test.runIf(isWanted)(`${version}: ${adopted.name}`, async () => {
  const { name, setUp, config } = adopted;
  await using place = await makePlace('linux');
  await place.sh(setUp);
  const result = JSON.parse(
    await place.dan(['kata-network', 'add-iface', 'sandbox-1', '-'], JSON.stringify(config)),
  ) as object;
  keep(name, { setUp, config, made: '', result, files: await filesOn(place) });
});

function keep(name: string, kept: Kept): void {
  mkdirSync(folderOf(version), { recursive: true });
  writeFileSync(`${folderOf(version)}${name}.json`, `${JSON.stringify(kept, null, 2)}\n`);
}
