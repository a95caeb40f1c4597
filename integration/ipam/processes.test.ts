import { describe, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { executable, type Program, programs, repeated } from '../harness/plugin.ts';
import { IpamBench, sound } from './plugins.ts';

const leaves = {
  'a session of its own': 'setsid sleep 300 >/dev/null 2>&1 </dev/null &',
  'its output': 'sleep 300 &',
  'a session and its output': 'setsid sleep 300 &',
  'its complaints': 'setsid sleep 300 >/dev/null &',
};

const all = Object.entries(repeated).flatMap(([by, program]) =>
  Object.entries(leaves).map(([what, script]) => [by, what, script, program] as const),
);

test.each(all)(
  'by %s, a process that an IPAM plugin leaves with %s keeps neither ADD nor DEL',
  async (_by, _what, script, program) => {
    await using bench = await IpamBench.create();
    await bench.become(`${script}\necho $! >/run/left\necho '${sound}'`);
    const begin = Date.now();
    for (const command of ['ADD', 'DEL'] as const) {
      const { exitCode, stdout } = await bench.call(command, {}, program);
      expect(exitCode, stdout).toBe(0);
    }
    expect(Date.now() - begin).toBeLessThan(15_000);
    // The plugin inherits no file of dan.
    const files = await bench.host.sh('readlink /proc/$(cat /run/left)/fd/* || :');
    expect(files).not.toMatch(/locks|netns|attachments/);
    expect(await bench.left()).toEqual([]);
  },
);

describe.each(Object.entries(repeated))('by %s, an IPAM plugin', (_by, program) => {
  const withUmask = (umask: string): Program => ['/bin/sh', '-c', `umask ${umask}; exec "$@"`, 'sh', ...program];

  test.each([
    ['000', '0022'],
    ['002', '0022'],
    ['022', '0022'],
    ['027', '0027'],
    ['077', '0077'],
  ])('gets the umask of the caller, but lets nobody else write: %s gives %s', async (umask, gets) => {
    await using bench = await IpamBench.create();
    await bench.become(`umask >/run/umask\necho '${sound}'`);
    for (const command of ['ADD', 'DEL'] as const)
      expect((await bench.call(command, {}, withUmask(umask))).exitCode).toBe(0);
    expect(await bench.host.sh('cat /run/umask')).toBe(gets);
    // dan's own files are accessible to root only, although it made them at the same time.
    expect(await bench.host.sh('find /run/dan -type f -perm /077')).toBe('');
  });

  test('that is host-local keeps its files as those that it makes under another plugin', async () => {
    await using bench = await IpamBench.create();
    const files = `find /var/lib/cni -printf '%M %u %P\\n' | sed 's/10[.]88[.0-9]*$/ADDRESS/' | sort`;
    const ipam = { type: 'host-local', ranges: [[{ subnet: '10.88.0.0/24' }]] };
    const config = { cniVersion: '1.0.0', name: 'net', type: 'bridge', bridge: 'br0', ipam };
    const other = `printf %s '${JSON.stringify(config)}' | CNI_COMMAND=$1 CNI_CONTAINERID=sandbox-1 CNI_IFNAME=eth0 \
      CNI_NETNS=/run/netns/pod CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge >&2`;
    await bench.host.sh(`umask 022; set -- ADD; ${other}`);
    const wanted = await bench.host.sh(files);
    await bench.host.sh(`set -- DEL; ${other}; rm -r /var/lib/cni`);
    const CNI_PATH = '/usr/lib/cni';
    const answer = await bench.call('ADD', { name: 'net', ipam }, withUmask('022'), '', CNI_PATH);
    expect(answer.exitCode, answer.stdout).toBe(0);
    expect(await bench.host.sh(files)).toBe(wanted);
  });
});

// The shell itself has the script open.
const openFiles = `readlink /proc/$$/fd/* >/run/all\ngrep -vx /run/plugins/ipam /run/all >/run/files\necho '${sound}'`;

test.each(Object.entries(programs))(
  'by %s, an IPAM plugin gets no lock and no file of the node: pipes and sockets alone',
  async (_by, program) => {
    await using bench = await IpamBench.create();
    await bench.become(openFiles);
    expect((await bench.call('ADD', {}, program)).exitCode).toBe(0);
    const files = await bench.host.sh('cat /run/files');
    expect(files).toMatch(/^((pipe|socket):\S+\n?)+$/);
  },
);

test('an IPAM plugin gets no file that the caller of the executable left open', async () => {
  await using bench = await IpamBench.create();
  await bench.become(openFiles);
  const started = ['/bin/sh', '-c', 'exec 7</etc/passwd 8</etc/hosts; exec "$0"', executable] as const;
  expect((await bench.call('ADD', {}, started)).exitCode).toBe(0);
  expect(await bench.host.sh('cat /run/files')).not.toContain('/etc/');
});

test.each(Object.entries(programs))('an IPAM plugin of %s is killed when dan is', async (_by, program) => {
  await using bench = await IpamBench.create();
  await bench.become('echo $$ >/run/plugin; echo $PPID >/run/parent; exec sleep 300');
  const adding = bench.call('ADD', {}, program).catch(() => undefined);
  const isSo = async (script: string): Promise<true | undefined> =>
    (await bench.host.run('sh', ['-c', script])).exitCode === 0 ? true : undefined;
  await eventually('the plugin', () => isSo('[ -s /run/parent ]'));
  await bench.host.sh('kill -KILL $(cat /run/parent)');
  await adding;
  await eventually('the end of the plugin', () => isSo('! grep -v ") Z " /proc/$(cat /run/plugin)/stat'));
  await bench.become(`echo '${sound}'`);
  expect((await bench.call('DEL')).exitCode).toBe(0);
  expect(await bench.left()).toEqual([]);
});

const itself = {
  'its own name': [`ln -s '${executable}' /run/plugins/dan`, 'dan', 7],
  'a link': [`ln -s '${executable}' /run/plugins/ipam`, 'ipam', 110],
  'a copy': [`cp '${executable}' /run/plugins/ipam`, 'ipam', 7],
  'a script': [
    `printf '#!/bin/sh\\nexec "${executable}"\\n' >/run/plugins/ipam; chmod 755 /run/plugins/ipam`,
    'ipam',
    7,
  ],
} as const;

test.each(Object.entries(itself))(
  'dan is not its own IPAM plugin by %s: ADD and STATUS fail at once, DEL and GC end',
  async (_what, [make, type, code]) => {
    await using bench = await IpamBench.create();
    await bench.host.sh(`mkdir -p /run/plugins; ${make}`);
    const changes = { ipam: { type }, 'cni.dev/valid-attachments': [] };
    const begin = Date.now();
    const program = programs.rtnetlink;
    expect((await bench.call('ADD', changes, program)).json).toMatchObject({ code });
    expect(await bench.left()).toEqual([]);
    expect((await bench.call('STATUS', changes, program)).exitCode).toBe(1);
    expect((await bench.call('DEL', changes, program)).exitCode).toBe(0);
    await bench.call('GC', changes, program);
    expect(await bench.host.sh(`ls -l /proc/[0-9]*/exe 2>/dev/null | grep -E '/dan$|/run/plugins/' || :`)).toBe('');
    expect(Date.now() - begin).toBeLessThan(10_000);
  },
);

test.each([
  [[], '', ''],
  [['mac'], '', ''],
  [['ips'], '10.88.0.66/24', 'IP=10.88.0.66;GATEWAY=10.88.0.1'],
])(
  "of a network that lets its pods set %j, an IPAM plugin gets of a pod's addresses: %j",
  async (podMaySet, ips, args) => {
    await using bench = await IpamBench.create();
    await bench.become(`printf %s "$config" >/run/config; printf %s "$CNI_ARGS" >/run/args; echo '${sound}'`);
    const wishes = { args: { cni: { ips: ['10.88.0.66/24'], own: 1 } }, podMaySet };
    const CNI_ARGS = 'IgnoreUnknown=1;IP=10.88.0.66;GATEWAY=10.88.0.1;K8S_POD_NAME=web';
    const { exitCode, stdout } = await bench.call('ADD', wishes, undefined, CNI_ARGS);
    expect(exitCode, stdout).toBe(0);
    const {
      args: { cni },
    } = JSON.parse(await bench.host.sh('cat /run/config')) as { args: { cni: object } };
    expect(cni).toEqual({ own: 1, ...(ips === '' ? {} : { ips: [ips] }) });
    const wanted = ['IgnoreUnknown=1', ...(args === '' ? [] : [args]), 'K8S_POD_NAME=web'].join(';');
    expect(await bench.host.sh('cat /run/args')).toBe(wanted);
  },
);

test('an IPAM plugin gets "ipam" and "runtimeConfig" as others put them in', async () => {
  await using bench = await IpamBench.create();
  await bench.become(`printf %s "$config" >/run/config; echo '${sound}'`);
  const injected = {
    ipam: { type: 'ipam', ranges: [[{ subnet: '10.88.0.0/24' }]], routes: [{ dst: '10.244.0.0/16' }] },
    runtimeConfig: { ips: ['10.88.0.66/24'], ipRanges: [[{ subnet: '10.88.0.0/24' }]] },
  };
  const { exitCode, stdout } = await bench.call('ADD', injected, programs.rtnetlink);
  expect(exitCode, stdout).toBe(0);
  expect(JSON.parse(await bench.host.sh('cat /run/config'))).toMatchObject(injected);
});
