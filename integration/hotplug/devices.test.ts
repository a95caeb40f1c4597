import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { OpenVSwitch } from '../ovs/open-vswitch.ts';
import { plugHost, plugNetwork } from './network.ts';
import { RunningSandbox, sandbox, startProcessOf } from './running-sandbox.ts';

let host: Host;
let running: RunningSandbox;
let netns: string;
beforeAll(async () => {
  ({ host, netns } = await plugHost());
  running = await RunningSandbox.start(host);
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const call = (command: Call['command'], changes: object = {}, id = sandbox): Promise<Answer> =>
  callPlugin(host, { command, config: { ...plugNetwork, ...changes }, sandbox: id, netns, ifname: 'net1' });

async function addsAndDeletes(changes: object, ping: string, id = sandbox): Promise<void> {
  const before = await traces(host);
  const added = await call('ADD', changes, id);
  expect(added, added.stdout + added.stderr).toMatchObject({ exitCode: 0 });
  await running.guest.carries('net1');
  await running.guest.text(`ping -c 1 -W 5 ${ping}`);
  const { prevResult: _before, ...others } = changes as { prevResult?: unknown };
  expect(await call('CHECK', { ...others, prevResult: added.json }, id)).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await call('DEL', changes, id)).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await running.links()).toBe('');
  expect(await running.cards()).toEqual([]);
  expect(await traces(host)).toEqual(before);
}

it('a network that does not say so is refused as before', async () => {
  const refused = await call('ADD', { hotplug: false });
  expect(refused.json).toMatchObject({ code: 126, msg: expect.stringContaining('[sandbox-runs]') });
});

it('a port of Open vSwitch is plugged in', async () => {
  await using ovs = await OpenVSwitch.start(host, { userspaceTso: false });
  await ovs.addBridge('ovs0');
  await host.sh('ip addr add 10.98.0.1/24 dev ovs0; ip link set ovs0 up');
  await addsAndDeletes({ bridge: 'ovs0', addresses: ['10.98.0.2/24'], routes: [], neighbors: [] }, '10.98.0.1');
});

it('the tap of a redirection is plugged in', async () => {
  await host.sh(`
    ip link add veth0 type veth peer name net1 netns ${netns}
    ip link set veth0 master br0 up
    ip -n pod link set net1 address 02:00:00:00:00:77
    ip -n pod addr add 10.99.0.7/24 dev net1; ip -n pod link set net1 up`);
  const prevResult = {
    cniVersion: '1.1.0',
    interfaces: [{ name: 'net1', mac: '02:00:00:00:00:77', sandbox: netns }],
    ips: [{ address: '10.99.0.7/24', interface: 0 }],
  };
  const { bridge: _bridge, addresses: _addresses, mtu: _mtu, routes: _routes, ...rest } = plugNetwork;
  const config = { ...rest, device: 'tcfilter', prevResult };
  const added = await callPlugin(host, { command: 'ADD', config, sandbox, netns, ifname: 'net1' });
  expect(added, added.stdout + added.stderr).toMatchObject({ exitCode: 0 });
  await running.guest.carries('net1');
  await running.guest.text('ping -c 1 -W 5 10.99.0.1');
  const deleted = await callPlugin(host, { command: 'DEL', config, sandbox, netns, ifname: 'net1' });
  expect(deleted).toMatchObject({ exitCode: 0 });
  expect(await running.cards()).toEqual([]);
  await host.sh('ip link del veth0');
});

it('the id of a container leads to its sandbox by the network namespace', async () => {
  await using _process = await startProcessOf(sandbox, host, netns);
  await addsAndDeletes({}, '10.99.0.1', 'c0ffee0123456789');
});

it('a sandbox that starts is waited for, and one that does not is to be tried again', async () => {
  const other = 'sandbox-that-starts';
  await host.sh(`mkdir -p /run/kata/${other}`);
  const before = await traces(host);
  const refused = await call('ADD', { commandTimeout: 1 }, other);
  expect(refused.json).toMatchObject({ code: 11, msg: expect.stringContaining('[try-again-later]') });
  expect(await traces(host)).toEqual(before);
  await host.sh(`rmdir /run/kata/${other}`);
});
