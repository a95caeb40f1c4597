import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isSoak } from '../harness/effort.ts';
import { eventually } from '../harness/eventually.ts';
import { IpvsGuest, sandbox, serviceAddress } from './ipvs-guest.ts';

let guest: IpvsGuest;

beforeAll(async () => {
  guest = await IpvsGuest.boot();
});
afterAll(() => guest[Symbol.asyncDispose]());
beforeEach(() => guest.text('ipvsadm -C; conntrack -F 2>/dev/null'));

const service = `--tcp-service ${serviceAddress}:80`;
const fine = { exitCode: 0, stdout: '', stderr: '' };
const places = { 'the debug console': () => [], '--exec': () => ['--exec', guest.throughShell] };

/** The most that one restore takes. */
const most = 20_000;

/** Services with 3 servers each: `rules` in all, a multiple of 4. */
function manyRules(rules: number): string[] {
  return Array.from({ length: rules / 4 }, (_, index) => {
    const at = `-t 10.20.${Math.trunc(index / 250)}.${index % 250}:80`;
    const servers = [1, 2, 3].map((last) => `-a ${at} -r 10.1.1.${last}:8080 -m -w 1`);
    return [`-A ${at} -s rr -p 3000`, ...servers];
  }).flat();
}

describe.each(Object.entries(places))('through %s', (_, place) => {
  const ipvsadm = (parameters: string) => guest.dan(['ipvsadm', ...place(), '--parameters', parameters, sandbox]);
  const cleanup = (parameters: string) => guest.dan(['cleanup', ...place(), '--parameters', parameters, sandbox]);
  const restore = (rules: string) => guest.dan(['ipvsadm', ...place(), '--restore', '-', sandbox], rules);

  test('the examples of the documents do in ip_vs what they say', async () => {
    const example = '--tcp-service 172.17.0.7:80';
    const rules = () => guest.text('ipvsadm -S -n');
    expect(await ipvsadm(`--add-service ${example} --scheduler rr --persistent 3000`)).toEqual(fine);
    expect(await rules()).toBe('-A -t 172.17.0.7:80 -s rr -p 3000');
    expect(await ipvsadm(`--edit-service ${example} --scheduler rr --persistent 5000`)).toEqual(fine);
    expect(await rules()).toBe('-A -t 172.17.0.7:80 -s rr -p 5000');
    expect(await ipvsadm(`--add-server ${example} --real-server 172.17.0.4:80 --weight 100`)).toEqual(fine);
    expect(await rules()).toContain('-a -t 172.17.0.7:80 -r 172.17.0.4:80 -m -w 100');
    expect(await ipvsadm(`--edit-server ${example} --real-server 172.17.0.4:80 --weight 200`)).toEqual(fine);
    expect(await rules()).toContain('-a -t 172.17.0.7:80 -r 172.17.0.4:80 -m -w 200');
    const head = 'IP Virtual Server version 1.2.1 (size=4096)\n';
    const listed = `Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  172.17.0.7:80 rr persistent 5000
  -> 172.17.0.4:80                Masq    200    0          0
`;
    const withoutPadding = async (list: string) => (await ipvsadm(list)).stdout.replace(/ +$/gm, '');
    expect(await withoutPadding('--list')).toBe(head + listed);
    expect(await withoutPadding(`--list ${example}`)).toBe(listed);
    expect(await ipvsadm(`--delete-server ${example} --real-server 172.17.0.4:80`)).toEqual(fine);
    expect(await ipvsadm(`--delete-service ${example}`)).toEqual(fine);
    expect(await rules()).toBe('');
    expect(await ipvsadm('--set 100 100 200')).toEqual(fine);
    expect(await guest.text('ipvsadm -L --timeout')).toBe('Timeout (tcp tcpfin udp): 100 100 200');
  });

  test('the rules of the document are restored, and not a second time', async () => {
    const rules = `-A -t 10.10.11.12:100 -s rr -p 3000
-a -t 10.10.11.12:100 -r 172.16.0.1:80 -m
-a -t 10.10.11.12:100 -r 172.16.0.1:81 -m
-a -t 10.10.11.12:100 -r 172.16.0.1:82 -m
`;
    expect(await restore(rules)).toEqual(fine);
    const held = await guest.text('ipvsadm -S -n');
    expect(held).toBe(rules.replaceAll(' -m', ' -m -w 1').trim());
    expect(await restore(rules)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('the sandbox holds 4 rules, and it must hold none'),
    });
    expect(await guest.text('ipvsadm -S -n')).toBe(held);
  });

  test('a file with a wrong line is refused by its number, and nothing of it is restored', async () => {
    const rules = ['-A -t 10.10.11.12:100 -s rr -p 3000', '-a -t 10.10.11.12:100 -r 172.16.0.1:80', 'nonsense'];
    const answer = await restore(rules.join('\n'));
    expect(answer).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('line 2: --add-server must'),
    });
    expect(await guest.text('ipvsadm -S -n')).toBe('');
  });

  test('what ipvsadm refuses is told in its words', async () => {
    const add = `--add-service ${service} --scheduler rr --persistent 60`;
    expect(await ipvsadm(add)).toEqual(fine);
    expect(await ipvsadm(add)).toEqual({ exitCode: 1, stdout: '', stderr: 'Service already exists\n' });
    expect(await ipvsadm('-D -u 10.9.9.9:81')).toEqual({ exitCode: 1, stdout: '', stderr: 'No such service\n' });
    expect(await ipvsadm('-D -t 10.9.9.9:0')).toMatchObject({ exitCode: 2, stdout: '' });
  });

  test('connections are balanced over both servers, each client stays with its own, and a cleanup forgets them', async () => {
    await ipvsadm(`--add-service ${service} --scheduler rr --persistent 60`);
    for (const server of ['10.1.1.2:8080', '10.1.2.2:8080'])
      expect(await ipvsadm(`--add-server ${service} --real-server ${server}`)).toEqual(fine);
    const clients = [2, 3, 4, 5, 6, 7].map((last) => `10.1.0.${last}`);
    const servers = new Map<string, string>();
    for (const client of clients) servers.set(client, await guest.connect(client));
    expect([...servers.values()].sort()).toEqual(['one', 'one', 'one', 'two', 'two', 'two']);
    for (const client of clients) expect(await guest.connect(client)).toBe(servers.get(client));

    const known = () => guest.text(`conntrack -L -p tcp -d ${serviceAddress} 2>/dev/null | wc -l`);
    expect(await known()).toBe('12');
    expect(await cleanup(`--orig-dst ${serviceAddress} --protonum udp`)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await known()).toBe('12');
    expect(await cleanup(`--orig-dst ${serviceAddress} --protonum tcp`)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await known()).toBe('0');
    const { exitCode, stdout } = await cleanup(`--orig-dst ${serviceAddress} --protonum tcp`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('0 flow entries have been deleted');
  });

  test('IPv6 has the same rules', async () => {
    const six = '-t [fd00::1]:80';
    expect(await restore(`-A ${six} -s rr -p 1\n-a ${six} -r [fd00::2]:80 -m -w 0\n`)).toEqual(fine);
    expect(await ipvsadm(`-e ${six} -r [fd00::2]:80 -w 7`)).toEqual(fine);
    expect(await guest.text('ipvsadm -S -n')).toBe(`-A ${six} -s rr -p 1\n-a ${six} -r [fd00::2]:80 -m -w 7`);
    await guest.text(
      'conntrack -I -s fd00::9 -d fd00::1 -p tcp --sport 1 --dport 80 --state ESTABLISHED -t 60 2>/dev/null',
    );
    expect((await cleanup('-d fd00::1 -p tcp')).stdout).toContain('1 flow entries have been deleted');
  });
});

describe('many rules', () => {
  const restore = (rules: readonly string[]) => guest.dan(['ipvsadm', '--restore', '-', sandbox], rules.join('\n'));

  // A guest without hardware virtualization takes half a minute for the most.
  const many = isSoak ? most : most / 20;

  test(`${many} are restored in one go`, async () => {
    const rules = manyRules(many);
    const begin = performance.now();
    expect(await restore(rules)).toEqual(fine);
    const all = performance.now() - begin;
    const held = await guest.text('ipvsadm -S -n | sort | md5sum; ipvsadm -S -n | wc -l', 240);
    const wanted = await guest.host.run('sh', ['-c', 'LC_ALL=C sort | md5sum'], { input: `${rules.join('\n')}\n` });
    expect(held).toBe(`${wanted.stdout}${many}`);
    const seconds = (all / 1000).toFixed(1);
    process.stdout.write(`restored ${many} rules in an emulated guest, through the debug console, in ${seconds} s\n`);
  }, 600_000);

  test('where that is interrupted, none of them is left', async () => {
    const restoring = restore(manyRules(most));
    const areThere = async () => (await guest.text('ipvsadm -S -n | head -c 9')) !== '' || undefined;
    await eventually('the first rules', areThere, { seconds: 300 });
    await guest.host.sh('kill -INT $(pgrep -x dan)');
    const { exitCode, stdout, stderr } = await restoring;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/SIGINT came before it was done.*\nthe table is empty again/);
    expect(await guest.text('ipvsadm -S -n')).toBe('');
  }, 600_000);

  test('20,001 are refused, and none of them is restored', async () => {
    const answer = await restore([...manyRules(most), '-A -u 10.30.0.1:53 -s rr -p 3000']);
    expect(answer).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('line 20001: this is rule 20001') });
    expect(await guest.text('ipvsadm -S -n')).toBe('');
  });
});

describe('the debug console', () => {
  const list = (name: string) => guest.dan(['ipvsadm', '--parameters', '--list', name]);

  test('is found by the beginning of the sandbox’s id', async () => {
    expect(await list('6ec7a98')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('IP Virtual Server') });
  });

  test('of a sandbox that does not run is told', async () => {
    const { exitCode, stdout, stderr } = await list('another');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(
      'the debug console of the sandbox another ended before it answered: see that the sandbox runs',
    );
    expect(stderr).toContain('dial unix /run/vc/sbs/another/shim-monitor.sock: no such file');
  });

  test('leaves no process behind', async () => {
    await list(sandbox);
    expect(await guest.host.sh('pgrep -f "[k]ata-runtime|[c]onsole-client" || echo none')).toBe('none');
  });
});

test('--netns runs the node’s ipvsadm in that namespace', async () => {
  const netns = await guest.host.podNetns('pod');
  // The node's ip_vs depends on the machine, so a program that reports where it runs replaces ipvsadm.
  await guest.host.sh(`
    printf '#!/bin/sh\\nreadlink /proc/self/ns/net; echo "$@"; cat\\n' >${guest.host.directory}/ipvsadm
    chmod 755 ${guest.host.directory}/ipvsadm
    mount --bind ${guest.host.directory}/ipvsadm /usr/sbin/ipvsadm`);
  const inside = await guest.host.sh('ip netns exec pod readlink /proc/self/ns/net');
  const list = ['--parameters', '--list', 'a'];
  expect(await guest.dan(['ipvsadm', '--netns', netns, ...list])).toEqual({ ...fine, stdout: `${inside}\n-L -n\n` });
  const missing = await guest.dan(['ipvsadm', '--netns', '/run/netns/none', ...list]);
  expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
  expect(missing.stderr).toContain('--netns /run/netns/none leads to no network namespace');
});
