import { describe, expect, test } from 'vitest';
import { rows } from '../../src/kinds/pod-namespace/rows.ts';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin, type Program, programs } from '../harness/plugin.ts';
import { foreseen, silent } from './other-rows.ts';
import { type Case, found } from './rows.ts';

const podName = 'pod';
const config = { cniVersion: '1.0.0', name: 'net', type: 'dan', device: 'tcfilter', master: 'eth0' };

/** A host with a pod whose interface is as a plugin makes it, plus what a script adds. */
async function podWith(script: string): Promise<Host> {
  const host = await Host.create();
  await host.podNetns(podName);
  await host.sh(`
    ip link add host0 type veth peer name eth0 netns ${podName}
    ip link set host0 up
    ip addr add 10.1.0.1/24 dev host0
    ip addr add fd00:1::1/64 dev host0 nodad
    ip -n ${podName} link set eth0 up
    ip -n ${podName} addr add 10.1.0.5/24 dev eth0
    ip -n ${podName} addr add fd00:1::5/64 dev eth0 nodad
    ip -n ${podName} route add default via 10.1.0.1
    ip -n ${podName} route add default via fd00:1::1`);
  const { exitCode, stderr } = await host.run('ip', ['netns', 'exec', podName, 'sh', '-ec', script]);
  if (exitCode !== 0) throw new Error(stderr);
  return host;
}

function call(host: Host, command: 'ADD' | 'CHECK' | 'DEL', program: Program, more: object = {}): Promise<Answer> {
  return callPlugin(host, { command, config: { ...config, ...more }, netns: `/run/netns/${podName}`, program });
}

interface LogLine {
  readonly level: string;
  readonly message: string;
}

function warningsIn({ stderr }: Answer): readonly string[] {
  const lines = stderr.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as LogLine)
    .flatMap(({ level, message }) => (level === 'warn' ? [message] : []));
}

const cases = Object.entries(found).flatMap(([row, ofRow]: [string, readonly Case[]]) =>
  ofRow.map((one) => ({ row: row as keyof typeof found, ...one })),
);
const refused = cases.filter(({ row }) => rows[row].verdict === 'refused');
const warned = cases.filter(({ row }) => rows[row].verdict === 'warned');

function messageOf({ row, seen }: { readonly row: keyof typeof found; readonly seen: string }): string {
  return `${seen}: ${rows[row].why}; ${rows[row].next}`;
}

describe.concurrent.each(Object.entries(programs))('dan that speaks to the kernel by %s', (_, program) => {
  test.each(refused)('refuses the interface for $row: $seen', async (one) => {
    await using host = await podWith(one.make);
    const { config: more = {}, refusal = { begins: 'cannot be attached: ', error: 'pod-link-unusable' } } = one;
    const { exitCode, json } = await call(host, 'ADD', program, more);
    expect({ exitCode, msg: json['msg'] }).toEqual({
      exitCode: 1,
      msg: `${more['master'] ?? 'eth0'} in the pod's namespace ${refusal.begins}${messageOf(one)} [${refusal.error}]`,
    });
  });

  test.each(warned)('warns of $row: $seen', async (one) => {
    await using host = await podWith(one.make);
    const added = await call(host, 'ADD', program);
    expect(added.exitCode, added.stdout).toBe(0);
    expect(warningsIn(added)).toEqual([`eth0 in the pod's namespace: ${messageOf(one)}`]);
    const checked = await call(host, 'CHECK', program, { prevResult: added.json });
    expect(checked).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test.each(Object.entries(silent))('says nothing of %s', async (_row, { make, config: more = {}, file = {} }) => {
    await using host = await podWith(make);
    const added = await call(host, 'ADD', program, more);
    expect(added.exitCode, added.stdout).toBe(0);
    expect(warningsIn(added)).toEqual([]);
    expect(await whatIsNew(host)).toEqual({ addresses: [], routes: [], neighbors: [], flags: 0, ...file });
  });
});

/** What the file has in addition to what it has for every pod here. */
async function whatIsNew(host: Host): Promise<object> {
  const text = await host.sh('cat /run/kata-containers/dans/sandbox-1.json');
  const { devices } = JSON.parse(text) as {
    readonly devices: readonly [
      {
        readonly network_info: {
          readonly interface: { readonly ip_addresses: readonly string[]; readonly flags: number };
          readonly routes: readonly { readonly dest: string }[];
          readonly neighbors: readonly { readonly ip_address: string }[];
        };
      },
    ];
  };
  const { interface: link, routes, neighbors } = devices[0].network_info;
  const usual = ['10.1.0.5/24', 'fd00:1::5/64', '0.0.0.0/0', '::/0'];
  const others = (texts: readonly string[]): readonly string[] => texts.filter((one) => !usual.includes(one));
  return {
    addresses: others(link.ip_addresses),
    routes: others(routes.map(({ dest }) => dest)),
    neighbors: neighbors.map(({ ip_address }) => ip_address),
    flags: link.flags,
  };
}

test.concurrent.each(Object.entries(foreseen))('dan validate warns of %s', async (row, { plugins, seen }) => {
  await using host = await Host.create();
  const list = JSON.stringify({ cniVersion: '1.0.0', name: 'net', disableCheck: true, plugins });
  const { stdout } = await host.run(programs.rtnetlink[0], ['validate', '--json', '-'], { input: list });
  const { remarks } = JSON.parse(stdout) as { readonly remarks: readonly { readonly text: string }[] };
  expect(remarks.map(({ text }) => text)).toContain(messageOf({ row: row as keyof typeof found, seen }));
});

test('every row of the table has a case, and every case a row', () => {
  // lease.test.ts covers the frames of a lease.
  const tried = new Set([...Object.keys(found), ...Object.keys(silent), ...Object.keys(foreseen), 'lease']);
  expect([...tried].sort()).toEqual(Object.keys(rows).sort());
});

test('CHECK tells of what came there since, and an ADD would refuse', async () => {
  await using host = await podWith(':');
  const [program] = Object.values(programs);
  const added = await call(host, 'ADD', program as Program);
  await host.sh(`
    ip -n ${podName} rule add from 10.1.0.5 lookup 100
    ip -n ${podName} route add default via 10.1.0.1 table 100`);
  const { json } = await call(host, 'CHECK', program as Program, { prevResult: added.json });
  expect(json['msg']).toContain('its routes to default are in table 100, to which a rule leads');
});
