import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { system } from '../../../src/host/system/node.ts';
import { describeProcess, seeProcess } from './describe-process.ts';
import { otherSituations } from './other-situations.ts';
import { testSituations } from './test-situations.ts';
import { wantedOfOthers } from './wanted.ts';

describe('what else the system for Node has:', () => {
  testSituations(otherSituations(system), wantedOfOthers);
});

describe('a process on Node', () => {
  const command = [process.execPath, fileURLToPath(new URL('on-native.ts', import.meta.url))];
  describeProcess(() => command);

  it('ends when nothing is left to wait for', async () => {
    expect(await seeProcess(command, ['nothing more'])).toEqual({ exitCode: 0, seen: [{ is: 'the end' }] });
  });
});
