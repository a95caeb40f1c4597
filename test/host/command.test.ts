import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { run } from '../../src/host/command.ts';

const shell = (script: string, ...args: readonly string[]): [string, readonly string[]] => [
  '/bin/sh',
  ['-c', script, 'sh', ...args],
];

describe('a program that is run', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'dan-command-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('has a minimal environment, a whole one if asked for, and its input', async () => {
    const [path, args] = shell('cat; env | sort; exit 3');
    const { exitCode, stdout } = await run(path, args, { timeoutSeconds: 10, input: 'in\n' });
    expect(exitCode).toBe(3);
    expect(stdout.split('\n').filter((line) => !/^(PWD|_|SHLVL)=/.test(line))).toEqual([
      'in',
      'LC_ALL=C',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      '',
    ]);
    const given = await run(path, args, { timeoutSeconds: 10, variables: { A: 'b' } });
    expect(given.stdout).toContain('A=b\n');
    expect(given.stdout).not.toContain('LC_ALL');
  });

  it('is killed over its time limit, and has ended when that is told', async () => {
    const pid = join(directory, 'late');
    const [path, args] = shell('echo $$ >"$1"; exec sleep 60', pid);
    await expect(run(path, args, { timeoutSeconds: 0.2 })).rejects.toMatchObject({
      name: 'command-timeout',
      code: 114,
      message: expect.stringContaining('did not end within 0.2 s'),
    });
    expect(existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}`)).toBe(false);
  });

  it('is killed when dan is told to end, also when that was before', async () => {
    const interruption = new AbortController();
    const [path, args] = shell('exec sleep 60');
    const running = run(path, args, { timeoutSeconds: 60, interrupted: interruption.signal });
    interruption.abort('SIGTERM');
    const refusal = { name: 'interrupted', code: 11, message: expect.stringContaining('SIGTERM') };
    await expect(running).rejects.toMatchObject(refusal);
    const after = run(path, args, { timeoutSeconds: 60, interrupted: interruption.signal });
    await expect(after).rejects.toMatchObject(refusal);
  });

  it('takes what it started along, if it has a group of its own', async () => {
    const pid = join(directory, 'grandchild');
    const [path, args] = shell('sleep 60 & echo $! >"$1"; wait', pid);
    await expect(run(path, args, { timeoutSeconds: 0.3, group: true })).rejects.toMatchObject({ code: 114 });
    const grandchild = readFileSync(pid, 'utf8').trim();
    // Whoever takes in orphans may not have buried it yet.
    const state = (): string =>
      existsSync(`/proc/${grandchild}/stat`) ? readFileSync(`/proc/${grandchild}/stat`, 'utf8') : 'gone';
    await expect.poll(state).toMatch(/gone|\) [ZX] /);
  });

  it('that cannot be started is an error that says which', async () => {
    await expect(run('/no/such', ['a'], { timeoutSeconds: 1 })).rejects.toMatchObject({
      name: 'command-failed',
      message: expect.stringContaining('/no/such a cannot be started'),
    });
  });
});
