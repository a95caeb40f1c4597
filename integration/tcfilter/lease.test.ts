import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin, programs } from '../harness/plugin.ts';

const config = { cniVersion: '1.0.0', name: 'net', type: 'dan', device: 'tcfilter', master: 'eth0' };

/** Prints the first message on either port. */
const listen = `
  const { createSocket } = require('node:dgram');
  for (const port of [68, 69]) createSocket('udp4', () => { console.log('came to ' + port); process.exit(); }).bind(port);
  console.log('listening');`;

const send = (port: number): string => `
  const socket = require('node:dgram').createSocket('udp4');
  socket.send('x', ${port}, '10.1.0.5', () => socket.close());`;

test.each(Object.entries(programs))(
  'what a DHCP server sends reaches a client in the pod and the guest, by %s, and nothing else reaches the pod',
  async (_, program) => {
    await using host = await Host.create();
    const netns = await host.podNetns('pod');
    await host.sh(`
      ip link add host0 type veth peer name eth0 address 02:00:00:00:00:05 netns pod
      ip link set host0 up
      ip addr add 10.1.0.1/24 dev host0
      ip neigh add 10.1.0.5 lladdr 02:00:00:00:00:05 dev host0
      ip -n pod link set eth0 up
      ip -n pod addr add 10.1.0.5/24 dev eth0`);
    const added = await callPlugin(host, { command: 'ADD', config, netns, program });
    expect(added.exitCode, added.stdout).toBe(0);
    const toGuest = async (): Promise<number> =>
      Number(await host.sh('cat /sys/class/net/dan*h/statistics/rx_packets'));
    const client = host.spawn('ip', ['netns', 'exec', 'pod', process.execPath, '-e', listen], { reject: false });
    await once(client.stdout!, 'data');
    const before = await toGuest();
    for (const port of [69, 68]) await host.run(process.execPath, ['-e', send(port)]);
    expect((await client).stdout).toBe('listening\ncame to 68');
    expect((await toGuest()) - before).toBeGreaterThanOrEqual(2);

    const check = async (): Promise<unknown> => {
      const checked = { ...config, prevResult: added.json };
      return (await callPlugin(host, { command: 'CHECK', config: checked, netns, program })).json['msg'];
    };
    expect(await check()).toBe(undefined);
    const tc = 'ip netns exec pod tc filter';
    await host.sh(
      `${tc} del dev eth0 ingress pref $(${tc} show dev eth0 ingress | sed -n 's/.* protocol ip pref \\([0-9]*\\).*/\\1/p' | head -n 1)`,
    );
    expect(await check()).toMatch(
      /the mirror of DHCP answers from eth0 to dan\w+ is gone: a DHCP client in the pod cannot renew its lease/,
    );
    expect((await callPlugin(host, { command: 'DEL', config, netns, program })).stdout).toBe('');
    expect(await host.sh('ip netns exec pod tc qdisc show dev eth0 ingress')).toBe('');
  },
);
