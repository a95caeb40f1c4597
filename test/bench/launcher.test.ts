import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, type Options, type ResultPromise } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assertDone } from '../../bench/attach/call.ts';
import { Launcher } from '../../bench/launch/launcher.ts';

const source = fileURLToPath(new URL('../../bench/launch/launch.c', import.meta.url));
let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dan-launcher-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** Starts the launcher on this machine itself, which needs no root. */
async function start(limit?: number): Promise<Launcher> {
  const program = join(directory, 'launch');
  await execa('gcc', ['-o', program, source]);
  const spawn = (command: string, args: readonly string[], options: Options = {}): ResultPromise =>
    execa(command, args, options) as unknown as ResultPromise;
  return Launcher.start({ directory, spawn }, program, limit);
}

describe.skipIf(spawnSync('gcc', ['--version']).status !== 0)('the launcher', () => {
  test('tells how each of several programs ended', async () => {
    await using launcher = await start();
    const script = 'read word; echo "$word $NAME"; exit "$1"';
    const job = (code: string) => ({
      argv: ['/bin/sh', '-c', script, 'sh', code] as const,
      env: { NAME: 'b' },
      input: 'a\n',
    });
    const { each } = await launcher.runTogether([job('0'), job('3')]);
    expect(each).toMatchObject([
      { exitCode: 0, stdout: 'a b\n', late: false },
      { exitCode: 3, stdout: 'a b\n', late: false },
    ]);
  });

  test('kills what has not ended within the limit, which fails by its name, and goes on', async () => {
    await using launcher = await start(1);
    const hanging = { argv: ['/bin/sh', '-c', 'echo waiting; exec sleep 60'] } as const;
    const [quick, late] = (await launcher.runTogether([{ argv: ['/bin/true'] }, hanging])).each;
    expect(quick).toMatchObject({ exitCode: 0, late: false });
    expect(late).toMatchObject({ exitCode: 137, late: true });
    expect(late?.wall).toBeLessThan(10_000);
    expect(() => {
      assertDone('bridge: ADD', late!);
    }).toThrow('bridge: ADD did not end within 30 s: waiting');
    expect(await launcher.runOne({ argv: ['/bin/true'] })).toMatchObject({ exitCode: 0, late: false });
  });
});
