import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Terminal, WrongUse } from '../../src/command/command.ts';
import { kataIpvsCommand } from '../../src/kata-ipvs/command.ts';
import { Interruption } from '../../src/protocol/interruption.ts';
import { readArguments } from '../../src/cli/arguments.ts';

let directory: string;

/** Stands in for the command of --exec: prints its arguments, or answers like real programs. */
const stub = `
case "$*" in
  'ipvsadm -L -n') echo 'IP Virtual Server'; printf '  -> \\033[31m\\n';;
  'ipvsadm -D -t 10.0.0.9:80') echo 'No such service' >&2; exit 255;;
  'ipvsadm -D -t 10.0.0.8:80') exit 3;;
  'conntrack -D -d 10.0.0.9 -p tcp') echo 'conntrack v1.4.7 (conntrack-tools): 0 flow entries have been deleted.' >&2; exit 1;;
  'conntrack -D -d 10.0.0.8 -p tcp') echo 'conntrack v1.4.7 (conntrack-tools): 10 flow entries have been deleted.' >&2;;
  'conntrack -D -d 10.0.0.7 -p tcp') echo 'conntrack v1.4.7 (conntrack-tools): Operation failed' >&2; exit 1;;
  'ipvsadm -S -n') cat table;;
  'ipvsadm -R') cat >table;;
  *) echo "$@";;
esac
`;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'dan-kata-ipvs-'));
  writeFileSync(join(directory, 'stub'), `cd ${directory}\n${stub}`);
  writeFileSync(join(directory, 'table'), '');
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function dan(line: readonly string[], input = '', interruption = new Interruption()) {
  const said = { stdout: '', stderr: '' };
  const terminal: Terminal = {
    print: (text) => (said.stdout += text),
    warn: (text) => (said.stderr += text),
    readInput: (limit = 0) => new TextEncoder().encode(input).subarray(0, limit + 1),
    colours: false,
    directory,
    executable: undefined,
    untilInterrupted: () => interruption,
  };
  const asked = readArguments(['kata-ipvs', ...line], [kataIpvsCommand]);
  if (asked.do !== 'run') throw new Error(`it asks for ${asked.do}`);
  const exitCode = await (await asked.command.load())(asked.words, terminal, [kataIpvsCommand]);
  return { exitCode, ...said };
}

const through = () => ['--exec', `sh ${directory}/stub`];
const ipvsadm = (parameters: string) => dan(['ipvsadm', ...through(), '--parameters', parameters, '6ec7a98']);
const cleanup = (parameters: string) => dan(['cleanup', ...through(), '--parameters', parameters, '6ec7a98']);
const restore = (input: string) => dan(['ipvsadm', ...through(), '--restore', '-', '6ec7a98'], input);

describe.each([
  ['ipvsadm', '-L'],
  ['conntrack', '-d 10.0.0.9 -p tcp'],
])('a signal ends %s that hangs', (program, parameters) => {
  it('and says that it may be done', async () => {
    const interruption = new Interruption();
    const command = program === 'ipvsadm' ? 'ipvsadm' : 'cleanup';
    const hung = dan([command, '--exec', "sh -c 'exec sleep 60'", '--parameters', parameters, 'sb1'], '', interruption);
    interruption.interrupt('SIGTERM');
    await expect(hung).rejects.toMatchObject({
      name: 'interrupted',
      message: `SIGTERM came before ${program} ended: it may be done or not`,
    });
  });
});

describe('dan kata-ipvs ipvsadm', () => {
  it('runs ipvsadm with the words that were checked', async () => {
    expect(await ipvsadm('--add-service --tcp-service 172.17.0.7:80 --scheduler rr --persistent 3000')).toEqual({
      exitCode: 0,
      stdout: 'ipvsadm -A -t 172.17.0.7:80 -s rr -p 3000\n',
      stderr: '',
    });
  });

  it('prints what ipvsadm prints, and nothing that moves a cursor', async () => {
    const stdout = 'IP Virtual Server\n  -> \\u001b[31m\n';
    expect(await ipvsadm('-L')).toEqual({ exitCode: 0, stdout, stderr: '' });
  });

  it('fails where ipvsadm fails', async () => {
    expect(await ipvsadm('-D -t 10.0.0.9:80')).toEqual({ exitCode: 1, stdout: '', stderr: 'No such service\n' });
    expect(await ipvsadm('-D -t 10.0.0.8:80')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'dan kata-ipvs: the command failed with exit code 3 and did not say why\n',
    });
  });

  it('is wrong use with wrong parameters', async () => {
    await expect(ipvsadm('-A -t 10.0.0.1:80 -s rr')).rejects.toThrow(WrongUse);
    await expect(ipvsadm('-A -t 10.0.0.1:80 -s rr')).rejects.toThrow(
      'dan kata-ipvs ipvsadm: --add-service needs --persistent; see "dan kata-ipvs --help"',
    );
  });

  it('restores what comes on stdin, once', async () => {
    const rules = '-A -t 10.0.0.1:80 -s rr -p 3000\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m\n';
    expect(await restore(rules)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await restore(rules)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'dan kata-ipvs: nothing is restored: the sandbox holds 2 rules, and it must hold none: delete its services ' +
        'first; nothing was changed\n',
    });
  });

  it('names the first line that is wrong, and restores nothing', async () => {
    await expect(restore('-A -t 10.0.0.1:80 -s rr -p 3000\n-a -t 10.0.0.1:80\n-x\n')).rejects.toMatchObject({
      name: 'undecodable-input',
      message: 'the rules on stdin cannot be restored: line 2: --add-server needs --real-server; nothing was changed',
    });
    await expect(restore('')).rejects.toThrow('there are no rules');
    await expect(restore('x'.repeat(5_000_000))).rejects.toThrow('they have more than 4194304 bytes');
  });
});

describe('dan kata-ipvs cleanup', () => {
  it('runs conntrack, which may find nothing', async () => {
    const stdout = 'conntrack v1.4.7 (conntrack-tools): 0 flow entries have been deleted.\n';
    expect(await cleanup('--orig-dst 10.0.0.9 --protonum tcp')).toEqual({ exitCode: 0, stdout, stderr: '' });
    expect(await cleanup('-d 10.0.0.8 -p tcp')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('fails where conntrack fails', async () => {
    const stderr = 'conntrack v1.4.7 (conntrack-tools): Operation failed\n';
    expect(await cleanup('-d 10.0.0.7 -p tcp')).toEqual({ exitCode: 1, stdout: '', stderr });
  });
});

describe('wrong use', () => {
  it.each([
    [['iptables', 'a'], '"iptables" is neither ipvsadm nor cleanup'],
    [['ipvsadm', 'a'], 'dan kata-ipvs ipvsadm: --parameters is missing'],
    [['cleanup', 'a'], 'dan kata-ipvs cleanup: --parameters is missing'],
    [['cleanup', '--restore', '-', 'a'], 'dan kata-ipvs cleanup: it takes no --restore'],
    [['ipvsadm', '--restore', 'FILE', 'a'], 'the rules come on stdin'],
    [['ipvsadm', '--restore', '-', '--parameters', '-L', 'a'], 'give --parameters or --restore, not both'],
    [['ipvsadm', '--netns', '/x', '--exec', 'x', '--parameters', '-L', 'a'], '--netns and --exec are two places'],
    [['ipvsadm', '--parameters', '-L', 'a;b'], 'the sandbox "a;b" must start with a letter or digit'],
    [['ipvsadm', '--parameters', '-L'], 'SANDBOX is missing'],
  ])('%j', async (line, why) => {
    await expect(dan(line)).rejects.toThrow(WrongUse);
    await expect(dan(line)).rejects.toThrow(why);
  });
});

it.each(['/nonexistent', '/dev/null'])('--netns %s is no namespace', async (path) => {
  await expect(dan(['ipvsadm', '--netns', path, '--parameters', '-L', 'a'])).rejects.toMatchObject({
    name: expect.stringMatching(/^(invalid-netns|command-missing)$/),
  });
});
