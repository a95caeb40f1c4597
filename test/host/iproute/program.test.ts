import { text } from '#bytes';
import { describe } from 'vitest';

import { run } from '../../../src/host/iproute/program.ts';
import { system } from '../../../src/host/system/node.ts';
import { runSituations } from '../system/run-situations.ts';
import { testSituations } from '../system/test-situations.ts';
import { wantedOfRun } from '../system/wanted.ts';

describe('a program that execa runs, with', () => {
  testSituations(
    runSituations(system, async (path, args, options) => {
      const finished = await run(path, args, options);
      return { ...finished, stdout: text(finished.stdout) };
    }),
    wantedOfRun,
  );
});
