import { afterAll, beforeAll, expect, test } from 'vitest';
import { npmCommands } from '../../test/docs/npm-commands.ts';
import { isSoak } from '../harness/effort.ts';
import { FreshClone } from './fresh-clone.ts';

// CONTRIBUTING.md, command by command, as a newcomer types it: on a fresh clone, and as a user who is not root where the
// page does not say root. `npm test` runs what is short and what it does not run itself; `npm run soak` runs all but the
// whole suites, of which test/docs/npm-commands.test.ts says that they exist.

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
