import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Seen, situations } from './situations.ts';

type Name = keyof typeof situations;

const output = (stdout: string, stderr = '', exitCode = 0): Seen => ({ exitCode, stdout, stderr });

const wanted: Readonly<Record<Exclude<Name, 'its own environment'>, unknown>> = {
  'a given environment': { exitCode: 0, stdout: expect.stringMatching(/^A=b$/m), stderr: '' },
  'input and output': output('in\n', 'err\n'),
  'no input': output('end\n'),
  'input that nobody reads': output('', '', 4),
  'a file as input': output('file\n'),
  'every byte': { bytes: [0xc3, 0xa9, 0xff] },
  'much output': { length: 3_000_000 },
  'too much output': { exitCode: -1 },
  'a signal': output('', '', -1),
  'a namespace': output('file\n'),
  'a lock': output('file\n'),
  'no such program': refused('command-failed', 113, '/no/such a cannot be started: '),
  'no program at all': refused('command-failed', 113, '/etc/passwd  cannot be started: '),
  'too late': { ...refused('command-timeout', 114, 'did not end within 0.2 s'), isThere: false },
  'too late, with what it started': { ...refused('command-timeout', 114, 'within 0.3 s'), runs: false },
  'told to end': refused('interrupted', 11, 'SIGTERM'),
  'told to end before': refused('interrupted', 11, 'SIGTERM'),
};

function refused(name: string, code: number, message: string): object {
  return { refused: true, name, code, message: expect.stringContaining(message) };
}

let directory: string;
let onBun: Readonly<Record<string, Seen>>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dan-run-'));
  const bun = fileURLToPath(new URL('../../../node_modules/.bin/bun', import.meta.url));
  const script = fileURLToPath(new URL('on-bun.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(bun, [script, directory], { maxBuffer: 1024 * 1024 });
  onBun = JSON.parse(stdout) as typeof onBun;
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe.each(['Node', 'Bun'])('a program that is run on %s', (runtime) => {
  const see = async (name: Name): Promise<Seen | undefined> =>
    runtime === 'Bun' ? onBun[name] : await situations[name](directory);

  it.each(Object.entries(wanted) as [Name, unknown][])('with %s', async (name, what) => {
    expect(await see(name)).toEqual(what);
  });

  it('with a minimal environment', async () => {
    const { exitCode, stdout } = (await see('its own environment')) ?? {};
    expect(exitCode).toBe(3);
    const lines = String(stdout)
      .split('\n')
      .filter((line) => !/^(PWD|_|SHLVL)=/.test(line));
    expect(lines.sort()).toEqual(['', 'LC_ALL=C', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin']);
  });
});
