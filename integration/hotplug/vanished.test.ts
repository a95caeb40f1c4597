import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { plugHost, plugNetwork } from './network.ts';
import { StandInQemu } from './stand-in-qemu.ts';

// The virtual machine ends, stops, or loses its socket while ADD talks to it.

const sandbox = 'sandbox-1';
const { addresses: _addresses, ...others } = plugNetwork;
const ipam = { type: 'host-local', ranges: [[{ subnet: '10.99.0.0/24' }], [{ subnet: 'fd00:99::/64' }]] };

let host: Host;
let qemu: StandInQemu;
let netns: string;
let before: readonly string[];
let commands: readonly string[];
beforeAll(async () => {
  ({ host, netns } = await plugHost());
  qemu = await StandInQemu.start(host, sandbox);
  before = await traces(host);
  expect(await call('ADD')).toMatchObject({ exitCode: 0 });
  commands = [...qemu.seen];
  expect(await call('DEL')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(commands).toEqual(expect.arrayContaining(['getfd', 'netdev_add', 'device_add']));
});
afterAll(async () => {
  await qemu[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await qemu.begin();
});

const call = (command: Call['command'], changes: object = {}): Promise<Answer> =>
  callPlugin(host, { command, config: { ...others, ipam, ...changes }, sandbox, netns, ifname: 'net1' });

async function addWith(how: 'end' | 'lose-socket' | 'stop', at: number, changes: object = {}): Promise<Answer> {
  await qemu.begin();
  qemu.fate = { at, how };
  const added = await call('ADD', changes);
  expect(added.exitCode, `${how} at ${at}`).toBe(1);
  return added;
}

/** The traces that were not there before. */
const left = async (): Promise<readonly string[]> => (await traces(host)).filter((one) => !before.includes(one));

it('a virtual machine that ends at any command fails ADD, which takes everything back', async () => {
  for (let at = 1; at <= commands.length; at += 1) {
    const what = `at ${at}, ${commands[at - 1] ?? ''}`;
    const { json } = await addWith('end', at);
    expect(json, what).toMatchObject({ code: 138, msg: expect.stringContaining('[monitor-unreachable]') });
    expect(json, what).not.toHaveProperty('details');
    expect(await left(), what).toEqual([]);
  }
});

it.each(['UpdateInterface', 'UpdateRoutes', 'AddARPNeighbors'])(
  'a virtual machine that ends while the agent is asked for %s fails ADD, which takes everything back',
  async (method) => {
    qemu.agent.manners = async (asked) => {
      if (asked.method !== method) return { answer: {} };
      await qemu.end();
      return 'close';
    };
    const { json } = await call('ADD');
    qemu.agent.manners = {};
    expect(json).toMatchObject({ msg: expect.stringContaining('[agent-unreachable]') });
    expect(json).not.toHaveProperty('details');
    expect(await left()).toEqual([]);
  },
);

describe.each([
  ['stops', 'stop', 'monitor-late'],
  ['loses its socket', 'lose-socket', 'monitor-unreachable'],
] as const)('a virtual machine that %s, and does not end', (_what, how, error) => {
  it('leaves the record to DEL, which is said, and DEL removes it', async () => {
    const { json } = await addWith(how, commands.indexOf('device_add') + 1, { commandTimeout: 1 });
    expect(json).toMatchObject({
      msg: expect.stringContaining(`[${error}]`),
      details: expect.stringMatching(
        /^could not take the network card dan-\w+ out of the virtual machine.*; DEL tries it once more/,
      ),
    });
    expect(await left()).toEqual([expect.stringMatching(/^file \/run\/dan\/attachments\/dan/)]);
    const deleted = await call('DEL', { commandTimeout: 1 });
    expect(deleted).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringContaining('cannot be taken out') });
    expect(await left()).toEqual([]);

    // The next interface removes what the machine kept.
    await qemu.begin();
    expect(await call('ADD')).toMatchObject({ exitCode: 0 });
    expect([...qemu.machine.cards.keys()]).toHaveLength(1);
    expect(await call('DEL')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(qemu.machine).toMatchObject({ cards: new Map(), backendsThere: new Map(), named: new Map() });
  });
});
