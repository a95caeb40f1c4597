import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { Operator } from './operator.ts';

const config = networkConfig({ addresses: ['10.88.0.5/24', 'fd00:88::5/64'], routes: [] });
const behind = {
  cniVersion: '1.0.0',
  name: 'pod-net',
  type: 'dan',
  device: 'tcfilter',
  prevResult: { interfaces: [{ name: 'eth0', sandbox: '/run/netns/pod' }] },
};
const [first, second] = ['a', 'b'].map((name) => createHash('sha256').update(name).digest('hex')) as [string, string];
const file = `/run/kata-containers/dans/${first}.json`;

describe('dan list and dan show', () => {
  let host: Host;
  let operator: Operator;
  let before: readonly string[];

  beforeAll(async () => {
    host = await Host.create();
    operator = new Operator(host);
    await makeBridge(host);
    before = await traces(host);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect(await traces(host)).toEqual(before);
    await host.podNetns('pod');
  });

  const call = async (command: Call['command'], asked: object = config, sandbox = first): Promise<void> => {
    const { exitCode, stdout } = await callPlugin(host, { command, config: asked, sandbox, netns: '/run/netns/pod' });
    expect(exitCode, stdout).toBe(0);
  };
  const link = async (): Promise<string> => (await operator.list())[0]?.link ?? '';
  const change = async (path: string, edit: (text: string) => string): Promise<void> => {
    await writeInside(host, path, edit(await host.sh(`cat ${path}`)));
  };
  const deletePod = (): Promise<string> => host.sh('ip netns del pod');

  test('tell what is attached, in a table, as JSON, and everything about one sandbox', async () => {
    await host.sh(
      'ip -n pod link add eth0 type veth peer name peer0; ip -n pod addr add 10.7.0.2/24 dev eth0; ip -n pod link set eth0 up',
    );
    await call('ADD', behind);
    await host.podNetns('other');
    const other = { command: 'ADD', config, sandbox: second, netns: '/run/netns/other' } as const;
    expect((await callPlugin(host, other)).exitCode).toBe(0);
    const { exitCode, stdout } = await operator.dan('list');
    expect(exitCode).toBe(0);
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual(['SANDBOX', 'NETWORK', 'IFNAME', 'DEVICE', 'LINK', 'ADDRESSES', 'STATE']);
    expect(rows).toContainEqual([
      second.slice(0, 13),
      'kata-net',
      'eth0',
      'host-tap',
      expect.stringMatching(/^dan[0-9a-f]{11}$/) as string,
      '10.88.0.5/24,fd00:88::5/64',
      'attached',
    ]);
    expect((await operator.list()).map(({ sandbox, device, state }) => [sandbox, device, state]).sort()).toEqual(
      [
        [first, 'tcfilter', 'attached'],
        [second, 'host-tap', 'attached'],
      ].sort(),
    );
    expect(await operator.dan('list', '--orphans')).toMatchObject({
      exitCode: 0,
      stdout: 'Nothing is left over: the parts of each attachment match.\n',
    });

    const shown = await operator.dan('show', first.slice(0, 8));
    expect(shown.exitCode, shown.stderr).toBe(0);
    expect(shown.stdout).toContain(`sandbox ${first}\n  lock    free\n`);
    expect(shown.stdout).toMatch(
      /^ {2}link {4}dan\w+h \(veth\) on the host: up, MTU 1500, MAC fe:.*received \d+ packets/m,
    );
    expect(shown.stdout).toMatch(/^ {2}link {4}dan\w+p \(veth\) in \/run\/netns\/pod: up/m);
    expect(shown.stdout).toContain('  check   as ADD made it\n');
    expect(shown.stdout).toContain('"tap_name": "dan');
    const { attachments } = JSON.parse((await operator.dan('show', second, '--json')).stdout) as {
      attachments: { links: { master: string; counters: object }[]; entry: { index: number }; check: string[] }[];
    };
    expect(attachments).toHaveLength(1);
    expect(attachments[0]).toMatchObject({ entry: { index: 0 }, check: [], links: [{ master: 'br0' }] });
    expect(attachments[0]?.links[0]?.counters).toMatchObject({ received: { packets: 0 } });
    await call('DEL', behind);
    await callPlugin(host, { ...other, command: 'DEL' });
    await host.sh('ip netns del other');
    await deletePod();
  });

  test('a sandbox is told by what no other begins with, or those that fit are named', async () => {
    for (const sandbox of ['pod-1', 'pod-12']) await call('ADD', networkConfig({ addresses: [], routes: [] }), sandbox);
    expect((await operator.dan('show', 'pod-1')).stdout).toMatch(/^sandbox pod-1\n/);
    expect((await operator.dan('show', 'pod-12')).stdout).toMatch(/^sandbox pod-12\n/);
    const several = await operator.dan('show', 'po');
    expect([several.exitCode, several.stdout]).toEqual([1, '']);
    expect(several.stderr).toContain('  pod-1\n  pod-12\n');
    expect(await operator.dan('show', 'x')).toMatchObject({ exitCode: 1, stdout: '' });
    for (const sandbox of ['pod-1', 'pod-12']) await call('DEL', config, sandbox);
    await deletePod();
  });

  test('the tap is deleted, the entry edited or taken out: the state says so, and DEL by hand removes the rest', async () => {
    await call('ADD');
    await change(file, (text) => text.replace('"mtu":1500', '"mtu":1400'));
    expect(await operator.states()).toEqual(['altered: entry edited']);
    expect((await operator.dan('show', first)).stdout).toMatch(/^ {2}check .*was edited$/m);
    await host.sh(`ip link set ${await link()} mtu 1400`);
    expect((await operator.states())[0]).toMatch(/^altered: tap dan\w+: MTU is 1400, and was made 1500, entry edited$/);
    await host.sh(`ip link del ${await link()}`);
    expect(await operator.states()).toEqual(['incomplete: tap missing']);
    await host.sh(`rm ${file}`);
    expect(await operator.states()).toEqual(['incomplete: tap missing, entry missing']);
    const { exitCode, stdout } = await operator.dan('list', '--orphans');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`eth0 of sandbox ${first} in network kata-net: incomplete: tap missing, entry missing\n`);
    expect(stdout).toContain('fix: restart the pod if it runs');
    await operator.mend();
    await deletePod();
  });

  test('the record is lost: what is left is named, and DEL by hand removes it', async () => {
    await call('ADD');
    await host.sh('rm /run/dan/attachments/*');
    const [orphan] = await operator.list('--orphans');
    expect(orphan).toMatchObject({ state: 'orphan', parts: ['record missing'], device: 'host-tap' });
    expect(orphan?.left).toEqual([`link ${await link()} on the host`, `entry 0 in ${file}`]);
    await operator.mend();
    await deletePod();
  });

  test('ADD was killed before it marked its tap: the record claims it', async () => {
    await call('ADD');
    const tap = await link();
    await change(`/run/dan/attachments/${tap}.json`, (text) => {
      const { entry: _entry, ...record } = JSON.parse(text) as Record<string, unknown>;
      return JSON.stringify(record);
    });
    await host.sh(`rm ${file}; ip link del ${tap}; ip tuntap add dev ${tap} mode tap`);
    expect(await operator.states()).toEqual(['orphan: ADD did not end, entry missing']);
    await operator.mend();
    await deletePod();
  });

  test('the pod is gone and its DEL never came', async () => {
    await call('ADD');
    await deletePod();
    expect(await operator.states()).toEqual(["orphan: pod's namespace gone"]);
    await operator.mend();
  });

  test('a network that another plugin attached after dan: list, show, doctor and CHECK say that the guest lacks it', async () => {
    const add = await callPlugin(host, { command: 'ADD', config, sandbox: first, netns: '/run/netns/pod' });
    const checked = { ...config, prevResult: add.json };
    await call('CHECK', checked);
    await host.sh('ip -n pod link add net1 type veth peer name peer1; ip -n pod addr add 10.9.0.2/24 dev net1');
    expect(await operator.states()).toEqual(['incomplete: the guest does not have net1 with 10.9.0.2/24']);
    const { stdout } = await operator.dan('list', '--orphans');
    expect(stdout).toMatch(/^ {2}fix: take its network away from the pod, .*"device": "tcfilter"/m);
    const fault = "the pod's namespace has net1 with 10.9.0.2/24, which the guest does not have: take its network away";
    expect((await operator.dan('show', first)).stdout).toContain(`  check   ${fault}`);
    const { findings } = JSON.parse((await operator.dan('doctor', '--json')).stdout) as { findings: { id: string }[] };
    expect(findings).toContainEqual(
      expect.objectContaining({
        id: 'state-hidden-link',
        seen: `eth0 of sandbox ${first} in network "kata-net": the guest does not have net1 with 10.9.0.2/24`,
      }),
    );
    const failed = await callPlugin(host, {
      command: 'CHECK',
      config: checked,
      sandbox: first,
      netns: '/run/netns/pod',
    });
    expect([failed.exitCode, failed.json['msg']]).toEqual([1, expect.stringContaining(fault)]);
    await host.sh('ip -n pod link del net1');
    await call('CHECK', checked);
    expect(await operator.states()).toEqual(['attached']);
    await call('DEL');
    await deletePod();
  });

  test('while something is at work on a sandbox, its parts need not fit, and the process is named', async () => {
    await call('ADD');
    await host.sh(`ip link del ${await link()}`);
    const lock = `/run/dan/locks/sandbox-${createHash('sha256').update(first).digest('hex').slice(0, 3)}`;
    const holder = host.spawn('flock', ['-x', '-o', lock, 'sh', '-c', 'echo held; exec cat'], { reject: false });
    await eventually('the lock', async () =>
      (await operator.states())[0]?.startsWith('changing') === true ? true : undefined,
    );
    expect(await operator.list('--orphans')).toEqual([]);
    expect((await operator.dan('show', first)).stdout).toMatch(/^ {2}lock {4}held .* by process \d+: .*flock -x/m);
    holder.kill('SIGKILL');
    await holder;
    await eventually('the end of it', async () =>
      (await operator.states())[0] === 'incomplete: tap missing' ? true : undefined,
    );
    await call('DEL');
    await deletePod();
  });

  test('what cannot be read is told and is no reason to hide the rest', async () => {
    await call('ADD');
    await host.sh('echo half >/run/dan/attachments/dan01234567890.json; echo half >/run/kata-containers/dans/x.json');
    const { exitCode, stdout, stderr } = await operator.dan('list');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('attached');
    expect(stderr).toContain('/run/dan/attachments/dan01234567890.json');
    expect(stderr).toContain('/run/kata-containers/dans/x.json');
    await host.sh('rm /run/dan/attachments/dan01234567890.json /run/kata-containers/dans/x.json');
    await call('DEL');
    await deletePod();
  });

  test('a forged record of a socket claims no tap of somebody else, and no command removes that', async () => {
    await call('ADD', { ...config, device: 'vhost-user', bridge: undefined });
    const tap = await link();
    await host.sh(`ip tuntap add dev ${tap} mode tap; ip link set ${tap} up`);
    await deletePod();
    const [orphan] = await operator.list('--orphans');
    expect(orphan).toMatchObject({ state: 'orphan', left: [`record ${tap}`, `entry 0 in ${file}`] });
    await operator.mend();
    expect(await operator.list()).toEqual([]);
    expect(await host.sh(`ip -br link show ${tap}`)).toContain(tap);
    await host.sh(`ip link del ${tap}`);
  });

  test('an alias that somebody else wrote brings nothing into a command or onto a terminal', async () => {
    await host.sh("ip tuntap add dev tap0 mode tap; ip link set tap0 alias 'dan:kata-net:$(reboot);x:eth0'");
    expect(await operator.list()).toEqual([]);
    await host.sh('ip link del tap0');
    await deletePod();
  });
});
