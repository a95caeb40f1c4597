import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { executable } from '../harness/plugin.ts';

const version = { env: { CNI_COMMAND: 'VERSION' }, input: '{"cniVersion":"1.0.0"}', extendEnv: false } as const;

/** The answer to VERSION if the executable is started by these words. */
async function answerUnder(...words: readonly string[]): Promise<unknown> {
  const [program, ...args] = [...words, executable];
  const { stdout } = await execa(program, args, {
    ...version,
    env: { ...version.env, PATH: '/usr/bin:/bin' },
  });
  return JSON.parse(stdout);
}

describe('the executable', () => {
  it('is static: ldd finds no library', async () => {
    const { all, exitCode } = await execa('ldd', [executable], { all: true, reject: false });
    expect({ all, exitCode }).toMatchObject({ all: expect.stringContaining('not a dynamic executable'), exitCode: 1 });
  });

  it('has no stack or heap that can be executed, and no table of addresses that could be written to', async () => {
    const { stdout } = await execa('readelf', ['--wide', '--program-headers', executable]);
    const segments = stdout.split('\n').map((line) => line.trim());
    expect(segments.find((line) => line.startsWith('GNU_STACK'))).toMatch(/ RW +\d/);
    expect(segments.filter((line) => /^LOAD .* RWE /.test(line))).toEqual([]);
    // A static program at fixed addresses has none of the sections that RELRO would protect.
    expect(segments.join('\n')).not.toMatch(/\.(got|init_array|fini_array|data\.rel\.ro)/);
  });

  it('cannot take a snapshot: what did so is erased', async () => {
    const { stdout } = await execa('readelf', ['--wide', '--hex-dump=.build', executable]);
    const words = stdout.match(/^ +0x[0-9a-f]+ ([0-9a-f ]{35})/gm)?.flatMap((line) => line.trim().split(/ +/).slice(1));
    expect(new Set(words?.join('').match(/../g))).toEqual(new Set(['cc']));
    expect(readFileSync(executable).includes('HR_TOUCHED')).toBe(false);
  });

  it.each([
    ['a processor with SSE4.2 and no AVX', ['qemu-x86_64', '-cpu', 'Nehalem']],
    ['a kernel that lays programs out at random', []],
    ['a kernel that lays programs out the same each time', ['setarch', '-R']],
  ])('starts on %s', async (_, words) => {
    expect(await answerUnder(...words)).toMatchObject({ cniVersion: '1.0.0' });
  });

  it('takes no orders from the directory it is started in', async () => {
    const { stdout } = await execa('sh', [
      '-ec',
      `cd "$(mktemp -d)"; trap 'rm -r "$PWD"' EXIT
       echo 'preload = ["./evil.ts"]' >bunfig.toml; echo 'console.log("evil")' >evil.ts; echo CNI_COMMAND=ADD >.env
       CNI_COMMAND=VERSION "$1" </dev/null`,
      'sh',
      executable,
    ]);
    expect(JSON.parse(stdout)).toHaveProperty('supportedVersions');
  });
});
