import { execa } from 'execa';
import { expect, test } from 'vitest';
import { executable } from './plugin.ts';

// The oldest x86-64 processors that dan promises to run on have SSE4.2 and nothing newer, such as Nehalem.
test('the executable starts on a processor with SSE4.2 and no AVX', async () => {
  const options = { env: { CNI_COMMAND: 'VERSION' }, input: '{"cniVersion":"1.0.0"}' };
  const { stdout } = await execa('qemu-x86_64', ['-cpu', 'Nehalem', executable], options);
  expect(JSON.parse(stdout)).toMatchObject({ cniVersion: '1.0.0' });
});

// Bun's executables read these from the working directory unless told not to; the plugin runs as root.
test('the executable takes no orders from the directory it is started in', async () => {
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
