import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { plugHost, plugNetwork } from './network.ts';
import { StandInQemu, ways } from './stand-in-qemu.ts';

// Each command that dan sends to a monitor fails in each way, with one sandbox for each command: nothing is left on the
// host or in the monitor. monitor-faults.test.ts does the same with a real QEMU, for fewer commands.

let host: Host;
let netns: string;
let before: readonly string[];
let adds: readonly string[];
let deletes: readonly string[];
const machines: StandInQemu[] = [];
beforeAll(async () => {
  ({ host, netns } = await plugHost());
  const first = await StandInQemu.start(host, 'sandbox-1');
  machines.push(first);
  adds = await commandsOf('ADD', first);
  deletes = await commandsOf('DEL', first);
  const others = adds.slice(1).map((_, index) => StandInQemu.start(host, `sandbox-${index + 2}`));
  machines.push(...(await Promise.all(others)));
  before = await traces(host);
});
afterAll(async () => {
  await Promise.all(machines.map((machine) => machine[Symbol.asyncDispose]()));
  await host[Symbol.asyncDispose]();
});

/** The commands of an undisturbed call. */
async function commandsOf(command: 'ADD' | 'DEL', machine: StandInQemu): Promise<readonly string[]> {
  await machine.begin();
  expect(await call(command, machine)).toMatchObject({ exitCode: 0 });
  return [...machine.seen];
}

const call = (command: Call['command'], { sandbox }: StandInQemu, changes: object = {}): Promise<Answer> =>
  callPlugin(host, { command, config: { ...plugNetwork, ...changes }, sandbox, netns, ifname: 'net1' });

describe.each(ways)('a command that fails by "%s"', (how) => {
  /** The limit in seconds for a command that hangs. On a busy machine, everything else is slow. */
  const limit = how.startsWith('hang') ? { commandTimeout: 3 } : {};

  /** Disturbs each of these commands in its own sandbox, all at once. */
  async function each(
    commands: readonly string[],
    work: (machine: StandInQemu, at: number, what: string) => Promise<void>,
  ): Promise<void> {
    const all = commands.map(async (name, index) => {
      const machine = machines[index]!;
      await machine.begin();
      await work(machine, index + 1, `${how} at ${index + 1}, ${name}`);
      expect(machine.machine.isClean, name).toBe(true);
    });
    for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason as Error;
    expect(await traces(host)).toEqual(before);
  }

  it('fails ADD, which undoes everything', async () => {
    await each(adds, async (machine, at, what) => {
      machine.fate = { at, how };
      const added = await call('ADD', machine, limit);
      if (added.exitCode === 0) {
        // dan closes the descriptors of an earlier card until QEMU refuses, so a refusal means that none are left.
        expect([how, adds[at - 1]], what).toEqual(['refuse', 'closefd']);
        expect(await call('DEL', machine), what).toMatchObject({ exitCode: 0, stdout: '' });
        return;
      }
      expect(added.json, what).toMatchObject({ msg: expect.stringMatching(/\[monitor-[a-z]+\]/) });
      expect(added.json, what).not.toHaveProperty('details');
    });
  });

  it('leaves DEL to remove what is on the host, and the next ADD to do the rest', async () => {
    await each(deletes, async (machine, at, what) => {
      expect(await call('ADD', machine), what).toMatchObject({ exitCode: 0 });
      machine.seen.length = 0;
      machine.fate = { at, how };
      expect(await call('DEL', machine, limit), what).toMatchObject({ exitCode: 0, stdout: '' });
      await machine.begin();
      expect(await call('ADD', machine), what).toMatchObject({ exitCode: 0 });
      expect([...machine.machine.cards], what).toHaveLength(1);
      expect(await call('DEL', machine), what).toMatchObject({ exitCode: 0, stdout: '' });
    });
  });
});
