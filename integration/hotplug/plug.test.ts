import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../harness/effort.ts';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { plugHost, plugNetwork } from './network.ts';
import { RunningSandbox, sandbox } from './running-sandbox.ts';

// Both monitors on one host: a guest for each runtime of Kata, booted at the same time.

const kinds = ['qemu-qmp', 'qemu-hmp'] as const;
const ids = { 'qemu-qmp': sandbox, 'qemu-hmp': sandbox.replace('6ec7a98', '7ec7a98') } as const;

let host: Host;
let netns: string;
let before: unknown;
let guests: readonly RunningSandbox[] = [];
beforeAll(async () => {
  ({ host, netns } = await plugHost());
  guests = await Promise.all(kinds.map((kind) => RunningSandbox.start(host, { kind, id: ids[kind], cpus: 2 })));
  before = await traces(host);
});
afterAll(async () => {
  await Promise.all(guests.map((guest) => guest[Symbol.asyncDispose]()));
  await host[Symbol.asyncDispose]();
});

describe.each(kinds)('a sandbox that runs on QEMU, by %s', (kind) => {
  let running: RunningSandbox;
  beforeAll(() => {
    running = guests[kinds.indexOf(kind)]!;
  });

  const call = (command: Call['command'], changes: object = {}): Promise<Answer> =>
    callPlugin(host, { command, config: { ...plugNetwork, ...changes }, sandbox: ids[kind], netns, ifname: 'net1' });

  const turns = effort.plugs;
  it(`gets an interface by ADD that reaches its gateway, and loses it by DEL, ${turns} times over`, async () => {
    for (let turn = 0; turn < turns; turn += 1) {
      const added = await call('ADD');
      expect(added, added.stdout + added.stderr).toMatchObject({ exitCode: 0 });
      await running.guest.carries('net1');
      const seen = await running.guest.text(`
        ip -o link show net1; ip -br addr show net1; readlink -f /sys/class/net/net1/device
        ip route; ip -6 route; ip neigh
        ping -c 1 -W 5 10.99.0.1 >/dev/null && ping -6 -c 1 -W 5 fd00:99::1 >/dev/null && echo both answer`);
      const { mac } = (added.json['interfaces'] as { name: string; mac: string }[]).find(
        ({ name }) => name === 'net1',
      )!;
      for (const part of [
        'mtu 1400',
        `link/ether ${mac}`,
        /10\.99\.0\.2\/24 .*fd00:99::2\/64/,
        ':1e.0/',
        '10.200.0.0/16 via 10.99.0.1 dev net1',
        'fd01::/64 via fd00:99::1 dev net1',
        '10.99.0.9 dev net1 lladdr 02:00:00:00:00:fe PERMANENT',
        'both answer',
      ]) {
        expect(seen).toMatch(part);
      }
      expect(await call('CHECK', { prevResult: added.json })).toMatchObject({ exitCode: 0 });
      expect(await running.cards()).toHaveLength(1);
      const deleted = await call('DEL');
      expect(deleted, deleted.stdout + deleted.stderr).toMatchObject({ exitCode: 0, stdout: '' });
      expect(await running.links()).toBe('');
      expect(await running.cards()).toEqual([]);
      expect(await traces(host)).toEqual(before);
    }
  }, 300_000);

  it('gets one with two queue pairs', async () => {
    expect(await call('ADD', { queues: 2 })).toMatchObject({ exitCode: 0 });
    expect(await running.guest.text('ls /sys/class/net/net1/queues')).toBe('rx-0\nrx-1\ntx-0\ntx-1');
    await running.guest.carries('net1');
    await running.guest.text('ping -c 1 -W 5 10.99.0.1');
    expect(await call('DEL')).toMatchObject({ exitCode: 0 });
    expect(await traces(host)).toEqual(before);
  });

  it('gets two at once, in two slots', async () => {
    const ifnames = ['net1', 'net2'] as const;
    const two = (command: Call['command']): Promise<readonly Answer[]> =>
      Promise.all(
        ifnames.map((ifname, at) => {
          const config = { ...plugNetwork, addresses: [`10.99.0.${at + 2}/24`], routes: [], neighbors: [] };
          return callPlugin(host, { command, config, sandbox: ids[kind], netns, ifname });
        }),
      );
    for (const added of await two('ADD')) expect(added, added.stdout).toMatchObject({ exitCode: 0 });
    expect(await running.guest.text('for one in net1 net2; do readlink -f /sys/class/net/$one/device; done')).toMatch(
      /:1[ed]\.0\/[^]*:1[ed]\.0\//,
    );
    expect(await running.cards()).toHaveLength(2);
    for (const deleted of await two('DEL')) expect(deleted).toMatchObject({ exitCode: 0 });
    expect(await running.cards()).toEqual([]);
    expect(await traces(host)).toEqual(before);
  });
});
