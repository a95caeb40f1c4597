import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { RunningSandbox, sandbox } from './running-sandbox.ts';

const network = {
  cniVersion: '1.1.0',
  name: 'plug-net',
  type: 'dan',
  hotplug: true,
  bridge: 'br0',
  mtu: 1400,
  addresses: ['10.99.0.2/24', 'fd00:99::2/64'],
  routes: [
    { dst: '10.200.0.0/16', gw: '10.99.0.1' },
    { dst: 'fd01::/64', gw: 'fd00:99::1' },
  ],
  neighbors: [{ address: '10.99.0.9', mac: '02:00:00:00:00:fe' }],
} as const;

const bridges = `
  ip link add br0 type bridge
  ip addr add 10.99.0.1/24 dev br0
  ip addr add fd00:99::1/64 dev br0 nodad
  ip link set br0 up`;

describe.each(['qemu-qmp', 'qemu-hmp'] as const)('a sandbox that runs on QEMU, by %s', (kind) => {
  let host: Host;
  let running: RunningSandbox;
  let netns: string;
  let before: unknown;
  beforeAll(async () => {
    host = await Host.create();
    await host.sh(bridges);
    netns = await host.podNetns('pod');
    running = await RunningSandbox.start(host, { kind, cpus: 2 });
    before = await traces(host);
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  const call = (command: Call['command'], changes: object = {}, id = sandbox): Promise<Answer> =>
    callPlugin(host, { command, config: { ...network, ...changes }, sandbox: id, netns, ifname: 'net1' });

  it('gets an interface by ADD that reaches its gateway, and loses it by DEL, ten times over', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      const added = await call('ADD');
      expect(added, added.stdout + added.stderr).toMatchObject({ exitCode: 0 });
      const { guest } = running;
      const link = await guest.text('ip -o link show net1');
      expect(link).toContain('mtu 1400');
      expect(await guest.text('ip -br addr show net1')).toMatch(/10\.99\.0\.2\/24 .*fd00:99::2\/64/);
      expect(await guest.text('ip route; ip -6 route; ip neigh')).toMatch(
        /10\.200\.0\.0\/16 via 10\.99\.0\.1 dev net1[^]*fd01::\/64 via fd00:99::1 dev net1[^]*10\.99\.0\.9 dev net1 lladdr 02:00:00:00:00:fe PERMANENT/,
      );
      expect(await guest.text('readlink -f /sys/class/net/net1/device')).toContain(':1e.0/');
      await guest.text('ping -c 1 -W 5 10.99.0.1; ping -6 -c 1 -W 5 fd00:99::1');
      expect(await call('CHECK', { prevResult: added.json })).toMatchObject({ exitCode: 0 });
      expect(await running.cards()).toHaveLength(1);
      const deleted = await call('DEL');
      expect(deleted, deleted.stdout + deleted.stderr).toMatchObject({ exitCode: 0, stdout: '' });
      expect(await running.links()).toBe('');
      expect(await running.cards()).toEqual([]);
      expect(await traces(host)).toEqual(before);
    }
  });
});
