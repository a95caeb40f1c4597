import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { npmCommands } from '../../test/docs/npm-commands.ts';
import { isSoak } from '../harness/effort.ts';
import { FreshClone } from './fresh-clone.ts';

// Runs CONTRIBUTING.md command by command like a newcomer: on a fresh clone, and as a user other than root unless the
// page says root. `npm run soak` does that, except for the whole suites; test/docs/npm-commands.test.ts checks that those
// exist. `npm test` runs most of the commands itself, and begins on a fresh clone where it is run for a change.

type How = 'as a user' | 'as root' | 'elsewhere';

const how: Readonly<Record<string, How>> = {
  'npm ci --ignore-scripts': 'as a user',
  'npm run build': 'as a user',
  'npm run check': 'as a user',
  'npm run test:unit': 'as a user',
  'npm run test:unit -- test/config': 'as a user',
  'npm run test:watch': 'as a user',
  'npm run docs': 'as a user',
  'npm run test:integration -- integration/host-tap': 'as root',
  'npm test': 'elsewhere',
  'npm run coverage': 'elsewhere',
  'npm run test:clients': 'elsewhere',
  'npm run test:kubernetes': 'elsewhere',
  'npm run soak': 'elsewhere',
};

const minutes = 60_000;
const commands = npmCommands('CONTRIBUTING.md');

test('this test knows each command of CONTRIBUTING.md', () => {
  expect([...commands].sort()).toEqual(Object.keys(how).sort());
});

describe.runIf(isSoak)('on a fresh clone', () => {
  let clone: FreshClone;
  beforeAll(async () => {
    clone = await FreshClone.create();
  });
  afterAll(async () => {
    await clone[Symbol.asyncDispose]();
  });

  test.each(commands.filter((command) => how[command] !== 'elsewhere'))(
    '%s works',
    async (command) => {
      if (command === 'npm run test:watch') await clone.runUntil(command, 'for file changes', 'q');
      else await clone.run(command, how[command] === 'as root' ? 'root' : 'user');
      expect(await clone.run('git status --porcelain')).toBe('');
    },
    15 * minutes,
  );
});
