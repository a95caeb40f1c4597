import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diagnose, foundIn, installPlugin } from '../doctor/node.ts';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import { pluginDirectory, writeInside } from '../harness/install.ts';
import { callPlugin, executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';
import { Operator } from '../list/operator.ts';
import { follow } from './follow.ts';

const area = /^state-/;
const danFile = '/run/kata-containers/dans/sandbox-1.json';
const netns = '/run/netns/pod';
let host: Host;
let operator: Operator;
beforeEach(async () => {
  host = await Host.create();
  operator = new Operator(host);
  await installPlugin(host);
  await makeBridge(host);
  await host.podNetns('pod');
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
});

const cureOf = async (id: string): Promise<string> => {
  const { findings } = await diagnose(host, area);
  return findings.find((finding) => finding.id === id)?.cure ?? '';
};
const attach = async (config: object = networkConfig()): Promise<void> => {
  const { exitCode, stdout } = await callPlugin(host, { command: 'ADD', config, netns });
  expect(exitCode, stdout).toBe(0);
};

describe('what is left without a record is removed with its addresses', () => {
  const single = { type: 'dan', bridge: 'br0', ipam: hostLocal };
  const lists = [
    ['dan alone', [single]],
    [
      'ptp and dan',
      [
        { type: 'ptp', ipam: hostLocal },
        { type: 'dan', device: 'tcfilter' },
      ],
    ],
    [
      'bridge and dan',
      [
        { type: 'bridge', bridge: 'cni0', ipMasq: true, ipam: hostLocal },
        { type: 'dan', device: 'tcfilter' },
      ],
    ],
  ] as const;

  // Calls each plugin of a list, as libcni does.
  const addAll = async (plugins: readonly { readonly type: string }[]): Promise<void> => {
    let prevResult: object | undefined;
    for (const plugin of plugins) {
      const config = {
        ...plugin,
        cniVersion: '1.0.0',
        name: 'kata-net',
        ...(prevResult === undefined ? {} : { prevResult }),
      };
      const program = `${pluginDirectory}/${plugin.type}`;
      const { exitCode, stdout, json } = await callPlugin(host, { command: 'ADD', config, netns, program: [program] });
      expect(exitCode, stdout).toBe(0);
      prevResult = json;
    }
  };

  test.each(lists)('by the command of dan list, of %s', async (_, plugins) => {
    const list = { cniVersion: '1.0.0', name: 'kata-net', plugins };
    await writeInside(host, '/etc/cni/net.d/10-dan.conflist', JSON.stringify(list));
    await addAll(plugins);
    await host.sh('rm /run/dan/attachments/*.json');
    const { stdout } = await operator.dan('list', '--orphans');
    expect(stdout).not.toContain('stay taken');
    const commands = stdout.split('\n').filter((line) => /^\s+printf /.test(line));
    expect(commands).toHaveLength(plugins.length);
    await host.sh(commands.join('\n'));
    expect(await traces(host)).toEqual(['netns pod']);
  });

  test('or the addresses are said to stay, where no file has the configuration', async () => {
    await attach({ ...networkConfig({ ipam: hostLocal, addresses: undefined, routes: undefined }) });
    await host.sh('rm /run/dan/attachments/*.json');
    const { stdout } = await operator.dan('list', '--orphans');
    expect(stdout.replace(/\s+/g, ' ')).toContain('put its "ipam", if it has one, into the command');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/or the addresses 10\.88\.0\.\d+\/24, fd00:88::\S+\/64 stay taken/);
  });
});

test('a directory that is another’s, or that others may write to, is dan’s after what ADD and dan doctor say', async () => {
  await attach();
  await host.sh('chown 1000 /run/kata-containers/dans');
  await follow(host, await cureOf('state-directory'), 'chown root …');
  expect(await foundIn(host, area)).toEqual([]);
  await host.sh('chmod 777 /run/kata-containers/dans');
  await follow(host, await cureOf('state-directory'), 'chmod go-w …');
  await follow(host, await cureOf('state-mode'), 'chmod … …');
  expect(await foundIn(host, area)).toEqual([]);
  // dan explain suggests 'ls -ld', 'chmod go-w' and 'chown root' for this directory.
  await host.sh('ls -ld /run/kata-containers/dans');
});

test('a record and a DAN file that cannot be read are removed by what dan doctor says, once nothing has them', async () => {
  await attach();
  await host.sh(`for one in /run/dan/attachments/*.json ${danFile}; do truncate -s 20 "$one"; done`);
  const record = await cureOf('state-unreadable-record');
  expect(record).toContain('"dan list --orphans"');
  await follow(host, await cureOf('state-unreadable-file'), 'rm …');
  await operator.mend();
  expect(await foundIn(host, area)).toEqual([]);
  expect(await traces(host)).toEqual(['netns pod']);
});

test('a lock that a process keeps is free after what dan doctor says', async () => {
  await attach();
  const lock = await host.sh('ls -d /run/dan/locks/sandbox-*');
  const holder = host.spawn('flock', ['-x', '-o', lock, 'sh', '-c', 'echo held; exec cat'], { reject: false });
  await new Promise((resolve) => holder.stdout?.once('data', resolve));
  // The finding appears once the process is older than a minute, so a mount over /proc/uptime makes it older.
  await host.sh(
    'mount -t tmpfs tmpfs /mnt; sed "s/^[0-9]*/9999999/" /proc/uptime >/mnt/uptime; mount --bind /mnt/uptime /proc/uptime',
  );
  const cure = await cureOf('state-lock');
  expect(await follow(host, cure, 'ps -o pid,stat,wchan:32,etime,args -p …')).toContain('flock');
  await follow(host, cure, 'kill …');
  await eventually('a lock that is free', async () => (await foundIn(host, /^state-lock$/)).length === 0 || undefined);
  holder.kill('SIGKILL');
  await host.sh('umount /proc/uptime');
});

test('a tap that another process has open is found by what dan explain says', async () => {
  await host.sh('ip tuntap add dev dan0123456789a mode tap');
  // 'grep -l "iff:.*…" /proc/[0-9]*/fdinfo/*'
  const { stdout } = await operator.dan('explain', 'open tap device failed: Resource busy (os error 16)');
  expect(stdout).toContain('`grep -l "iff:.*<tap>" /proc/[0-9]*/fdinfo/*`');
  await host.sh('grep -l "iff:.*dan0123456789a" /proc/[0-9]*/fdinfo/* 2>/dev/null || true');
});

test.each([
  'dan doctor',
  'dan doctor --json',
  'dan explain --help',
  'dan gc',
  'dan kata-ipvs --help',
  'dan list',
  'dan list --orphans',
  'dan install',
  'dan uninstall',
])('%s is no command that works', async (line) => {
  await host.sh('mount -t tmpfs tmpfs /opt');
  const { exitCode, stderr } = await operator.dan(...line.split(' ').slice(1));
  expect([0, 1]).toContain(exitCode);
  expect(stderr).toBe('');
});

test('what dan says to look with tells something of an attachment', async () => {
  const sandbox = createHash('sha256').update('a').digest('hex');
  const { json } = await callPlugin(host, { command: 'ADD', config: networkConfig(), netns, sandbox });
  const [{ name } = { name: '' }] = json['interfaces'] as { name: string }[];
  const commands = {
    'ip -d link show …': `ip -d link show ${name}`,
    'dan show …': `dan show ${sandbox}`,
    'dan validate …': `dan validate /run/kata-containers/dans/${sandbox}.json`,
    'dan validate': 'dan validate /etc/own.conf',
    'dan explain': 'dan explain tap-busy',
    'ls -l …': 'ls -l /dev/net/tun',
    'df -h': 'df -h /run',
    'ss -xlp | grep …': 'ss -xlp | grep -c run || true',
    'ip netns add …': 'ip netns add another',
  };
  await writeInside(host, '/etc/own.conf', JSON.stringify({ ...networkConfig(), cniVersion: '1.0.0' }));
  for (const line of Object.values(commands))
    expect(await host.sh(`dan() { ${executable} "$@"; }; ${line}`)).not.toBe(line);
});

test('dan kata-network tells its own commands right', async () => {
  // 'dan kata-network', 'dan kata-network list-ifaces …', 'dan kata-network list-routes …'
  const forms = ['dan kata-network add-iface', 'dan kata-network add-route', 'dan kata-network del-iface'];
  for (const form of forms) {
    const { stdout, exitCode } = await operator.dan(...form.split(' ').slice(1), '--help');
    expect({ form, exitCode, isHelp: stdout.includes('kata-network') }).toEqual({ form, exitCode: 0, isHelp: true });
  }
  for (const words of [
    ['kata-network', 'list-ifaces', 'pod'],
    ['kata-network', 'list-routes', 'pod'],
  ])
    expect((await operator.dan(...words)).stderr).not.toContain('usage');
});

test('dan is replaced by a whole file, after what doctor and explain say', async () => {
  await host.sh(`mount -t tmpfs tmpfs /opt; mkdir -p /opt/cni/bin /run/new; cp ${executable} /run/new/dan`);
  await host.sh(`: >${pluginDirectory}/dan`);
  const { findings } = await diagnose(host, /^cni-executable$/);
  const command = 'install -m 755 dan …/.dan && mv …/.dan …/dan';
  const [, line = 'false'] = /"(install -m 755 [^"]+)"/.exec(findings[0]?.cure ?? '') ?? [];
  expect(command.replaceAll('…', pluginDirectory)).toBe(line);
  await host.sh(`cd /run/new; ${line}`);
  expect(await foundIn(host, /^cni-executable$/)).toEqual([]);
  const copy = 'cp dan /opt/cni/bin/.dan.new && mv /opt/cni/bin/.dan.new /opt/cni/bin/dan';
  await host.sh(`cd /run/new; ${copy}; cmp dan /opt/cni/bin/dan`);
});

test('hugetlbfs is mounted after what dan doctor says', async ({ skip }) => {
  const { exitCode } = await host.run('sh', ['-c', 'grep -q hugetlbfs /proc/filesystems && test -d /dev/hugepages']);
  skip(exitCode !== 0, 'this kernel has no hugetlbfs, or the machine no /dev/hugepages');
  await host.sh('mount -t hugetlbfs hugetlbfs /dev/hugepages');
  expect(await host.sh('cat /proc/self/mounts')).toContain('/dev/hugepages hugetlbfs');
});
