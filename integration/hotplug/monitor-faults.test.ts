import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../harness/effort.ts';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { plugHost, plugNetwork } from './network.ts';
import { RunningSandbox, sandbox } from './running-sandbox.ts';
import { ways } from './stand-in-qemu.ts';

// Commands that dan sends to the monitor of a real QEMU fail in each way: nothing is left on the host, in the monitor
// or in the guest. every-command.test.ts does this for each command, without a guest.

const between = fileURLToPath(new URL('monitor-between.py', import.meta.url));

const sockets = {
  'qemu-qmp': `/run/vc/vm/${sandbox}/extra-monitor.sock`,
  'qemu-hmp': `/run/kata/${sandbox}/debug-monitor.sock`,
};

/** Both monitors go through the same steps, so every run disturbs only one, and leaves most of DEL to the soak. */
const isFull = effort.everyPoint === 1;
const kinds = isFull ? (['qemu-qmp', 'qemu-hmp'] as const) : (['qemu-qmp'] as const);

describe.each(kinds)('where %s is disturbed', (kind) => {
  let host: Host;
  let running: RunningSandbox;
  let netns: string;
  let hostBefore: readonly string[];
  let machineBefore: unknown;
  let faultFile: string;
  let seenFile: string;
  beforeAll(async () => {
    ({ host, netns } = await plugHost());
    running = await RunningSandbox.start(host, { kind });
    [faultFile, seenFile] = [`${host.directory}/fault`, `${host.directory}/seen`];
    await host.sh(`mv ${sockets[kind]} ${sockets[kind]}.real`);
    const words = [between, sockets[kind], `${sockets[kind]}.real`, faultFile, seenFile];
    const relay = host.spawn('python3', words, { reject: false });
    await once(relay.stdout!, 'data');
    hostBefore = await traces(host);
    machineBefore = await machine();
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  const call = (command: Call['command'], changes: object = {}): Promise<Answer> =>
    callPlugin(host, { command, config: { ...plugNetwork, ...changes }, sandbox, netns, ifname: 'net1' });

  /** The state of the virtual machine: its devices, network backends, and open taps, and what its guest has. */
  async function machine(): Promise<unknown> {
    const { guest } = running;
    return {
      devices: await guest.qmp('qom-list', { path: '/machine/peripheral' }),
      backends: await guest.qmp('human-monitor-command', { 'command-line': 'info network' }),
      taps: await host.sh(`ls -l /proc/$(cat ${guest.directory}/qemu.pid)/fd | grep -c net/tun || :`),
      links: await running.links(),
      network: await guest.text('ip addr; ip route; ip -6 route; ip neigh'),
    };
  }

  async function expectNothingLeft(what: string): Promise<void> {
    expect(await traces(host), what).toEqual(hostBefore);
    expect(await machine(), what).toEqual(machineBefore);
  }

  const disturb = (at: number, how: string): Promise<string> => host.sh(`echo ${at} ${how} >${faultFile}`);
  /** Whether the call reached the command that was to be disturbed. */
  const wasDisturbed = async (): Promise<boolean> =>
    (await host.sh(`if [ -e ${faultFile} ]; then rm ${faultFile}; echo no; else echo yes; fi`)) === 'yes';

  /** The commands of an undisturbed call. */
  async function commandsOf(command: 'ADD' | 'DEL'): Promise<readonly string[]> {
    await host.sh(`: >${seenFile}`);
    expect(await call(command)).toMatchObject({ exitCode: 0 });
    return (await host.sh(`cat ${seenFile}`)).split('\n');
  }

  /** The numbers of a call's commands that are disturbed in one way. */
  function numbersOf(commands: readonly string[], way: number): readonly number[] {
    const every = effort.everyPoint ** 2;
    return commands.map((_, index) => index + 1).filter((number) => number % every === way % every);
  }

  /**
   * A short limit if no answer, or no prompt of the human monitor, comes. Otherwise a busy machine needs the default.
   */
  const limitFor = (how: string): object => (/^(hang|garbage)/.test(how) ? { commandTimeout: 3 } : {});

  let adds: readonly string[];
  let deletes: readonly string[];
  it('ADD and DEL send commands', async () => {
    adds = await commandsOf('ADD');
    deletes = await commandsOf('DEL');
    expect(adds).toEqual(expect.arrayContaining(['getfd', 'netdev_add', 'device_add']));
    expect(deletes).toEqual(expect.arrayContaining(['netdev_del', 'device_del']));
    await expectNothingLeft('nothing was disturbed');
  });

  it.each(ways.map((how, way) => [how, way] as const))(
    '%s: ADD fails, and leaves nothing',
    async (how, way) => {
      for (const number of numbersOf(adds, way)) {
        const what = `${how} at ${number}, ${adds[number - 1] ?? ''}`;
        await disturb(number, how);
        const added = await call('ADD', limitFor(how));
        expect(await wasDisturbed(), what).toBe(true);
        if (added.exitCode === 0) expect(await call('DEL'), what).toMatchObject({ exitCode: 0, stdout: '' });
        else {
          expect(added.json, what).toMatchObject({ msg: expect.stringMatching(/\[(monitor|agent)-[a-z]+\]/) });
          expect(added.json, what).not.toHaveProperty('details');
        }
        await expectNothingLeft(what);
      }
    },
    300_000,
  );

  it('what QEMU is to change, and refuses, fails ADD', async () => {
    for (const name of ['getfd', 'netdev_add', 'device_add']) {
      await disturb(adds.indexOf(name) + 1, 'refuse');
      const refused = await call('ADD');
      expect(refused.json, name).toMatchObject({ code: 137, msg: expect.stringContaining('not now') });
      await expectNothingLeft(name);
    }
  });

  it.each(ways.map((how, way) => [how, way] as const).filter(([how]) => isFull || how.startsWith('close')))(
    '%s: DEL removes what is on the host, and the next ADD the rest',
    async (how, way) => {
      for (const number of numbersOf(deletes, way)) {
        const what = `${how} at ${number}, ${deletes[number - 1] ?? ''}`;
        expect(await call('ADD'), what).toMatchObject({ exitCode: 0 });
        await disturb(number, how);
        expect(await call('DEL', limitFor(how)), what).toMatchObject({ exitCode: 0, stdout: '' });
        // The number of checks whether the guest has released the card varies.
        if (number <= deletes.indexOf('device_del') + 1) expect(await wasDisturbed(), what).toBe(true);
        else await wasDisturbed();
        expect(await traces(host), what).toEqual(hostBefore);
        expect(await call('ADD'), what).toMatchObject({ exitCode: 0 });
        expect(await running.cards(), what).toHaveLength(1);
        expect(await call('DEL'), what).toMatchObject({ exitCode: 0, stdout: '' });
        await expectNothingLeft(what);
      }
    },
    300_000,
  );

  it('the monitor is gone: ADD fails, and DEL or the next ADD takes the card out when it is back', async () => {
    for (const number of numbersOf(adds, 0)) {
      const what = `gone at ${number}, ${adds[number - 1] ?? ''}`;
      await disturb(number, 'gone');
      const failed = await call('ADD', { commandTimeout: 2 });
      expect(failed.json, what).toMatchObject({ msg: expect.stringContaining('[monitor-unreachable]') });
      if (number % 2 === 0) {
        expect(await call('DEL', { commandTimeout: 2 }), what).toMatchObject({ exitCode: 0, stdout: '' });
        expect(await traces(host), what).toEqual(hostBefore);
      }
      await disturb(1000, 'refuse');
      if (number % 2 === 0) expect(await call('ADD'), what).toMatchObject({ exitCode: 0 });
      expect(await call('DEL'), what).toMatchObject({ exitCode: 0, stdout: '' });
      await wasDisturbed();
      await expectNothingLeft(what);
    }
  }, 300_000);
});
