import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';

const config = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
const other = networkConfig({ name: 'other-net', addresses: [], routes: [] });
const behind = {
  cniVersion: '1.1.0',
  name: 'kata-net',
  type: 'dan',
  prevResult: { interfaces: [{ name: 'eth0', sandbox: '/run/netns/pod' }] },
};
const key = 'cni.dev/valid-attachments';

describe('garbage collection', () => {
  let host: Host;
  let before: readonly string[];

  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    before = await everything();
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect(await everything()).toEqual(before);
  });

  const everything = (): Promise<readonly string[]> => traces(host);
  const must = async (command: Call['command'], asked: object, more: Partial<Call> = {}): Promise<Answer> => {
    const answer = await callPlugin(host, { command, config: asked, ...more });
    expect(answer.exitCode, answer.stdout).toBe(0);
    return answer;
  };
  const add = async (sandbox: string, asked: object = config, ifname = 'eth0'): Promise<void> => {
    if ((await host.run('test', ['-e', `/run/netns/${sandbox}`])).exitCode !== 0) await host.podNetns(sandbox);
    await must('ADD', asked, { sandbox, netns: `/run/netns/${sandbox}`, ifname });
  };
  const sandboxes = async (): Promise<string[]> =>
    (await host.sh('ls /run/kata-containers/dans')).split('\n').map((name) => name.replace('.json', ''));
  const deleteNetns = (names: readonly string[]): Promise<string> =>
    host.sh(names.map((name) => `ip netns del ${name}`).join('\n'));

  test('does nothing without a list, takes what is not in it, and takes all for an empty one or null', async () => {
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) await add(name);
    const there = await everything();
    await must('GC', config);
    expect(await everything()).toEqual(there);
    const inUse = (sandbox: string, ifname = 'eth0'): object => ({ containerID: sandbox, ifname });
    await must('GC', { ...config, [key]: names.map((name) => inUse(name)) });
    expect(await everything()).toEqual(there);
    await must('GC', { ...config, [key]: [inUse('a'), inUse('c'), inUse('d', 'eth1')] });
    expect(await sandboxes()).toEqual(['a', 'c']);
    expect(await host.sh('ls /var/lib/cni/networks/kata-net | grep -c ^10')).toBe('2');
    await must('GC', { ...config, [key]: [] });
    expect(await host.sh('ls /run/kata-containers/dans')).toBe('');
    await add('a');
    await must('GC', { ...config, [key]: null });
    await deleteNetns(names);
  });

  test.each([[{}], ['all'], [[{ containerID: 'a' }]], [['a']], [[null]]])(
    'a list like %j removes nothing',
    async (list) => {
      await add('a');
      const there = await everything();
      const { exitCode, json } = await callPlugin(host, { command: 'GC', config: { ...config, [key]: list } });
      expect([exitCode, json['code']]).toEqual([1, 7]);
      expect(await everything()).toEqual(there);
      await must('DEL', config, { sandbox: 'a' });
      await deleteNetns(['a']);
    },
  );

  test('never touches another network, a file of somebody else, and a link of a like name', async () => {
    await add('a');
    await add('a', other, 'net1');
    const foreign = '{"netns":null,"devices":[{"name":"eth0","guest_mac":"02:00:00:00:00:01"}]}';
    await writeInside(host, '/run/kata-containers/dans/foreign.json', foreign);
    await host.sh('ip tuntap add dev dan01234567890 mode tap; ip link set dan01234567890 alias dan:kata-net:z:eth0x:y');
    await must('GC', { ...config, [key]: [] });
    const file = JSON.parse(await host.sh('cat /run/kata-containers/dans/a.json')) as { devices: { name: string }[] };
    expect(file.devices.map(({ name }) => name)).toEqual(['net1']);
    expect(await host.sh('cat /run/kata-containers/dans/foreign.json')).toBe(foreign);
    await host.sh('ip link del dan01234567890; rm /run/kata-containers/dans/foreign.json');
    await must('GC', { ...other, [key]: [] });
    await deleteNetns(['a']);
  });

  describe('when the record is lost', () => {
    const lose = (): Promise<string> => host.sh('rm /run/dan/attachments/*');

    test('finds the link on the host', async () => {
      await add('a');
      await lose();
      await host.sh('rm /run/kata-containers/dans/*');
      await must('GC', { ...config, [key]: [] });
      expect(await host.sh('ip -br link show type tun')).toBe('');
      // The plugin's own GC decides which addresses are free; host-local of this version has none.
      await must('DEL', config, { sandbox: 'a' });
      await deleteNetns(['a']);
    });

    test('finds the entry in the file', async () => {
      await add('a');
      await add('a', other, 'net1');
      await host.sh(
        'rm $(grep -l kata-net /run/dan/attachments/*); ip link del $(ip -br link | grep -o "^dan[0-9a-f]*" | head -1)',
      );
      await must('GC', { ...config, [key]: [] });
      expect(await host.sh('cat /run/kata-containers/dans/a.json')).not.toContain('kata-net');
      await must('DEL', config, { sandbox: 'a' });
      await must('GC', { ...other, [key]: [] });
      await deleteNetns(['a']);
    });

    test.each([
      ['a redirection in the pod', { ...behind, device: 'tcfilter', runtime: 'generic' }],
      ['a redirection by the host', { ...behind, device: 'tcfilter' }],
      ['a macvtap', { ...behind, device: 'macvtap', runtime: 'generic' }],
    ])('finds the links of %s, also in the namespace', async (_what, asked) => {
      await host.podNetns('pod');
      await host.sh(
        'ip -n pod link add eth0 type veth peer name peer0; ip -n pod addr add 10.7.0.2/24 dev eth0; ip -n pod link set eth0 up',
      );
      await must('ADD', asked, { netns: '/run/netns/pod' });
      await lose();
      await host.sh('rm /run/kata-containers/dans/*');
      await must('GC', { ...asked, [key]: [] });
      expect(await host.sh('ip -n pod -br link | cut -d " " -f 1 | sort | tr "\\n" " "')).toBe(
        'eth0@peer0 lo peer0@eth0',
      );
      expect(await host.sh('tc -n pod qdisc show dev eth0')).not.toContain('ingress');
      expect(await host.sh('ls /run/dan/macvtap 2>/dev/null || true')).toBe('');
      await deleteNetns(['pod']);
    });

    test('removes what writers left that were killed', async () => {
      await host.sh(`
        mkdir -p /run/kata-containers/dans /run/dan/attachments
        echo half >/run/kata-containers/dans/.a.json.tmp
        echo half >/run/dan/attachments/.dan01234567890.a.tmp`);
      await must('GC', config);
      expect((await everything()).length).toBe(before.length + 2);
      await must('GC', { ...config, [key]: [] });
    });
  });

  test('then calls the IPAM plugin, whose own failure counts unless it does not know GC', async () => {
    const plugin = (answer: string): string => `#!/bin/sh\necho "$CNI_COMMAND $(cat)" >>/run/ipam.log\n${answer}\n`;
    const collect = async (answer: string): Promise<Answer> => {
      await writeInside(host, '/run/plugins/ipam', plugin(answer));
      await host.sh('chmod 755 /run/plugins/ipam; rm -f /run/ipam.log');
      const asked = { ...config, ipam: { type: 'ipam' }, [key]: [] };
      return callPlugin(host, { command: 'GC', config: asked, variables: { CNI_PATH: '/run/plugins' } });
    };
    expect((await collect('exit 0')).exitCode).toBe(0);
    expect(await host.sh('cat /run/ipam.log')).toMatch(/^GC .*"cni\.dev\/valid-attachments":\[\]/);
    for (const code of [1, 3, 4]) {
      expect((await collect(`echo '{"code":${code},"msg":"unknown CNI_COMMAND: GC"}'; exit 1`)).exitCode).toBe(0);
    }
    expect((await collect(`echo '{"code":11,"msg":"later"}'; exit 1`)).json).toMatchObject({ code: 11 });
    await host.sh('rm -r /run/plugins /run/ipam.log');
  });
});
