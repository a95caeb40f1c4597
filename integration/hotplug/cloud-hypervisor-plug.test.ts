import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FakeAgent } from '../../test/agent/fake-agent.ts';
import { effort } from '../harness/effort.ts';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { CloudHypervisor } from './cloud-hypervisor.ts';
import { plugHost, plugNetwork } from './network.ts';
import { Shim } from './shim.ts';

// A sandbox on Cloud Hypervisor. Everything that does not concern the tap is the same as with QEMU.

const sandbox = 'sandbox1';
let host: Host;
let machine: CloudHypervisor;
let agent: FakeAgent;
let shim: Shim;
let netns: string;
let clean: readonly string[];
beforeAll(async () => {
  ({ host, netns } = await plugHost());
  machine = await CloudHypervisor.start(host, sandbox);
  agent = await FakeAgent.listen(join(host.directory, 'clh.hvsock'));
  shim = await Shim.start(host, '/run/vc/sbs', sandbox, agent.url);
  clean = await traces(host);
});
afterAll(async () => {
  await shim[Symbol.asyncDispose]();
  await agent[Symbol.asyncDispose]();
  await machine[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const call = (command: Call['command'], changes: object = {}): Promise<Answer> =>
  callPlugin(host, { command, config: { ...plugNetwork, ...changes }, sandbox, netns, ifname: 'net1' });

it('gets an interface by ADD, whose tap its guest answers on, and loses it by DEL', async () => {
  const turns = effort.plugs;
  for (let turn = 0; turn < turns; turn += 1) {
    agent.calls.length = 0;
    const added = await call('ADD');
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
    await host.sh('ip neigh flush dev br0; ping -c 1 -w 10 10.99.0.2');
    const deleted = await call('DEL');
    expect(deleted).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await traces(host)).toEqual(clean);
  }
});

it('fails CHECK where it has the card, and has closed its tap', async () => {
  agent.manners = { ListInterfaces: { refuse: 7, words: 'no' }, ListRoutes: { refuse: 7, words: 'no' } };
  const { json: prevResult } = await call('ADD');
  expect(await call('CHECK', { prevResult })).toMatchObject({ exitCode: 0 });
  await machine.closeTaps();
  const { json } = await call('CHECK', { prevResult });
  expect(json).toMatchObject({ code: 115, msg: expect.stringMatching(/does not have the tap dan\w+ open any more/) });
  expect(await call('DEL')).toMatchObject({ exitCode: 0, stdout: '' });
  agent.manners = {};
  expect(await traces(host)).toEqual(clean);
});

it('fails ADD where it ends in the middle, and ADD takes everything back', async () => {
  agent.manners = async ({ method }) => {
    if (method === 'UpdateInterface') await machine[Symbol.asyncDispose]();
    return method === 'UpdateInterface' ? 'close' : { answer: {} };
  };
  const { json } = await call('ADD');
  expect(json).toMatchObject({ msg: expect.stringContaining('[agent-unreachable]') });
  expect(json).not.toHaveProperty('details');
  expect(await traces(host)).toEqual(clean);
});
