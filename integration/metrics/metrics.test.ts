import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import { callPlugin, executable, programs } from '../harness/plugin.ts';
import { holdTap } from '../harness/tap-holder.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { Operator } from '../list/operator.ts';
import { blocksOf } from '../../test/docs/blocks.ts';
import { panelsOf, Prometheus, serviceOf } from './monitoring.ts';

describe('dan metrics', () => {
  let host: Host;
  let operator: Operator;

  beforeAll(async () => {
    host = await Host.create();
    operator = new Operator(host);
    await makeBridge(host);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  const attach = async (pod: string, address: string): Promise<string> => {
    const netns = await host.podNetns(pod);
    const { exitCode, json, stdout } = await callPlugin(host, {
      command: 'ADD',
      config: networkConfig({ addresses: [address], routes: [] }),
      sandbox: `sandbox-of-${pod}`,
      netns,
      variables: { CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=prod;K8S_POD_NAME=${pod}` },
    });
    expect(exitCode, stdout).toBe(0);
    return (json['interfaces'] as readonly { readonly name: string }[])[0]?.name ?? '';
  };
  const detach = async (pod: string): Promise<void> => {
    const call = { command: 'DEL', config: networkConfig(), sandbox: `sandbox-of-${pod}` } as const;
    expect(await callPlugin(host, { ...call, netns: `/run/netns/${pod}` })).toMatchObject({ exitCode: 0 });
    await host.sh(`ip netns del ${pod}`);
  };
  /** Values by name and labels, as in the output of `dan metrics`. */
  const read = async (...words: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    const { exitCode, stdout, stderr } = await operator.dan('metrics', ...words);
    expect([exitCode, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
  };
  const requests = (command: string, result = 'success'): string =>
    `dan_cni_requests_total{command="${command}",result="${result}"}`;

  test('a node where nothing was ever called has zeroes, in the format that promtool takes', async () => {
    const values = await read();
    expect(values.get('dan_attachments{state="attached"}')).toBe(0);
    expect(values.get(requests('ADD'))).toBe(0);
    expect([...values].filter(([name, value]) => value !== 0 && !name.startsWith('dan_build_info'))).toEqual([]);
    const { stdout } = await operator.dan('metrics');
    expect(await host.run('promtool', ['check', 'metrics'], { input: stdout })).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('what is attached, by whom it is, and what passed it as the pod sees it', async () => {
    const tap = await attach('web-0', '10.88.0.5/24');
    const labels = `device="${tap}",network="kata-net",namespace="prod",pod="web-0",interface="eth0"`;
    const holder = await holdTap(host, tap);
    await host.run('ping', ['-c', '1', '-W', '1', '10.88.0.5']);
    await holder.close();
    const values = await read();
    expect(values.get(`dan_attachment_info{${labels},mode="host-tap",sandbox="sandbox-of-web-0"}`)).toBe(1);
    expect(values.get('dan_attachments{state="attached"}')).toBe(1);
    // Nothing answers: the guest receives the ARP request, and sends nothing.
    expect(values.get(`dan_attachment_receive_bytes_total{${labels}}`)).toBeGreaterThan(40);
    expect(values.get(`dan_attachment_receive_packets_total{${labels}}`)).toBeGreaterThan(0);
    expect(values.get(`dan_attachment_transmit_bytes_total{${labels}}`)).toBe(0);
    expect(values.get(`dan_attachment_hidden_links{${labels}}`)).toBe(0);
    const { stdout } = await operator.dan('metrics');
    expect(await host.run('promtool', ['check', 'metrics'], { input: stdout })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });

    await host.sh('ip -n web-0 link add net1 type veth peer name net2; ip -n web-0 addr add 10.9.0.2/24 dev net1');
    const half = await read();
    expect(half.get(`dan_attachment_hidden_links{${labels}}`)).toBe(1);
    expect(half.get('dan_problems{check="state-hidden-link",severity="warning"}')).toBe(1);
    expect(half.get('dan_attachments{state="incomplete"}')).toBe(1);
    await detach('web-0');
  });

  test('a macvtap counts from the other side than a tap: the labels are right for it, too', async () => {
    const netns = await host.podNetns('mac');
    await host.sh(`
      ip link add peer0 type veth peer name eth0 netns mac; ip link set peer0 up; ip addr add 10.7.0.1/24 dev peer0
      ip -n mac addr add 10.7.0.2/24 dev eth0; ip -n mac link set eth0 up`);
    const config = {
      ...{ cniVersion: '1.0.0', name: 'mac-net', type: 'dan', device: 'macvtap', runtime: 'generic' },
      prevResult: {
        interfaces: [{ name: 'eth0', sandbox: netns }],
        ips: [{ address: '10.7.0.2/24', interface: 0 }],
      },
    };
    const { exitCode, stdout } = await callPlugin(host, { command: 'ADD', config, netns });
    expect(exitCode, stdout).toBe(0);
    await host.run('ping', ['-c', '1', '-W', '1', '10.7.0.2']);
    const passed = [...(await read())].filter(([name]) => /_packets_total\{.*network="mac-net"/.test(name));
    const [received = 0, sent = 0] = ['receive', 'transmit'].map(
      (way) => passed.find(([name]) => name.includes(way))?.[1],
    );
    // The neighbor is looked up by broadcast. A macvtap may announce itself, but sends no more.
    expect(received).toBeGreaterThan(sent);
    expect(await callPlugin(host, { command: 'DEL', config, netns })).toMatchObject({ exitCode: 0 });
    await host.sh('ip netns del mac');
  });

  test('each call is counted by command and result, those that are refused and those of both programs', async () => {
    const before = await read();
    const more = async (name: string): Promise<number> => ((await read()).get(name) ?? 0) - (before.get(name) ?? 0);
    await attach('a', '10.88.0.7/24');
    await detach('a');
    for (const program of Object.values(programs)) {
      const refused = { command: 'ADD', config: networkConfig({ bridge: 'br9' }), program } as const;
      expect(await callPlugin(host, { ...refused, netns: await host.podNetns('b') })).toMatchObject({ exitCode: 1 });
      expect(await callPlugin(host, { command: 'STATUS', config: networkConfig(), program })).toMatchObject({
        exitCode: 0,
      });
      expect(await callPlugin(host, { command: 'VERSION', config: {}, program })).toMatchObject({ exitCode: 0 });
      await host.sh('ip netns del b');
    }
    const gc = { ...networkConfig(), 'cni.dev/valid-attachments': [] };
    expect(await callPlugin(host, { command: 'GC', config: gc })).toMatchObject({ exitCode: 0 });
    expect(await more(requests('ADD'))).toBe(1);
    expect(await more(requests('DEL'))).toBe(1);
    expect(await more(requests('STATUS'))).toBe(2);
    expect(await more(requests('GC'))).toBe(1);
    expect(await more(requests('ADD', 'bridge-missing'))).toBe(2);
    expect(await more('dan_cni_request_duration_seconds_count{command="ADD"}')).toBe(3);
    expect(await more('dan_cni_request_duration_seconds_bucket{command="ADD",le="+Inf"}')).toBe(3);
    const now = Date.now() / 1000;
    expect(Math.abs(now - ((await read()).get('dan_gc_last_success_timestamp_seconds') ?? 0))).toBeLessThan(60);
  });

  test('nothing of the count makes a call fail or leaves its directory', async () => {
    await host.sh('echo text >/run/precious; rm /run/dan/calls-1; ln -s /run/precious /run/dan/calls-1');
    const status = { command: 'STATUS', config: networkConfig() } as const;
    expect(await callPlugin(host, status)).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await host.sh('cat /run/precious')).toBe('text');
    expect((await read()).get('dan_unread_places{place="calls"}')).toBe(1);
    await host.sh('rm /run/dan/calls-1; mkfifo /run/dan/calls-1');
    expect(await callPlugin(host, status)).toMatchObject({ exitCode: 0, stdout: '' });
    await host.sh('rm /run/dan/calls-1; mkdir /run/dan/calls-1');
    expect(await callPlugin(host, status)).toMatchObject({ exitCode: 0, stdout: '' });
    await host.sh('rmdir /run/dan/calls-1');
    expect(await callPlugin(host, status)).toMatchObject({ exitCode: 0, stdout: '' });
    expect((await read()).get(requests('STATUS'))).toBe(1);
  });

  test('the file stays small, and no call is lost while it is summed up', async () => {
    await host.sh('rm /run/dan/calls-1');
    const line = `1700000000 CHECK check-failed 1500\n`;
    await host.run('sh', ['-c', 'cat >/run/dan/calls-1'], { input: line.repeat(900) });
    const config = JSON.stringify(networkConfig());
    // Four at a time, until the file has been summed up in between.
    await host.run('sh', [
      '-c',
      `for lane in 1 2 3 4; do
        (for turn in $(seq 100); do
          echo '${config}' | CNI_COMMAND=STATUS CNI_PATH=/usr/lib/cni ${executable} 2>/dev/null
        done) &
      done; wait`,
    ]);
    expect(Number(await host.sh('stat -c %s /run/dan/calls-1'))).toBeLessThan(32 * 1024);
    expect(await host.sh('ls -A /run/dan')).not.toContain('tmp');
    const values = await read();
    expect(values.get(requests('STATUS'))).toBe(400);
    expect(values.get(requests('CHECK', 'check-failed'))).toBe(900);
    expect(values.get('dan_cni_request_duration_seconds_bucket{command="CHECK",le="0.002"}')).toBe(900);
    expect(values.get('dan_cni_request_duration_seconds_sum{command="CHECK"}')).toBeCloseTo(1.35);
  });

  test('a file for node_exporter is whole, for all to read, and takes no name that somebody prepared', async () => {
    const directory = await host.sh('mkdir -p /run/textfile; chmod 1777 /run/textfile; cd /run/textfile; pwd');
    const file = join(directory, 'dan.prom');
    await host.sh(`ln -s /run/precious ${file}`);
    expect(await operator.dan('metrics', '--textfile', file)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await host.sh(`stat -c '%F %a' ${file}; ls -A ${directory}; cat /run/precious`)).toBe(
      'regular file 644\ndan.prom\ntext',
    );
    expect(await host.sh(`tail -1 ${file}`)).toMatch(/^dan_/);
    const missing = await operator.dan('metrics', '--textfile', '/run/none/dan.prom');
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
    expect(missing.stderr).toContain('/run/none/dan.prom cannot be written: ENOENT');
    expect((await operator.dan('metrics', '--textfile', file, '--listen', '127.0.0.1:1')).exitCode).toBe(2);
  });

  test('the commands of the guide do what it says', async () => {
    await host.sh('mkdir -p /var/lib/prometheus/node-exporter');
    const commands = blocksOf('docs/guides/metrics.md').filter(({ language }) => language === 'sh');
    expect(commands).toHaveLength(2);
    for (const { text } of commands) {
      const { exitCode, stderr } = await host.run('sh', ['-ec', `dan() { ${executable} "$@"; }\n${text}`]);
      expect([exitCode, stderr], text).toEqual([0, '']);
    }
    expect(await host.sh('promtool check metrics </var/lib/prometheus/node-exporter/dan.prom 2>&1')).toBe('');
  });

  test('it is served with the rights of the container, and Prometheus gets rows for each query of the dashboard', async () => {
    const server = await serviceOf(host, [
      ...['setpriv', '--bounding-set=-all,+sys_admin', '--inh-caps=-all', '--no-new-privs', '--clear-groups', '--'],
      ...[executable, 'metrics', '--listen', '127.0.0.1:9464'],
    ]);
    await using prometheus = await Prometheus.start(host);
    const tap = await attach('db-0', '10.88.0.9/24');
    await host.sh('ip -n db-0 link add net1 type veth peer name net2; ip -n db-0 addr add 10.9.0.2/24 dev net1');
    await attach('gone-0', '10.88.0.10/24');
    await host.sh('ip netns del gone-0');
    const row = async (query: string): Promise<Readonly<Record<string, string>>> =>
      await eventually(`a row of ${query}`, async () => (await prometheus.query(query))[0]?.metric);
    expect(await row(`dan_attachment_info{pod="db-0"}`)).toMatchObject({ device: tap, namespace: 'prod', job: 'dan' });
    expect(await row('dan_orphans{kind="record"} == 1')).toMatchObject({ instance: '127.0.0.1:9464' });
    expect(await prometheus.query('dan_unread_places > 0')).toEqual([]);
    expect(await prometheus.query('up{job="dan"} == 1')).toHaveLength(1);
    for (const { title, targets } of panelsOf('10s')) {
      for (const { expr } of targets) expect(await row(expr), title).toBeDefined();
    }
    // The rules are loaded, and none of them fails.
    expect(await prometheus.query('prometheus_rule_evaluation_failures_total > 0')).toEqual([]);
    expect(await row('ALERTS{alertname="DanPodLacksNetwork"}')).toMatchObject({ pod: 'db-0', alertstate: 'pending' });
    expect(await server.end()).toBe(0);
    await detach('db-0');
    const gone = { command: 'DEL', config: networkConfig(), sandbox: 'sandbox-of-gone-0', netns: '' } as const;
    expect(await callPlugin(host, gone)).toMatchObject({ exitCode: 0 });
  });

  test('it says why it cannot listen, and what is no address', async () => {
    const words = ['metrics', '--listen', '127.0.0.1:9465'] as const;
    const first = await serviceOf(host, [executable, ...words]);
    await eventually('somebody who listens', async () => (await host.sh('ss -ltn')).includes(':9465 ') || undefined);
    const second = await operator.dan(...words);
    expect(second).toMatchObject({ exitCode: 1, stdout: '' });
    expect(second.stderr).toContain('dan cannot listen on 127.0.0.1:9465: EADDRINUSE');
    expect(second.stderr).toContain('[listen-failed]');
    expect(await first.end()).toBe(0);
    const other = await operator.dan('metrics', '--listen', '192.0.2.1:9465');
    expect(other.stderr).toContain('EADDRNOTAVAIL');
    expect((await operator.dan('metrics', '--listen', 'localhost:9465')).exitCode).toBe(2);
  });
});
