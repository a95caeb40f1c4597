import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { startAdd } from './killed-add.ts';
import { plugHost, plugNetwork } from './network.ts';
import { StandInQemu } from './stand-in-qemu.ts';

// What killed calls left in a virtual machine, and calls that change one machine at once.

const sandbox = 'sandbox-1';
let host: Host;
let qemu: StandInQemu;
let netns: string;
let before: readonly string[];
beforeAll(async () => {
  ({ host, netns } = await plugHost());
  before = await traces(host);
  qemu = await StandInQemu.start(host, sandbox);
});
afterAll(async () => {
  await qemu[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const call = (command: Call['command'], changes: Partial<Call> = {}): Promise<Answer> =>
  callPlugin(host, { config: plugNetwork, sandbox, netns, ifname: 'net1', ...changes, command });

/** The result of a call without warnings. */
const quiet = { exitCode: 0, stdout: '', stderr: expect.not.stringContaining('"warn"') as unknown };

/** Kills an ADD while it requests routes from the agent, and removes its record and its tap. */
async function loseAdd(): Promise<void> {
  const { promise: pid, resolve: started } = Promise.withResolvers<string>();
  const { promise: killed, resolve } = Promise.withResolvers<undefined>();
  qemu.agent.manners = async ({ method }) => {
    if (method !== 'UpdateRoutes') return { answer: {} };
    await host.sh(`kill -KILL ${await pid}`);
    resolve(undefined);
    return 'nothing';
  };
  started(await startAdd(host, { config: plugNetwork, sandbox, netns, ifname: 'net1' }));
  await killed;
  qemu.agent.manners = {};
  await host.sh(
    'rm -r /run/dan/attachments; for tap in $(ip -br link | grep -o "^dan[^ ]*"); do ip link del $tap; done',
  );
  expect(await traces(host)).toEqual(before);
  expect([...qemu.machine.cards]).toHaveLength(1);
}

it('a card without a record is taken out by the DEL of its attachment', async () => {
  await loseAdd();
  expect(await call('DEL')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(qemu.machine.isClean).toBe(true);
});

it('a card without a record does not keep its name: an ADD of that name takes it out, and succeeds', async () => {
  await loseAdd();
  const [lost] = qemu.machine.cards.keys();
  qemu.agent.manners = ({ method }) => {
    const isThere = qemu.machine.cards.has(lost ?? '');
    const Interfaces = isThere ? [{ name: 'net1', hwAddr: '02:00:00:00:00:ff' }] : [];
    return Promise.resolve({ answer: method === 'ListInterfaces' ? { Interfaces } : {} });
  };
  const config = { ...plugNetwork, name: 'other-net' };
  const added = await call('ADD', { config });
  expect(added, added.stdout).toMatchObject({ exitCode: 0 });
  expect([...qemu.machine.cards.keys()]).toEqual([expect.not.stringMatching(`^${lost ?? ''}$`)]);
  qemu.agent.manners = {};
  expect(await call('DEL', { config })).toMatchObject({ exitCode: 0, stdout: '' });
  expect(qemu.machine.isClean).toBe(true);
  expect(await traces(host)).toEqual(before);
});

it('a card whose record cannot be read is not taken for one that was left: an ADD lets it be', async () => {
  expect(await call('ADD')).toMatchObject({ exitCode: 0 });
  const [card] = qemu.machine.cards.keys();
  await host.sh('for record in /run/dan/attachments/*.json; do mv $record /run/kept; echo spoilt >$record; done');
  const config = { ...plugNetwork, addresses: ['10.99.0.3/24'], routes: [], neighbors: [] };
  const added = await call('ADD', { config, ifname: 'net2' });
  expect(added, added.stdout).toMatchObject({ exitCode: 0 });
  expect([...qemu.machine.cards.keys()]).toEqual([card, expect.any(String)]);
  expect(await call('DEL', { config, ifname: 'net2' })).toMatchObject({ exitCode: 0 });
  expect([...qemu.machine.cards.keys()]).toEqual([card]);
  await host.sh('for record in /run/dan/attachments/*.json; do mv /run/kept $record; done');
  expect(await call('DEL')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(qemu.machine.isClean).toBe(true);
  expect(await traces(host)).toEqual(before);
});

it('calls for several containers of one sandbox, all at once, each plug their card', async () => {
  expect(await call('ADD')).toMatchObject({ exitCode: 0 });
  // Only the machine's lock is common to all: each container has its own id, and its network namespace leads to the
  // same sandbox.
  const containers = Array.from({ length: 6 }, (_, index) => ({ sandbox: `container-${index}`, ifname: `c${index}` }));
  const config = { ...plugNetwork, addresses: [], routes: [], neighbors: [] };
  const all = (command: Call['command']): Promise<readonly Answer[]> =>
    Promise.all(containers.map((one) => call(command, { ...one, config })));
  for (const added of await all('ADD')) expect(added, added.stdout).toMatchObject({ exitCode: 0 });
  expect([...qemu.machine.cards]).toHaveLength(7);
  for (const deleted of await all('DEL')) expect(deleted).toMatchObject(quiet);
  expect(await call('DEL')).toMatchObject({ exitCode: 0 });
  expect(qemu.machine.isClean).toBe(true);
  expect(await traces(host)).toEqual(before);
});

it('DEL asks nobody once the sandbox has ended', async () => {
  const other = await StandInQemu.start(host, 'sandbox-2');
  expect(await call('ADD', { sandbox: 'sandbox-2' })).toMatchObject({ exitCode: 0 });
  await other[Symbol.asyncDispose]();
  expect(await call('DEL', { sandbox: 'sandbox-2' })).toMatchObject(quiet);
  expect(await traces(host)).toEqual(before);
});
