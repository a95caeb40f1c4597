import { describe, expect, it } from 'vitest';

import { run } from '../../../src/host/command.ts';
import { system } from '../../../src/host/system/node.ts';
import { runSituations } from './run-situations.ts';
import { startSituations } from './start-situations.ts';
import { testSituations } from './test-situations.ts';
import { wantedOfRun, wantedOfStart } from './wanted.ts';

describe('a program that is run on Node, with', () => {
  testSituations(runSituations(system, run), wantedOfRun);

  it('output of which every byte is kept', async () => {
    const options = { timeoutSeconds: 10, encoding: 'latin1' } as const;
    const { stdout } = await run('/bin/sh', ['-c', 'printf "\\303\\251\\377"'], options);
    expect(stdout).toBe('\u00c3\u00a9\u00ff');
  });

  // If execa keeps the output, it scans each character for an error's message.
  it('much output of one that fails, at once', async () => {
    const options = { timeoutSeconds: 4, outputLimit: 32_000_000 };
    const { exitCode, stdout } = await run('/bin/sh', ['-c', 'head -c 24000000 /dev/zero; exit 3'], options);
    expect([exitCode, stdout.length]).toEqual([3, 24_000_000]);
  });
});

describe('a program that is started on Node, with', () => {
  testSituations(startSituations(system), wantedOfStart);
});
