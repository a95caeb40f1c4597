import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';

let host: Host;

beforeAll(async () => {
  host = await Host.create();
  await host.sh('mount -t tmpfs tmpfs /opt; mkdir -p /opt/kata/bin');
});
afterAll(() => host[Symbol.asyncDispose]());

/** Installs a script as kata-runtime. */
async function serve(console: string): Promise<void> {
  const runtime = '/opt/kata/bin/kata-runtime';
  await host.run('tee', [runtime], { input: `#!/bin/sh\n${console}\n` });
  await host.sh(`chmod 755 ${runtime}`);
}

const list = (sandbox: string) => ['kata-ipvs', 'ipvsadm', '--parameters', '--list', sandbox];
const left = () => host.sh('pgrep "^(dan|script|kata-runtime|cat|yes|sleep)$" -l | grep -v "^$PPID " | wc -l');

test.each([
  ['zeros', 'exec cat /dev/zero'],
  ['short lines', 'exec yes'],
  ['single bytes', 'exec stdbuf -o0 yes'],
])('a console that prints %s without end is left, with at most 64 MiB', async (_, console) => {
  await serve(console);
  const before = await left();
  const { stderr } = await host.run('/usr/bin/time', ['--format', '%x %M', '--', executable, ...list('sb1')]);
  expect(stderr).toContain('the debug console of the sandbox sb1 printed more than 4194304 bytes');
  const [exitCode, memory] = stderr.trimEnd().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  expect(exitCode).toBe(1);
  expect(memory).toBeLessThan(64 * 1024);
  await eventually('the end of the console', async () => ((await left()) === before ? true : undefined));
});

test.each(['TERM', 'INT', 'HUP', 'QUIT'])('SIG%s ends what waits for a console that is silent', async (signal) => {
  await serve('echo $$ >/opt/console; exec sleep 1000');
  const before = await left();
  const listed = host.run(executable, list('sb1'));
  await eventually('the console', async () => ((await host.sh('cat /opt/console')) === '' ? undefined : true));
  await host.sh(`kill -${signal} $(pgrep -x dan)`);
  expect(await listed).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: `dan: SIG${signal} came before ipvsadm ended: it may be done or not [interrupted]\n`,
  });
  await eventually('the end of the console', async () => ((await left()) === before ? true : undefined));
  await host.sh('rm /opt/console');
});

test.each(['$(touch PWN)', '`touch PWN`', ';touch PWN', ' -x', "'", '*', '&', '\n', '\\'])(
  'a directory of Kata’s that ends with %j is no sandbox, and no shell sees its name',
  async (odd) => {
    await serve('echo "$@" >/opt/words');
    const directories = ['/run/kata', '/run/vc/sbs'].flatMap((parent) => [
      `${parent}/abc${odd}`,
      `${parent}/${odd}abc`,
    ]);
    for (const directory of directories) {
      await host.run('mkdir', ['-p', directory]);
      await host.run('touch', [`${directory}/shim-monitor.sock`]);
    }
    await host.run(executable, list('abc'), { cwd: '/opt' });
    expect(await host.sh('cat /opt/words; find / /opt /run /tmp -maxdepth 1 -name PWN; ls /opt')).toBe(
      'exec abc\nkata\nwords',
    );
    await host.sh('rm -r /run/kata /run/vc');
  },
);
