import { mkdir, readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Host } from './host.ts';

let host: Host;
beforeAll(async () => {
  host = await Host.create();
});
afterAll(() => host[Symbol.asyncDispose]());

it('a command gets its input, environment and directory, and both outputs come back apart', async () => {
  const script = 'cat; echo "$WORD"; pwd; echo wrong >&2; exit 7';
  const given = { input: 'ä\n', env: { PATH: '/usr/bin:/bin', WORD: 'word' }, cwd: '/etc' };
  expect(await host.run('sh', ['-c', script], given)).toEqual({
    exitCode: 7,
    stdout: 'ä\nword\n/etc\n',
    stderr: 'wrong\n',
  });
});

it('a command without input or directory has an empty input and starts in /', async () => {
  expect(await host.run('sh', ['-c', 'cat; pwd'])).toMatchObject({ exitCode: 0, stdout: '/\n' });
});

it('a command that a signal ends has the exit code -1, and one that is not there has 127', async () => {
  expect(await host.run('sh', ['-c', 'kill -KILL $$'])).toMatchObject({ exitCode: -1 });
  expect(await host.run('no-such-program', [])).toMatchObject({
    exitCode: 127,
    stderr: expect.stringContaining('cannot start no-such-program'),
  });
});

it('a command that reads nothing of a large input ends, and a large output comes back whole', async () => {
  const large = 'x'.repeat(5_000_000);
  expect(await host.run('true', [], { input: large })).toMatchObject({ exitCode: 0 });
  const { stdout } = await host.run('cat', [], { input: large });
  expect(stdout === large).toBe(true);
});

it('commands run at the same time, and each answer is its own', async () => {
  const pipe = `${host.directory}/pipe`;
  await host.sh(`mkfifo ${pipe}`);
  // Neither ends before the other has started.
  const [first, second] = await Promise.all([
    host.run('sh', ['-c', `read -r line <${pipe}; echo "first $line"`]),
    host.run('sh', ['-c', `echo word >${pipe}; echo second`]),
  ]);
  expect([first.stdout, second.stdout]).toEqual(['first word\n', 'second\n']);
});

it('what a command does to links, files and processes stays in its host', async () => {
  await using other = await Host.create();
  await host.sh(`
    ip link add br0 type bridge; touch /etc/only-here /run/only-here
    sleep 1000 >/dev/null 2>&1 &
    until pgrep sleep; do :; done`);
  const look = 'ls -d /sys/class/net/br0 /etc/only-here /run/only-here 2>/dev/null; pgrep sleep';
  expect((await host.run('sh', ['-c', look])).stdout).toMatch(
    /^\/etc\/only-here\n\/run\/only-here\n\/sys\/class\/net\/br0\n\d+\n$/,
  );
  expect((await other.run('sh', ['-c', look])).stdout).toBe('');
  await expect(stat('/etc/only-here')).rejects.toThrow('ENOENT');
});

it('a host inside a host has namespaces of its own, and nothing is left of it', async () => {
  const inner = await Host.create(host);
  await mkdir(`${inner.directory}/mine`);
  await inner.sh('ip link add inner type bridge; touch /run/inner');
  expect(await host.sh('ls -d /sys/class/net/inner /run/inner 2>/dev/null || echo none')).toBe('none');
  await inner[Symbol.asyncDispose]();
  await expect(stat(inner.directory)).rejects.toThrow('ENOENT');
  await expect(readFile(`/proc/${inner.pid}/comm`)).rejects.toThrow('ENOENT');
});
