import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { type Program, programs } from '../harness/plugin.ts';

/** A Node that pretends to be another version. */
function posing(version: string): Program {
  const versions = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const [node, program] = programs.iproute2;
  return [node, '--import', `data:text/javascript,${encodeURIComponent(versions)}`, program];
}

/** The result of a program, called through CNI or by a user. */
async function seen([program, ...args]: Program, words: readonly string[], env: Readonly<Record<string, string>>) {
  const options = { env, extendEnv: false, reject: false, input: '{"cniVersion":"1.0.0","name":"n","type":"dan"}' };
  const { exitCode, stdout, stderr } = await execa(program, [...args, ...words], options);
  return { exitCode, stdout, stderr };
}

// Debian's own Node, if it is older than the one that the project uses.
const [, newest = 0] = /^v(\d+)/.exec(process.version) ?? [];
const ofNode = '/usr/bin/node';
const { stdout: found } = existsSync(ofNode) ? await execa(ofNode, ['--version']) : { stdout: '' };
const isOld = found !== '' && Number(/^v(\d+)/.exec(found)?.[1]) < Math.min(22, Number(newest));

describe('the program for Node, on a Node that is too old,', () => {
  const older: readonly (readonly [string, Program])[] = [
    ...['22.2.9', '20.20.2', '18.0.0', '9.11.2'].map((version) => [version, posing(version)] as const),
    ...(isOld ? [[found.slice(1), [ofNode, programs.iproute2[1]]] as const] : []),
  ];

  it.each(older)('says so in a line: %s', async (version, program) => {
    const { stderr, ...rest } = await seen(program, ['list'], {});
    expect(rest).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^dan: .*$/);
    expect(stderr).toContain(`needs Node 22.3 or later, and this is Node ${version}: `);
  });

  it.each(older)('answers a runtime by an error: %s', async (version, program) => {
    for (const command of ['ADD', 'DEL', 'VERSION']) {
      const { stdout, ...rest } = await seen(program, [], { CNI_COMMAND: command });
      expect(rest).toEqual({ exitCode: 1, stderr: '' });
      expect(JSON.parse(stdout)).toEqual({
        cniVersion: '1.1.0',
        code: 112,
        msg: expect.stringContaining(`needs Node 22.3 or later, and this is Node ${version}: `),
      });
    }
  });
});

describe('the program for Node, on a Node that is new enough,', () => {
  it.each(['22.3.0', '22.10.0', '23.0.0', '100.0.0'])('does its work: %s', async (version) => {
    expect(await seen(posing(version), ['--version'], {})).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await seen(posing(version), [], { CNI_COMMAND: 'VERSION' })).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

it('the program for Node imports no name that an older Node might lack: it would fail before it could say so', async () => {
  const { stdout } = await execa('grep', ['-E', '^import ', programs.iproute2[1]]);
  for (const line of stdout.split('\n')) expect(line).toMatch(/^import \* as /);
});
