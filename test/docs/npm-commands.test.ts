import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pages, readPage } from './blocks.ts';
import { npmCommands } from './npm-commands.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { scripts } = JSON.parse(readPage('package.json')) as { scripts: Readonly<Record<string, string>> };
const commands = pages.flatMap((page) => npmCommands(page).map((command) => [page, command] as const));

test.each(commands)('%s: "%s" names a script and paths that exist', (_, command) => {
  const [, verb = '', ...words] = command.split(' ');
  const script = verb === 'run' ? words.find((word) => !word.startsWith('-')) : verb;
  if (verb !== 'ci') expect(Object.keys(scripts)).toContain(script);
  for (const path of words.filter((word) => word.includes('/'))) expect(existsSync(`${root}${path}`), path).toBe(true);
});

test('CONTRIBUTING.md has commands in blocks and in sentences', () => {
  const commands = npmCommands('CONTRIBUTING.md');
  expect(commands).toContain('npm ci --ignore-scripts');
  expect(commands).toContain('npm run test:clients');
});
