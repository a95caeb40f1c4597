import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deed, SeenCall } from '../../test/agent/fake-agent.ts';
import { effort } from '../harness/effort.ts';
import { eventually } from '../harness/eventually.ts';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { startAdd } from './killed-add.ts';
import { plugHost, plugNetwork } from './network.ts';
import { RunningSandbox, sandbox } from './running-sandbox.ts';

// Whatever fails, and wherever dan is killed, nothing is left on the host, in the monitor or in the guest. Tests
// without a guest are in agent-faults.test.ts and vanished.test.ts.

let host: Host;
let running: RunningSandbox;
let netns: string;
let before: readonly string[];
let usual: (call: SeenCall) => Promise<Deed>;
beforeAll(async () => {
  ({ host, netns } = await plugHost());
  running = await RunningSandbox.start(host);
  usual = running.agent.manners as typeof usual;
  before = await traces(host);
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const call = (command: Call['command'], changes: object = {}): Promise<Answer> =>
  callPlugin(host, { command, config: { ...plugNetwork, ...changes }, sandbox, netns, ifname: 'net1' });

async function expectNothingLeft(): Promise<void> {
  expect(await traces(host)).toEqual(before);
  expect(await running.cards()).toEqual([]);
  expect(await running.links()).toBe('');
  expect(await running.guest.text('ip route; ip -6 route show dev net1 2>/dev/null; ip neigh')).toBe('');
}

/** Changes what the agent does in calls of one method. */
async function withManners(method: string, deed: Deed, work: () => Promise<void>): Promise<void> {
  running.agent.manners = async (asked) => (asked.method === method ? deed : await usual(asked));
  try {
    await work();
  } finally {
    running.agent.manners = usual;
  }
}

const methods = ['ListInterfaces', 'UpdateInterface', 'UpdateRoutes', 'AddARPNeighbors'] as const;
it.each(methods)('ADD fails where the agent fails at %s, and leaves nothing', async (method) => {
  await withManners(method, { refuse: 13, words: 'no such thing' }, async () => {
    const failed = await call('ADD');
    expect(failed.json).toMatchObject({ msg: expect.stringContaining('[agent-failed]') });
    expect(failed.json).not.toHaveProperty('details');
  });
  await expectNothingLeft();
});

it('a policy that keeps the lists to itself stops neither ADD nor CHECK', async () => {
  await withManners('ListInterfaces', { refuse: 7, words: 'blocked by policy' }, async () => {
    const added = await call('ADD');
    expect(added, added.stdout).toMatchObject({ exitCode: 0 });
    expect(await call('CHECK', { prevResult: added.json })).toMatchObject({ exitCode: 0 });
  });
  expect(await call('DEL')).toMatchObject({ exitCode: 0 });
  await expectNothingLeft();
});

it('CHECK misses what the guest or the monitor lost', async () => {
  const added = await call('ADD');
  await running.guest.text('ip addr del 10.99.0.2/24 dev net1');
  const missed = await call('CHECK', { prevResult: added.json });
  expect(missed.json).toMatchObject({ code: 115, msg: expect.stringContaining('no longer has the address 10.99.0.2') });
  const [card] = await running.cards();
  await running.guest.text('ip addr add 10.99.0.2/24 dev net1');
  await running.guest.qmp('netdev_del', { id: card });
  const closed = await call('CHECK', { prevResult: added.json });
  expect(closed.json).toMatchObject({
    code: 115,
    msg: expect.stringMatching(/does not have the tap dan\w+ open any more/),
  });
  await running.guest.qmp('device_del', { id: card });
  await eventually('the end of the card', async () => ((await running.links()) === '' ? true : undefined));
  const gone = await call('CHECK', { prevResult: added.json });
  expect(gone.json).toMatchObject({ code: 115, msg: expect.stringContaining('does not have the network card') });
  expect(await call('DEL')).toMatchObject({ exitCode: 0 });
  await expectNothingLeft();
});

it('an interface whose name the guest has already is refused before anything is made', async () => {
  await running.guest.text('ip link add net1 type veth peer name other');
  const refused = await call('ADD');
  expect(refused.json).toMatchObject({ msg: expect.stringContaining('[duplicate-in-sandbox]') });
  await running.guest.text('ip link del net1');
  await expectNothingLeft();
});

describe('dan is killed', () => {
  const start = (): Promise<string> => startAdd(host, { config: plugNetwork, sandbox, netns, ifname: 'net1' });

  it('at any moment: DEL removes everything', async () => {
    for (let milliseconds = 50; milliseconds < 900; milliseconds += 80 * effort.everyPoint) {
      const pid = await start();
      await host.sh(`sleep ${milliseconds / 1000}; kill -KILL ${pid} 2>/dev/null || :`);
      const deleted = await call('DEL');
      expect(deleted, deleted.stdout + deleted.stderr).toMatchObject({ exitCode: 0, stdout: '' });
      await expectNothingLeft();
    }
  });

  it('and nobody calls DEL for it: the next ADD takes its card out', async () => {
    const pid = await start();
    await eventually('the card', async () => ((await running.cards()).length === 1 ? true : undefined));
    await host.sh(`kill -KILL ${pid} 2>/dev/null || :`);
    await host.sh(
      'rm -rf /run/dan/attachments; for tap in $(ip -br link | grep -o "^dan[^ ]*"); do ip link del $tap; done',
    );
    const other = { ...plugNetwork, name: 'other-net' };
    const added = await callPlugin(host, { command: 'ADD', config: other, sandbox, netns, ifname: 'net2' });
    expect(added, added.stdout).toMatchObject({ exitCode: 0 });
    expect(await running.cards()).toHaveLength(1);
    const deleted = await callPlugin(host, { command: 'DEL', config: other, sandbox, netns, ifname: 'net2' });
    expect(deleted).toMatchObject({ exitCode: 0 });
    expect(await call('DEL')).toMatchObject({ exitCode: 0 });
    await expectNothingLeft();
  });
});

it('a monitor that hangs: DEL removes what is on the host, and says so', async () => {
  expect(await call('ADD')).toMatchObject({ exitCode: 0 });
  const pid = await host.sh(`cat ${running.guest.directory}/qemu.pid`);
  await host.sh(`kill -STOP ${pid}`);
  const deleted = await call('DEL', { commandTimeout: 2 });
  expect(deleted).toMatchObject({ exitCode: 0, stdout: '' });
  expect(deleted.stderr).toContain('cannot be taken out of the virtual machine: what is on the host is removed');
  expect(await traces(host)).toEqual(before);
  const refused = await call('ADD', { commandTimeout: 2 });
  expect(refused.json).toMatchObject({ code: 11 });
  expect(await traces(host)).toEqual(before);
  await host.sh(`kill -CONT ${pid}`);
  expect(await call('ADD')).toMatchObject({ exitCode: 0 });
  expect(await running.cards()).toHaveLength(1);
  expect(await call('DEL')).toMatchObject({ exitCode: 0 });
  await expectNothingLeft();
});

// This is the last test, since the machine is gone afterwards.
it('the machine ends in the middle: ADD fails, and nothing is left on the host', async () => {
  running.agent.manners = async (one) => {
    if (one.method !== 'UpdateRoutes') return await usual(one);
    await host.sh(`kill -KILL $(cat ${running.guest.directory}/qemu.pid)`);
    return 'close';
  };
  const failed = await call('ADD', { commandTimeout: 5 });
  expect(failed.json).toMatchObject({ msg: expect.stringContaining('[agent-unreachable]') });
  expect(failed.json).not.toHaveProperty('details');
  const others = (all: readonly string[]): readonly string[] => all.filter((one) => !one.includes('qemu'));
  expect(others(await traces(host))).toEqual(others(before));
});
