import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { handedOut } from './handed-out.ts';
import { notRun } from './not-run.ts';

const integration = fileURLToPath(new URL('../../integration/', import.meta.url));
const tests = globSync('{advice,doctor}/*.test.ts', { cwd: integration }).map((path) =>
  readFileSync(`${integration}${path}`, 'utf8'),
);
const isFollowed = (command: string): boolean =>
  tests.some((text) => text.includes(`'${command}'`) || text.includes(`'${command.replaceAll('"', '\\"')}'`));

test.each(handedOut())('dan hands out a command that no test in integration/advice follows: %s', (command) => {
  expect(isFollowed(command) || command in notRun).toBe(true);
});

test('a command is said not to be run that a test follows, or that dan hands out no more', () => {
  const commands = handedOut();
  expect(Object.keys(notRun).filter((command) => isFollowed(command) || !commands.includes(command))).toEqual([]);
});
