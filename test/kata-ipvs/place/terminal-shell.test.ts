import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../../src/kata-ipvs/place/call.ts';
import { splitCommand } from '../../../src/kata-ipvs/place/place.ts';
import { runInShell } from '../../../src/kata-ipvs/place/terminal-shell.ts';
import { Interruption } from '../../../src/protocol/interruption.ts';

/** Prints its arguments and its input, unless its first argument selects something else. */
const program = `#!/bin/sh
case $1 in
  -C) exit 0;;
  -D) echo 'No such service' >&2; exit 255;;
  -R) cat >"$0.input"; exit 0;;
  -Z) echo refused; exit 2;;
  -L) printf 'some\\twords  \\n\\nand \\303\\244\\n';;
  -Y) printf x; yes ä | head -n 40000 | tr -d '\\n'; echo;;
  -X) trap 'echo ended >"$0.ended"; exit' INT; while :; do sleep 0.1; done;;
  *) for word; do echo "<$word>"; done; cat;;
esac
`;

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'dan-terminal-'));
  writeFileSync(join(directory, 'ipvsadm'), program);
  chmodSync(join(directory, 'ipvsadm'), 0o755);
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function runIn(shell: string, call: Partial<Call>) {
  const command = ['env', `PATH=${directory}:/usr/bin:/bin`, ...splitCommand(shell)];
  const name = 'the shell of the test';
  return runInShell(
    { name, script: '/usr/bin/script', command },
    { program: 'ipvsadm', words: [], seconds: 20, ...call },
  );
}

// Possible shells of a guest; the second edits its line, with the terminal in raw mode.
describe.each(['dash -i', 'bash --norc', 'bash --norc --noediting'])('in %s', (shell) => {
  it('a program gets its arguments as they are', async () => {
    const words = ['-A', '-t', '[fd00::1]:80', '--set'];
    expect(await runIn(shell, { words })).toEqual({
      exitCode: 0,
      stdout: '<-A>\n<-t>\n<[fd00::1]:80>\n<--set>\n',
      stderr: '',
    });
  });

  it('what a program says comes as it is', async () => {
    expect(await runIn(shell, { words: ['-L'] })).toMatchObject({ stdout: 'some\twords  \n\nand ä\n' });
    expect(await runIn(shell, { words: ['-C'] })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('a character that comes in two parts is one', async () => {
    const { stdout } = await runIn(shell, { words: ['-Y'] });
    expect(stdout === `x${'ä'.repeat(40_000)}\n`, stdout.slice(0, 80)).toBe(true);
  });

  it('the exit code of a program is told', async () => {
    const answer = await runIn(shell, { words: ['-D'] });
    expect(answer).toEqual({ exitCode: 255, stdout: '', stderr: 'No such service\n' });
  });

  it('a program gets much input whole, which the shell takes for nothing else', async () => {
    const line = '-a -t 10.10.11.12:100 -r 172.16.0.1:80 -m -w 65535\n';
    const input = line.repeat(20_000);
    expect(await runIn(shell, { words: ['-R'], input })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(directory, 'ipvsadm.input'), 'latin1')).toBe(input);
    expect(await runIn(shell, { words: ['-Z'], input })).toEqual({ exitCode: 2, stdout: '', stderr: 'refused\n' });
  });
});

describe('a console', () => {
  it('that ends before it answers is told with its last words', async () => {
    await expect(runIn('sh -c "echo no such sandbox; exit 1"', {})).rejects.toMatchObject({
      name: 'command-failed',
      message: expect.stringContaining('the shell of the test ended before it answered'),
      details: 'no such sandbox',
    });
  });

  it('is connected to by words that no shell expands', async () => {
    const odd = '$(touch odd)`touch odd` ~ *';
    await expect(runIn(`sh -c 'echo "$0 $#"; exit 1' '${odd}' ''`, {})).rejects.toMatchObject({
      details: `${odd} 1`,
    });
  });

  it.each(['cat /dev/zero', 'yes', "sh -c 'while :; do printf xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done'"])(
    'that prints without end, like %s, is left after 4 MiB',
    async (endless) => {
      await expect(runIn(endless, {})).rejects.toMatchObject({
        message: expect.stringContaining('the shell of the test printed more than 4194304 bytes'),
      });
    },
  );

  it('is left when its program hangs, which ends then', async () => {
    await expect(runIn('bash --norc', { words: ['-X'], seconds: 0.5 })).rejects.toMatchObject({
      name: 'command-timeout',
    });
    expect(readFileSync(join(directory, 'ipvsadm.ended'), 'utf8')).toBe('ended\n');
  });

  it('is left where it is interrupted', async () => {
    const interrupted = new Interruption();
    interrupted.interrupt('SIGINT');
    await expect(runIn('bash --norc', { words: ['-X'], interrupted })).rejects.toMatchObject({ name: 'interrupted' });
  });
});
