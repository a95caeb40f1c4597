import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Deed, SeenCall } from '../../test/agent/fake-agent.ts';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { startAdd } from './killed-add.ts';
import { plugHost, plugNetwork } from './network.ts';
import { StandInQemu } from './stand-in-qemu.ts';

// The agent fails in each way at each method, and dan is killed or told to end: nothing is left on the host or in the
// monitor.

const sandbox = 'sandbox-1';
let host: Host;
let qemu: StandInQemu;
let netns: string;
let before: readonly string[];
beforeAll(async () => {
  ({ host, netns } = await plugHost());
  qemu = await StandInQemu.start(host, sandbox);
  before = await traces(host);
});
afterAll(async () => {
  await qemu[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});
afterEach(() => {
  qemu.agent.manners = {};
});

const call = (command: Call['command'], changes: object = {}): Promise<Answer> =>
  callPlugin(host, { command, config: { ...plugNetwork, ...changes }, sandbox, netns, ifname: 'net1' });

async function expectNothingLeft(): Promise<void> {
  expect(await traces(host)).toEqual(before);
  expect(qemu.machine.isClean).toBe(true);
}

const methods = ['ListInterfaces', 'UpdateInterface', 'UpdateRoutes', 'AddARPNeighbors'] as const;
const deeds = [
  ['refuses by its policy', { refuse: 7, words: 'blocked by policy' }, 'agent-refused'],
  ['fails', { refuse: 13, words: 'no such thing' }, 'agent-failed'],
  ['is busy', { refuse: 14, words: 'unavailable' }, 'agent-busy'],
  ['closes the connection', 'close', 'agent-unreachable'],
  ['sends garbage', { raw: () => Buffer.from('garbage, which is no frame of ttrpc') }, 'agent-garbled'],
  ['says nothing', 'nothing', 'agent-late'],
] as const satisfies readonly (readonly [string, Deed, string])[];

describe.each(methods)('where the agent is asked for %s', (method) => {
  // A policy may refuse this list, and ADD continues without it.
  const failing = deeds.filter(([, , error]) => method !== 'ListInterfaces' || error !== 'agent-refused');
  it.each(failing)('and %s, ADD fails, and leaves nothing', async (_what, deed, error) => {
    qemu.agent.manners = { [method]: deed };
    // Only an answer that never comes needs a short limit; on a busy machine, everything else is slow.
    const failed = await call('ADD', error === 'agent-late' ? { commandTimeout: 2 } : {});
    expect(failed.exitCode).toBe(1);
    expect(failed.json).toMatchObject({ msg: expect.stringContaining(`[${error}]`) });
    expect(failed.json).not.toHaveProperty('details');
    await expectNothingLeft();
  });

  it('and dan is killed, DEL removes everything', async () => {
    const { promise: pid, resolve: started } = Promise.withResolvers<string>();
    const { promise: killed, resolve } = Promise.withResolvers<undefined>();
    qemu.agent.manners = async (asked: SeenCall) => {
      if (asked.method === method) {
        await host.sh(`kill -KILL ${await pid}`);
        resolve(undefined);
      }
      return { answer: {} };
    };
    started(await startAdd(host, { config: plugNetwork, sandbox, netns, ifname: 'net1' }));
    await killed;
    expect(await call('DEL')).toMatchObject({ exitCode: 0, stdout: '' });
    await expectNothingLeft();
  });
});

it('has no descriptor of the tap open any more when the agent is asked: the virtual machine alone has it', async () => {
  let open = '';
  qemu.agent.manners = async ({ method }) => {
    if (method === 'UpdateInterface') open = await host.sh('ls -l /proc/$(pgrep -x dan)/fd');
    return { answer: {} };
  };
  expect(await call('ADD')).toMatchObject({ exitCode: 0 });
  expect(open).toContain('socket:');
  expect(open).not.toContain('net/tun');
  expect(await call('DEL')).toMatchObject({ exitCode: 0 });
});

it('dan is killed at any moment: DEL removes everything', async () => {
  for (let milliseconds = 4; milliseconds <= 80; milliseconds += 4) {
    const pid = await startAdd(host, { config: plugNetwork, sandbox, netns, ifname: 'net1' });
    await host.sh(`sleep ${milliseconds / 1000}; kill -KILL ${pid} 2>/dev/null || :`);
    const deleted = await call('DEL');
    expect(deleted, deleted.stdout + deleted.stderr).toMatchObject({ exitCode: 0, stdout: '' });
    await expectNothingLeft();
  }
});

it('dan is told to end while the agent says nothing: everything is taken back, within a moment', async () => {
  const { promise: asked, resolve } = Promise.withResolvers<undefined>();
  qemu.agent.manners = ({ method }) => {
    if (method !== 'UpdateRoutes') return Promise.resolve({ answer: {} });
    resolve(undefined);
    return Promise.resolve('nothing');
  };
  const adding = call('ADD');
  await asked;
  await host.sh('kill -TERM $(pgrep -x dan)');
  expect((await adding).json).toMatchObject({ code: 11, msg: expect.stringContaining('[interrupted]') });
  await expectNothingLeft();
});
