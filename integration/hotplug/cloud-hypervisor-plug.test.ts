import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FakeAgent } from '../../test/agent/fake-agent.ts';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makePlugBridge, plugNetwork } from './network.ts';

const standIn = fileURLToPath(new URL('cloud-hypervisor.py', import.meta.url));

test('a sandbox on Cloud Hypervisor gets an interface by ADD, whose tap its guest answers on, and loses it by DEL', async () => {
  await using host = await Host.create();
  await host.sh(`${makePlugBridge}; mkdir -p /run/vc/vm/sandbox1 /run/vc/sbs/sandbox1`);
  const netns = await host.podNetns('pod');
  const words = [standIn, '/run/vc/vm/sandbox1/clh-api.sock', '10.99.0.2', '0.2'];
  const machine = host.spawn('python3', words, { stdin: 'pipe', reject: false });
  await once(machine.stdout!, 'data');
  await using agent = await FakeAgent.listen(join(host.directory, 'clh.hvsock'));
  const shim = createServer((_request, answer) => answer.end(agent.url));
  await new Promise<void>((resolve) => shim.listen(join(host.directory, 'shim'), resolve));
  await host.sh(`
    touch /run/vc/sbs/sandbox1/shim-monitor.sock
    mount --bind ${host.directory}/shim /run/vc/sbs/sandbox1/shim-monitor.sock`);
  const clean = await traces(host);
  for (let turn = 0; turn < 10; turn += 1) {
    const call = { config: plugNetwork, sandbox: 'sandbox1', netns, ifname: 'net1' };
    agent.calls.length = 0;
    const added = await callPlugin(host, { command: 'ADD', ...call });
    expect(added, added.stdout + added.stderr).toMatchObject({ exitCode: 0 });
    expect(agent.calls.map(({ method }) => method)).toEqual([
      'ListInterfaces',
      'UpdateInterface',
      'UpdateRoutes',
      'AddARPNeighbors',
    ]);
    expect(agent.calls[1]?.asked).toMatchObject({
      interface: { name: 'net1', devicePath: '06', mtu: 1400, hwAddr: expect.stringMatching(/^02:/) },
    });
    await host.sh('ip neigh flush dev br0; ping -c 1 -W 5 10.99.0.2');
    const deleted = await callPlugin(host, { command: 'DEL', ...call });
    expect(deleted).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await traces(host)).toEqual(clean);
  }
  machine.stdin.end();
  await new Promise((resolve) => shim.close(resolve));
});
