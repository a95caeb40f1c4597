import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { momentsOf } from '../faults/moments.ts';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { programs } from '../harness/plugin.ts';
import { randomFrom, seed } from '../harness/seed.ts';
import { belongings, interfaceNamed, kataNetwork, type KataNetworkCommand, succeeds } from './command.ts';

const id = 'sandbox-1';
const count = 20;

/** A prefix that kills a command after a time, alone or with its child processes. */
function killedAfter(seconds: number, at: number): readonly string[] {
  return ['timeout', ...(at % 2 === 0 ? ['--foreground'] : []), '--signal=KILL', seconds.toFixed(6)];
}

// Without the time for starting a program in the host, which is most of it.
async function secondsOf(host: Host, command: KataNetworkCommand, input: unknown): Promise<number> {
  const start = performance.now();
  await host.run('timeout', ['10', 'true']);
  const afterStart = performance.now();
  await succeeds(host, command, id, input);
  return Math.max(performance.now() - afterStart - (afterStart - start), 1) / 1000;
}

test(`killed at ${count} moments of add-iface and of del-iface, del-iface undoes everything, DAN_SEED=${seed}`, async () => {
  await using host = await Host.create();
  await host.sh('ip tuntap add dev single mode tap; ip tuntap add dev multiple mode tap multi_queue');
  const before = await belongings(host);
  let killed = 0;
  for (const iface of [
    interfaceNamed('eth1'),
    interfaceNamed('eth1', { device: 'single' }),
    interfaceNamed('eth1', { vhostUserSocket: '/run/v' }),
  ]) {
    for (const [at, fraction] of momentsOf(count, JSON.stringify(iface)).entries()) {
      const seconds = {
        add: await secondsOf(host, 'add-iface', iface),
        del: await secondsOf(host, 'del-iface', iface),
      };
      const command = at % 2 === 0 ? 'add-iface' : 'del-iface';
      if (command === 'del-iface') await succeeds(host, 'add-iface', id, iface);
      const under = killedAfter((at % 2 === 0 ? seconds.add : seconds.del) * fraction, at >> 1);
      const { exitCode } = await kataNetwork(host, command, id, iface, under);
      killed += exitCode === 137 || exitCode === -1 ? 1 : 0;
      // If nothing was left, the command reports that there is nothing to delete.
      const { exitCode: again, stderr } = await kataNetwork(host, 'del-iface', id, iface);
      if (again !== 0) expect(stderr).toContain('[not-found]');
      expect(await belongings(host), `${command} killed at ${fraction}`).toBe(before);
    }
  }
  expect(killed).toBeGreaterThan(count);
});

test.each(['mkdir', 'rename', 'fsync', 'unlink'])(
  'killed at each %s of add-iface, it leaves what del-iface removes',
  async (call) => {
    await using host = await Host.create();
    const before = await belongings(host);
    const iface = interfaceNamed('eth1');
    for (let nth = 1; ; nth++) {
      await host.sh(
        'for directory in /run/dan /run/kata-containers; do [ ! -d $directory ] || find $directory -type d -empty -delete; done',
      );
      const inject = `inject=${call}:signal=KILL:when=${nth}`;
      const { exitCode } = await kataNetwork(host, 'add-iface', id, iface, [
        'strace',
        '-o',
        '/dev/null',
        '-e',
        `trace=${call}`,
        '-e',
        inject,
      ]);
      const { exitCode: again, stderr } = await kataNetwork(host, 'del-iface', id, iface);
      if (again !== 0) expect(stderr).toContain('[not-found]');
      expect(await belongings(host)).toBe(before);
      if (exitCode === 0) break;
      expect(nth).toBeLessThan(20);
    }
  },
);

// The executable's requests to the kernel are system calls, which strace disturbs.
test.each([
  ['fails', 'error=ENOBUFS'],
  ['comes when it is told to end', 'signal=TERM'],
  ['is the first that is not made: dan is killed', 'signal=KILL'],
])('any request of add-iface %s, and all is undone', async (_what, fate) => {
  await using host = await Host.create();
  const before = await belongings(host);
  const iface = interfaceNamed('eth1');
  const ends: (number | undefined)[] = [];
  // Until there is no such request any more.
  for (let isMade = true; isMade; ) {
    const inject = `inject=sendto:${fate}:when=${ends.length + 1}`;
    const under = ['strace', '-o', '/run/requests', '-e', 'trace=sendto', '-e', inject];
    const { exitCode, stdout, stderr } = await kataNetwork(host, 'add-iface', id, iface, under);
    if (exitCode === 1) {
      expect({ stdout, stderr }).toEqual({
        stdout: 'null\n',
        stderr: expect.stringMatching(/\[(command-failed|interrupted)\]/),
      });
      expect(await belongings(host), stderr).toBe(before);
    }
    ends.push(exitCode);
    // dan reads SIGTERM from a file, so strace does not see it. The number of requests shows whether this one was made.
    isMade = Number(await host.sh("grep -c '^sendto(' /run/requests || true")) >= ends.length;
    const { exitCode: again, stderr: why } = await kataNetwork(host, 'del-iface', id, iface);
    if (again !== 0) expect(why).toContain('[not-found]');
    expect(await belongings(host)).toBe(before);
    expect(ends.length).toBeLessThan(40);
  }
  expect(ends.at(-1)).toBe(0);
  expect(ends.filter((exitCode) => exitCode !== 0).length).toBeGreaterThan(4);
});

// In its own mount namespace, dan gets an `ip` that reports when it should change something, and waits.
const slowIp = `
  cp /usr/sbin/ip /run/real-ip
  printf '#!/bin/sh\\ncase "$*" in *force*) ;; *) touch /run/reached; sleep 30 ;; esac\\nexec /run/real-ip "$@"\\n' >/run/slow-ip; chmod 755 /run/slow-ip
  mount --bind /run/slow-ip /usr/sbin/ip
  echo $$ >/run/dan-pid
  exec "$@"`;

test.each(['TERM', 'INT', 'HUP'])('told to end by SIG%s, add-iface undoes everything', async (signal) => {
  await using host = await Host.create();
  const before = await belongings(host);
  await writeInside(host, '/run/iface.json', JSON.stringify(interfaceNamed('eth1')));
  const running = host.run('unshare', [
    '--mount',
    'sh',
    '-ec',
    slowIp,
    'sh',
    ...programs.iproute2,
    'kata-network',
    'add-iface',
    id,
    '/run/iface.json',
  ]);
  await eventually('ip', () => Promise.resolve(existsSync(`/proc/${host.pid}/root/run/reached`) || undefined));
  await host.sh(`kill -${signal} $(cat /run/dan-pid)`);
  const { exitCode, stdout, stderr } = await running;
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'null\n' });
  expect(stderr).toContain('[interrupted]');
  expect(await belongings(host)).toBe(before);
});

test.each([
  ['the tap gets its name', ''],
  ['anything is made', 'exit 1'],
])('what fails when %s is undone, and what took the name meanwhile stays', async (_when, end) => {
  await using host = await Host.create();
  // The name is free when dan looks for it, and taken when it changes something.
  const other = `case "$*" in *force*) ;; *) /run/real-ip tuntap add dev tap1 mode tap; ${end} ;; esac`;
  await writeInside(host, '/run/other-ip', `#!/bin/sh\n${other}\nexec /run/real-ip "$@"\n`);
  await host.sh('cp /usr/sbin/ip /run/real-ip; chmod 755 /run/other-ip');
  const under = ['unshare', '--mount', 'sh', '-ec', 'mount --bind /run/other-ip /usr/sbin/ip; exec "$@"', 'sh'];
  const iface = interfaceNamed('eth1');
  const { exitCode, stdout, stderr } = await kataNetwork(host, 'add-iface', id, iface, under, programs.iproute2);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'null\n' });
  expect(stderr).toContain('[command-failed]');
  expect(await belongings(host)).toBe('lo\ntap1');
});

test('of many at once, each interface and each device is one’s', async () => {
  await using host = await Host.create();
  const before = await belongings(host);
  const at = async (adds: readonly (readonly [string, object])[]): Promise<readonly string[]> => {
    const ended = await Promise.all(adds.map(([sandbox, iface]) => kataNetwork(host, 'add-iface', sandbox, iface)));
    return ended
      .map(({ exitCode, stderr }) => (exitCode === 0 ? 'added' : (/\[([a-z-]+)\]/.exec(stderr)?.[1] ?? stderr)))
      .sort();
  };
  // One name in one sandbox; one device in two sandboxes; many interfaces in one sandbox.
  const one = interfaceNamed('eth1');
  expect(
    await at([
      ['sandbox-1', one],
      ['sandbox-1', one],
      ['sandbox-1', one],
    ]),
  ).toEqual(['added', 'attachment-exists', 'attachment-exists'].sort());
  const other = interfaceNamed('eth2');
  expect(
    await at([
      ['sandbox-2', other],
      ['sandbox-3', other],
      ['sandbox-4', other],
    ]),
  ).toEqual(['added', 'device-unusable', 'device-unusable']);
  await host.sh('ip tuntap add dev tap5 mode tap');
  const adopted = interfaceNamed('eth5');
  expect(
    await at([
      ['sandbox-2', adopted],
      ['sandbox-3', adopted],
      ['sandbox-4', adopted],
    ]),
  ).toEqual(['added', 'device-unusable', 'device-unusable']);
  const many = Array.from({ length: 8 }, (_, index) => interfaceNamed(`eth${index + 10}`));
  expect(await at(many.map((iface) => ['sandbox-1', iface]))).toEqual(many.map(() => 'added'));
  expect(JSON.parse(await succeeds(host, 'list-ifaces', 'sandbox-1'))).toHaveLength(9);
  await Promise.all(
    ['sandbox-1', 'sandbox-2', 'sandbox-3', 'sandbox-4'].flatMap((sandbox) =>
      [one, other, adopted, ...many].map((iface) => kataNetwork(host, 'del-iface', sandbox, iface)),
    ),
  );
  expect(await belongings(host)).toBe(`${before}\ntap5`);
});

test(`any order of adding and deleting leaves nothing, DAN_SEED=${seed}`, async () => {
  await using host = await Host.create();
  const before = await belongings(host);
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const sandboxes = ['sandbox-1', 'sandbox-10'];
  const model = new Map<string, Set<string>>();
  for (let step = 0; step < 60; step++) {
    const [sandbox, number] = [pick(sandboxes), pick([1, 2, 3])];
    const key = `${sandbox} eth${number}`;
    const routes = model.get(key);
    const action = pick(['add', 'del', 'route', 'unroute']);
    const dest = `10.${100 + sandboxes.indexOf(sandbox)}.${number}.${pick([0, 64])}/26`;
    const device = `tap-${sandboxes.indexOf(sandbox)}-${number}`;
    const iface = interfaceNamed(`eth${number}`, { device });
    if (action === 'add') {
      expect((await kataNetwork(host, 'add-iface', sandbox, iface)).exitCode, key).toBe(routes === undefined ? 0 : 1);
      model.set(key, routes ?? new Set());
    } else if (action === 'del') {
      expect((await kataNetwork(host, 'del-iface', sandbox, iface)).exitCode, key).toBe(routes === undefined ? 1 : 0);
      model.delete(key);
    } else {
      const command = action === 'route' ? 'add-route' : 'del-route';
      const works = routes?.has(dest) === (action === 'unroute');
      expect(
        (await kataNetwork(host, command, sandbox, { dest, device: `eth${number}` })).exitCode,
        `${action} ${key} ${dest}`,
      ).toBe(works ? 0 : 1);
      if (works && action === 'route') routes.add(dest);
      if (works && action === 'unroute') routes.delete(dest);
    }
    const told = (JSON.parse(await succeeds(host, 'list-routes', sandbox)) ?? []) as { dest: string }[];
    const known = [...model].filter(([one]) => one.startsWith(`${sandbox} `)).flatMap(([, set]) => [...set]);
    expect(told.map((route) => route.dest).sort()).toEqual(known.sort());
  }
  for (const key of model.keys()) {
    const [sandbox = '', name = ''] = key.split(' ');
    await succeeds(host, 'del-iface', sandbox, { name });
  }
  expect(await belongings(host)).toBe(before);
});
