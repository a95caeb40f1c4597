import { afterAll, beforeAll, expect, test } from 'vitest';
import { npmCommands } from '../../test/docs/npm-commands.ts';
import { isSoak } from '../harness/effort.ts';
import { FreshClone } from './fresh-clone.ts';

// Runs CONTRIBUTING.md command by command like a newcomer: on a fresh clone, and as a user other than root unless the
// page says root. `npm test` runs the short commands, except those that it runs itself. `npm run soak` runs all except
// the whole suites; test/docs/npm-commands.test.ts checks that those exist.

type How = 'always' | 'in the soak' | 'in the soak, as root' | 'elsewhere';

const how: Readonly<Record<string, How>> = {
  'npm ci --ignore-scripts': 'always',
  'npm run build': 'in the soak',
  'npm run check': 'in the soak',
  'npm run test:unit': 'in the soak',
  'npm run test:unit -- test/config': 'always',
  'npm run test:watch': 'in the soak',
  'npm run docs': 'in the soak',
  'npm run test:integration -- integration/host-tap': 'in the soak, as root',
  'npm test': 'elsewhere',
  'npm run coverage': 'elsewhere',
  'npm run test:clients': 'elsewhere',
  'npm run test:kubernetes': 'elsewhere',
  'npm run soak': 'elsewhere',
};

const minutes = 60_000;
const commands = npmCommands('CONTRIBUTING.md');

let clone: FreshClone;

beforeAll(async () => {
  clone = await FreshClone.create();
});
afterAll(async () => {
  await clone[Symbol.asyncDispose]();
});

test('this test knows each command of CONTRIBUTING.md', () => {
  expect([...commands].sort()).toEqual(Object.keys(how).sort());
});

const isRun = (command: string): boolean => how[command] === 'always' || (isSoak && how[command] !== 'elsewhere');

test.each(commands.filter(isRun))(
  '%s works on a fresh clone',
  async (command) => {
    if (command === 'npm run test:watch') await clone.runUntil(command, 'for file changes', 'q');
    else await clone.run(command, how[command] === 'in the soak, as root' ? 'root' : 'user');
    expect(await clone.run('git status --porcelain')).toBe('');
  },
  15 * minutes,
);
