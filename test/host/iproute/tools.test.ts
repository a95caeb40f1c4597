import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runForJson } from '../../../src/host/iproute/tools.ts';

// iproute2 prints this, with exit code 0, if links come or go while it reads.
const interrupted = 'echo "Dump was interrupted and may be inconsistent." >&2';

describe('what is read from the kernel', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dan-json-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const read = (script: string): ReturnType<typeof runForJson> =>
    runForJson('/bin/sh', ['-c', script, 'sh', join(directory, 'calls')], { timeoutSeconds: 10 });
  const calls = (): number => readFileSync(join(directory, 'calls'), 'utf8').trimEnd().split('\n').length;

  it('is read again while its dump is interrupted', async () => {
    const script = `echo call >>"$1"; [ $(wc -l <"$1") -gt 3 ] || ${interrupted}; echo '[{"a":1}]'`;
    expect(await read(script)).toEqual([[{ a: 1 }]]);
    expect(calls()).toBe(4);
  });

  it('is not believed where it never is whole', async () => {
    await expect(read(`echo call >>"$1"; ${interrupted}; echo '[{"a":1}]'`)).rejects.toMatchObject({
      name: 'command-failed',
      message: expect.stringContaining('Dump was interrupted'),
    });
    expect(calls()).toBe(21);
  });

  it('is not believed of a program that was killed, whatever it said before', async () => {
    const script = `echo 'Device "x" does not exist.' >&2; kill -KILL $$`;
    await expect(read(script)).rejects.toMatchObject({ name: 'command-failed' });
  });

  it('leaves out what does not exist, and complains of anything else', async () => {
    expect(await read(`echo 'Device "x" does not exist.' >&2; echo '[{"a":1},{}]'; exit 1`)).toEqual([[{ a: 1 }, {}]]);
    await expect(read('echo "Operation not permitted" >&2; exit 2')).rejects.toMatchObject({
      message: expect.stringContaining('Operation not permitted'),
    });
  });
});
