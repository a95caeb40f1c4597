import { readFileSync } from 'node:fs';
import { text, utf8 } from '#bytes';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/host/command.ts';
import { system } from '../../../src/host/system/node.ts';
import { lingering } from '../../../src/host/system/system.ts';
import { runSituations } from './run-situations.ts';
import { startSituations } from './start-situations.ts';
import { testSituations } from './test-situations.ts';
import { wantedOfRun, wantedOfStart } from './wanted.ts';

/** The ids of this process's children. */
function children(): readonly string[] {
  return readFileSync('/proc/thread-self/children', 'utf8').trim().split(' ');
}

/** Waits, without letting Node do anything else, until a child has ended. Node has not reaped it then. */
function untilEnded(id = ''): void {
  for (const end = performance.now() + 10_000; performance.now() < end; )
    if (readFileSync(`/proc/${id}/stat`, 'utf8').includes(') Z ')) return;
  throw new Error(`process ${id} has not ended`);
}

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

  // As on a busy machine: Node learns of both ends at once, has read only the first one's output, and then gets no
  // processor.
  it('output that is not read when its end is known', async () => {
    const options = { variables: { PATH: '/usr/bin:/bin' }, outputLimit: 1000 };
    const before = children();
    const head = system.start('/usr/bin/head', ['-c1'], { ...options, input: 'open' });
    const [headId] = children().filter((id) => !before.includes(id));
    const echo = system.start('/bin/echo', ['a'], {
      ...options,
      onOutput: () => {
        head.write(utf8('b'));
        untilEnded(headId);
        setImmediate(() => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.5 * lingering);
        });
      },
    });
    untilEnded(children().find((id) => id !== headId && !before.includes(id)));
    await echo.ended;
    expect(text((await head.ended).stdout)).toBe('b');
  });
});
