import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin, executable, type Program, programs, repeated } from '../harness/plugin.ts';
import { timed } from '../harness/stopwatch.ts';
import { traces } from '../harness/traces.ts';
import { lockOf, mended, noFiles, recordOf, unsafe } from './places.ts';

/** Seconds after which a call counts as hanging. */
const limit = 2;
const sandbox = 'sandbox-1';
const danConf = '/run/srv/own/dans';
const usual = '/run/kata-containers/dans';
const socketDir = '/run/srv/own/sockets';
const logFile = '/run/srv/own/logs/dan.log';
const directories = '/run/srv/own/dans /run/srv/own/sockets /run/srv/own/logs';
const tap = { cniVersion: '1.1.0', name: 'net', type: 'dan', device: 'host-tap', bridge: null, danConf };
const socket = { ...tap, device: 'vhost-user', socketDir };
const addressed = { ...tap, addresses: ['10.88.0.5/24'] };

let host: Host;
beforeAll(async () => {
  host = await Host.create();
  await host.podNetns('pod');
  await host.sh(`mkdir -m 700 /run/victim; echo kept >/run/victim/file`);
});
beforeEach(async () => {
  await host.sh(`
    rm -rf /run/dan /run/kata-containers /run/srv /run/it
    mkdir -p ${directories}; chmod 750 ${directories}`);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

/** A call that must end soon. */
async function call(
  command: Call['command'],
  config: object,
  program?: Program,
  netns = '/run/netns/pod',
): Promise<Answer> {
  const called = callPlugin(host, { command, config, sandbox, netns, ...(program ? { program } : {}) });
  const [answer, seconds] = await timed(`/proc/${host.pid}/root/proc`, called);
  expect(seconds, `${command} took its time`).toBeLessThan(limit);
  expect(answer.stdout).not.toMatch(/internal-error|"code":999/);
  return answer;
}

/** Nothing of an attachment is left, and nobody touched what is not dan's. */
async function expectNothingLeft(but: readonly string[] = []): Promise<void> {
  const left = [...(await traces(host)), ...(await filesIn('/run/srv'))].filter(
    (one) => one !== 'netns pod' && !but.some((path) => one.endsWith(path)),
  );
  expect(left).toEqual([]);
  expect(await host.sh('cat /run/victim/file; ls -A /run/victim')).toBe('kept\nfile');
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const found = await host.sh(`find ${directory} -type f ! -path '*.real/*' ! -name dan.log`);
  return found.split('\n').filter((path) => path !== '');
}

/** What is seen of an operation: its code, or 0. */
const codeOf = ({ exitCode, json }: Answer): unknown => (exitCode === 0 ? 0 : json['code']);

describe.each(Object.entries(noFiles))('%s', (what, make) => {
  const isFifo = what.endsWith('FIFO') || what.endsWith('link');
  const tried: readonly Program[] = isFifo ? Object.values(repeated) : [programs.rtnetlink];

  test.each([
    ['record', recordOf('net', sandbox), { ADD: 100, CHECK: 115, DEL: 0, GC: 0, list: 1 }],
    ['DAN file', `${usual}/${sandbox}.json`, { ADD: 108, DEL: 0, GC: 0, list: 1 }],
    ['lock', lockOf(sandbox), { ADD: 125, DEL: 0, GC: 0 }],
    ['log', logFile, { ADD: 0, CHECK: 0, DEL: 0, GC: 0 }],
  ])('in the place of a %s is an error at once, and DEL goes on', async (_place, path, codes) => {
    for (const program of tried) {
      const config = { ...addressed, danConf: usual, ...(path === logFile ? { logFile } : {}) };
      // What dan makes of its own is there.
      expect((await call('ADD', { ...config, name: 'other' }, program)).exitCode).toBe(0);
      expect((await call('DEL', { ...config, name: 'other' }, program)).exitCode).toBe(0);
      await host.sh(`rm -rf ${path}; ${make(path)}`);
      const before = await host.sh(`stat -c '%F %i %u %a' ${path}`);
      for (const [command, code] of Object.entries(codes)) {
        if (command === 'list') {
          expect((await host.run(program[0], [...program.slice(1), 'list'])).exitCode).toBe(code);
          continue;
        }
        const more =
          command === 'CHECK' ? { prevResult: { cniVersion: '1.1.0' } } : { 'cni.dev/valid-attachments': [] };
        const given = command === 'ADD' || command === 'DEL' ? config : { ...config, ...more };
        const answer = await call(command as Call['command'], given, program);
        expect(codeOf(answer), `${command}: ${answer.stdout}`).toBe(code);
        if (path === logFile) expect(answer.stderr).toContain('the log file is left out');
        else if (command === 'DEL') expect(answer.stderr).toContain('"level":"warn"');
      }
      expect(await host.sh(`stat -c '%F %i %u %a' ${path}`)).toBe(before);
      await host.sh(`rm -rf ${path}`);
      await expectNothingLeft();
    }
  });
});

describe.each(Object.entries(unsafe))('a directory that is %s', (what, spoil) => {
  const isWay = what.startsWith('below');

  test.each([
    ['danConf', danConf, tap],
    ['socketDir', socketDir, socket],
    ['socketPath', socketDir, { ...socket, socketDir: undefined, socketPath: `${socketDir}/a.sock` }],
  ])('as %s is refused by ADD and STATUS, and DEL works', async (_key, path, config) => {
    await host.sh(spoil(path));
    const given = { ...config, addresses: ['10.88.0.5/24'] };
    const answer = await call('ADD', given);
    expect(answer.json).toMatchObject({ code: 125, msg: expect.stringContaining(isWay ? '/run/srv/own' : path) });
    expect(codeOf(await call('STATUS', config))).toBe(50);
    expect(codeOf(await call('DEL', given))).toBe(0);
    await host.sh(mended(path));
    await expectNothingLeft();
    expect(codeOf(await call('STATUS', config))).toBe(0);
  });

  test.each([
    ['danConf', danConf, addressed],
    ['socketDir', socketDir, { ...socket, addresses: ['10.88.0.5/24'] }],
    ['records', '/run/dan/attachments', addressed],
    ['locks', '/run/dan/locks', addressed],
  ])("as that of %s after ADD keeps no DEL from what is dan's", async (_key, path, config) => {
    expect((await call('ADD', config)).exitCode).toBe(0);
    await host.sh(spoil(path));
    const isBelow = path.startsWith('/run/dan');
    if (isBelow) expect(codeOf(await call('ADD', { ...config, name: 'second' }))).toBe(125);
    const deleted = await call('DEL', config);
    const file = path === danConf && what === 'a link of another' ? `${danConf}.real/${sandbox}.json` : undefined;
    // A file that nobody can be led to safely: never a success while it stays.
    if (file !== undefined) expect(deleted.json).toMatchObject({ code: 125 });
    else expect(codeOf(deleted), deleted.stdout).toBe(0);
    expect(await host.sh('ip -br link show type tun')).toBe('');
    if (path === danConf && file === undefined) expect(deleted.stderr).toContain(isWay ? '/run/srv/own ' : `${path} `);
    await host.sh(mended(path));
    if (file !== undefined || (isBelow && deleted.exitCode === 0)) expect(codeOf(await call('DEL', config))).toBe(0);
    await host.sh('rm -f /run/srv/own/dans/*.json');
    await expectNothingLeft();
  });

  test('as that of the log costs the log alone', async () => {
    const path = '/run/srv/own/logs';
    await host.sh(spoil(path));
    for (const command of ['ADD', 'DEL'] as const) {
      // The parent is that of the DAN files, too.
      const config = { ...addressed, logFile, danConf: usual };
      const answer = await call(command, config);
      expect(codeOf(answer)).toBe(0);
      expect(answer.stderr).toContain('the log file is left out');
    }
    await host.sh(mended(path));
    await expectNothingLeft();
  });
});

test("a link in the place of dan's own directory is refused, and nothing is made where it leads", async () => {
  for (const target of ['.', '/run/victim', 'srv', 'nothing']) {
    await host.sh(`ln -s ${target} /run/dan`);
    const { json } = await call('ADD', addressed);
    expect(json).toMatchObject({ code: 125, msg: expect.stringContaining('/run/dan is a symbolic link') });
    const found = await host.sh('find /run -name attachments -o -name locks -o -name nothing; rm /run/dan');
    expect(found).toBe('');
  }
});

describe.each(Object.entries(repeated))('the program for %s', (_name, program) => {
  test.each(['000', '002', '022', '077'])(
    'makes each directory with its mode, whatever the umask: %s',
    async (umask) => {
      await host.sh('rm -rf /run/dan /run/kata-containers');
      const script = `umask ${umask}; exec "$@"`;
      const started = ['/bin/sh', '-c', script, 'sh', ...program] as const;
      const config = { ...socket, danConf: undefined, socketDir: undefined, addresses: ['10.88.0.5/24'] };
      for (const command of ['ADD', 'DEL', 'ADD', 'STATUS', 'DEL'] as const) {
        expect(codeOf(await call(command, config, started)), command).toBe(0);
      }
      const all = await host.sh(
        `find /run/dan /run/kata-containers -printf '%m %p\\n' | sed -E 's/(sandbox|sweep|nodes)-[0-9a-f]+$/\\1/' | sort -u`,
      );
      expect(all.split('\n')).toEqual([
        '600 /run/dan/calls-1',
        '600 /run/dan/locks/sandbox',
        '600 /run/dan/locks/sweep',
        '600 /run/dan/sweep.json',
        '700 /run/dan/attachments',
        '700 /run/dan/locks',
        '700 /run/kata-containers/dans',
        '750 /run/dan/vhost-user',
        '755 /run/dan',
        '755 /run/kata-containers',
      ]);
    },
  );

  test.each(['danConf', 'records'])('finds %s swapped while the IPAM plugin works, and undoes all', async (place) => {
    const path = place === 'danConf' ? danConf : '/run/dan/attachments';
    await host.sh(`cat >/usr/lib/cni/swapper <<'EOF'
#!/bin/sh
cat >/dev/null
[ "$CNI_COMMAND" = ADD ] || exit 0
mv ${path} ${path}.real && mkdir -m 700 ${path} && chown 65534 ${path}
echo '{"cniVersion":"1.1.0","ips":[{"address":"10.0.0.5/24"}]}'
EOF
chmod 755 /usr/lib/cni/swapper`);
    const answer = await call('ADD', { ...tap, ipam: { type: 'swapper' } }, program);
    expect(answer.json).toMatchObject({ code: 125, msg: expect.stringContaining(path) });
    expect(await host.sh(`ls -A ${path}`)).toBe('');
    await host.sh(`rmdir ${path}; mv ${path}.real ${path}`);
    expect(codeOf(await call('DEL', { ...tap, ipam: { type: 'swapper' } }, program))).toBe(0);
    await expectNothingLeft();
  });

  test.each([
    ['a FIFO', 'mkfifo /run/it'],
    ['an endless device', 'mknod /run/it c 1 5'],
    ['a socket', `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/run/it")'`],
    ['a file of 1 TiB', 'truncate -s 1T /run/it'],
    ['a namespace of host names', 'touch /run/it; mount --bind /proc/self/ns/uts /run/it'],
    ['a namespace of users', 'touch /run/it; mount --bind /proc/self/ns/user /run/it'],
  ])('takes %s for no namespace, no configuration of Kata, nothing to validate', async (_what, make) => {
    await host.sh(make);
    expect(codeOf(await call('ADD', addressed, program, '/run/it'))).not.toBe(0);
    expect(codeOf(await call('DEL', addressed, program, '/run/it'))).toBe(0);
    const kata = { ...tap, danConf: undefined, kataConfig: '/run/it', addresses: ['10.88.0.5/24'] };
    expect(codeOf(await call('ADD', kata, program))).not.toBe(0);
    expect(codeOf(await call('DEL', kata, program))).toBe(0);
    const start = performance.now();
    expect((await host.run(program[0], [...program.slice(1), 'validate', '/run/it'])).exitCode).not.toBe(0);
    expect((performance.now() - start) / 1000).toBeLessThan(limit);
    await host.sh('umount /run/it 2>/dev/null || :; rm /run/it');
    await expectNothingLeft();
  });
});

test('a directory of a switch that is not root: its group may pass and write, whatever the umask', async () => {
  await host.sh(`mkdir -p /run/dan/vhost-user; chgrp 107 /run/dan/vhost-user; chmod 2770 /run/dan/vhost-user`);
  const config = { ...socket, socketDir: undefined, addresses: ['10.88.0.5/24'] };
  const program = ['/bin/sh', '-c', 'umask 002; exec "$@"', 'sh', executable] as const;
  for (const command of ['ADD', 'STATUS', 'DEL', 'ADD', 'DEL'] as const) {
    expect(codeOf(await call(command, config, program))).toBe(0);
  }
  expect(
    await host.sh(`stat -c '%a %g' /run/dan/vhost-user; su -s /bin/sh nobody -c 'ls -d /run/dan/vhost-user'`),
  ).toBe('2770 107\n/run/dan/vhost-user');
  await expectNothingLeft();
});

test('a danConf below a link of root, as /var/run is, works', async () => {
  await host.sh('ln -s srv /run/linked');
  const config = { ...addressed, danConf: '/run/linked/own/dans' };
  expect(codeOf(await call('ADD', config))).toBe(0);
  expect(await filesIn(danConf)).toEqual([`${danConf}/${sandbox}.json`]);
  expect(codeOf(await call('DEL', config))).toBe(0);
  await expectNothingLeft();
});
