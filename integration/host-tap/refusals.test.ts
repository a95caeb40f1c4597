import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { bridgeIdentity, makeBridge, networkConfig } from './network.ts';

describe('what the state of the node or of the sandbox forbids', () => {
  let host: Host;
  let netns: string;
  let before: readonly string[];

  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    before = await traces(host);
  });
  afterEach(async () => {
    expect(await traces(host)).toEqual(before);
  });

  const add = (changes: Record<string, unknown> = {}, more: object = {}): Promise<Answer> =>
    callPlugin(host, { command: 'ADD', config: networkConfig(changes), netns, ...more });
  const del = async (changes: Record<string, unknown> = {}, more: object = {}): Promise<void> => {
    const { exitCode, stdout } = await callPlugin(host, { command: 'DEL', config: networkConfig(changes), ...more });
    expect(exitCode, stdout).toBe(0);
  };
  const refused = async (answer: Promise<Answer>, code: number, ...texts: string[]): Promise<void> => {
    const there = await answer;
    expect(there).toMatchObject({ exitCode: 1, json: { code } });
    for (const text of texts) expect(there.json['msg']).toContain(text);
  };

  test('the same attachment twice', async () => {
    expect((await add()).exitCode).toBe(0);
    const there = await traces(host);
    await refused(add(), 100, '"kata-net"', 'sandbox-1', '"eth0"', 'DEL it first');
    expect(await traces(host)).toEqual(there);
    await del();
  });

  test.each([
    ['host-tap', {}],
    ['vhost-user', { device: 'vhost-user', bridge: undefined }],
  ])('dan twice in one list, as %s: the message names the cause', async (_device, changes) => {
    const { exitCode, json: prevResult } = await add(changes);
    expect(exitCode).toBe(0);
    const there = await traces(host);
    await refused(add({ ...changes, prevResult }), 100, '"kata-net"', '"dan" is twice in the list of plugins');
    expect(await traces(host)).toEqual(there);
    await del(changes);
  });

  test.each([
    ['the name', { addresses: ['10.99.0.5/24'], routes: [] }, 'eth0', ['the name "eth0"', 'network "kata-net"']],
    [
      'the MAC',
      { addresses: ['10.99.0.5/24'], routes: [], mac: '02:00:00:00:00:01' },
      'net1',
      ['the MAC 02:00:00:00:00:01'],
    ],
    ['the address', { addresses: ['10.88.0.5/16'], routes: [] }, 'net1', ['the address 10.88.0.5']],
    [
      'the default route',
      { addresses: ['10.99.0.5/24'], routes: [{ dst: '0.0.0.0/0', gw: '10.99.0.1' }] },
      'net1',
      ['0.0.0.0/0', '"defaultRoute": false'],
    ],
  ])('%s of another interface of the sandbox', async (_what, changes, ifname, says) => {
    expect((await add({ mac: '02:00:00:00:00:01', bridge: null })).exitCode).toBe(0);
    const there = await traces(host);
    await refused(add({ name: 'second', ...changes }, { ifname }), 7, ...says);
    expect(await traces(host)).toEqual(there);
    await del({ name: 'second' }, { ifname });
    expect(await traces(host)).toEqual(there);
    await del();
  });

  test('a fixed MAC that is on the bridge already, also for two at the same moment', async () => {
    const fixed = { mac: '02:00:00:00:00:01', addresses: [], routes: [] };
    const answers = await Promise.all([add(fixed), add(fixed, { sandbox: 'sandbox-2' })]);
    expect(answers.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    expect(answers.find(({ exitCode }) => exitCode === 1)?.json).toMatchObject({
      code: 7,
      msg: expect.stringMatching(/02:00:00:00:00:01.*sandbox-[12].*bridge br0 already/),
    });
    await del();
    await del({}, { sandbox: 'sandbox-2' });
  });

  test('a link in the pod that the file would hide', async () => {
    await host.sh('ip -n pod link add eth9 type veth peer name other9; ip -n pod addr add 10.7.0.2/24 dev eth9');
    await refused(add(), 106, 'eth9', '10.7.0.2/24', '"tcfilter"');
    await host.sh('ip -n pod link del eth9');
  });

  test('a tap of the name that is not ours is never touched', async () => {
    const { json } = await add();
    const { name } = (json['interfaces'] as { name: string }[])[0]!;
    await del();
    await host.sh(
      `ip tuntap add dev ${name} mode tap; ip link set ${name} alias 'of somebody' address 02:00:00:00:00:77`,
    );
    const theirs = await host.sh(`ip -j -d link show dev ${name}`);
    await refused(add(), 105, name, 'of somebody');
    await del();
    expect(await host.sh(`ip -j -d link show dev ${name}`)).toBe(theirs);
    await host.sh(`ip link del ${name}`);
  });

  test("a namespace that is the host's own, or missing", async () => {
    await refused(add({}, { netns: '/proc/self/ns/net' }), 8, 'dan itself runs in');
    await refused(add({}, { netns: '/run/netns/none' }), 8, '/run/netns/none does not exist');
    await del({}, { netns: '/run/netns/none' });
  });

  test("an MTU below the bridge's is taken where the bridge's own is pinned", async () => {
    await host.sh('ip link add br1 type bridge; ip link set br1 mtu 9000 up');
    const identity = await bridgeIdentity(host, 'br1');
    const { exitCode, stdout, stderr } = await add({ bridge: 'br1', mtu: 1400 });
    expect(exitCode, stdout).toBe(0);
    expect(stderr).not.toContain('warn');
    expect(await bridgeIdentity(host, 'br1')).toBe(identity);
    await del();
    const above = await add({ bridge: 'br1', mtu: 9600 });
    expect(above.exitCode, above.stdout).toBe(0);
    expect(above.stderr).toMatch(/"level":"warn","message":"the MTU 9600 is above/);
    await del();
    expect(await bridgeIdentity(host, 'br1')).toBe(identity);
    await host.sh('ip link del br1');
  });

  test("an MTU below the bridge's is the guest's alone where the bridge would follow the tap's", async () => {
    await host.sh('ip link add br1 type bridge; ip link set br1 up');
    const identity = await bridgeIdentity(host, 'br1');
    const { exitCode, stdout, json } = await add({ bridge: 'br1', mtu: 1400 });
    expect(exitCode, stdout).toBe(0);
    expect(json['interfaces']).toMatchObject([{ mtu: 1500 }, { name: 'eth0', mtu: 1400 }]);
    expect(await host.sh('cat /run/kata-containers/dans/*.json')).toContain('"mtu":1400');
    expect(await bridgeIdentity(host, 'br1')).toBe(identity);
    await del();
    await host.sh('ip link del br1');
  });

  test('an IPAM plugin without a free address: its own error, and nothing left', async () => {
    const tiny = { addresses: undefined, routes: [], ipam: { type: 'host-local', subnet: '10.88.1.0/30' } };
    expect((await add(tiny)).exitCode).toBe(0);
    const there = await traces(host);
    // 999 is the code of Debian's host-local for its own errors.
    await refused(add(tiny, { sandbox: 'sandbox-2' }), 999, 'IPAM plugin host-local', 'no IP addresses available');
    expect(await traces(host)).toEqual(there);
    await del(tiny, { sandbox: 'sandbox-2' });
    expect(await traces(host)).toEqual(there);
    await del(tiny);
  });
});
