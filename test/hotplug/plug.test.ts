import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plug, type Plugging, setUp, takeOutLeft, tell, unplug, withMonitor } from '../../src/hotplug/plug.ts';
import type { Log } from '../../src/host/log.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Door, Monitor } from '../../src/monitor/monitor.ts';
import { Qemu } from '../../src/monitor/qemu.ts';
import { Interruption } from '../../src/protocol/interruption.ts';
import { type FakeAgent } from '../agent/fake-agent.ts';
import { eachTest, ip, mac, network, nic } from '../agent/scene.ts';
import { FakeDoor } from '../monitor/fake-door.ts';
import { FakeMachine } from '../monitor/fake-machine.ts';
import { answerOf, type Command, greeting } from '../monitor/machine-protocol.ts';

let agent: FakeAgent;
eachTest((scene) => {
  ({ agent } = scene);
});

const { devicePath, ...guest } = nic;
const routes = [{ dst: network('10.200.0.0/16'), gw: ip('10.99.0.1'), onlink: false }] as unknown as Plugging['routes'];
const neighbors = [{ ip: ip('10.99.0.9'), mac: mac('02:00:00:00:00:fe') }] as Plugging['neighbors'];
const nothing = { routes: [], neighbors: [] };
const methodsOf = (): readonly string[] => agent.calls.map(({ method }) => method);

/** A log that keeps its lines. */
function keepingLog(): { readonly log: Log; readonly lines: unknown[] } {
  const lines: unknown[] = [];
  return { lines, log: (level, _message, fields) => void lines.push([level, fields?.['card']]) };
}

describe('what a guest is told of its card', () => {
  const limits = (interrupted?: Interruption): Parameters<typeof setUp>[3] => {
    const { log } = keepingLog();
    return { deadline: performance.now() + 5000, interrupted, log, site: { timeoutSeconds: 5 } };
  };
  const plugged = { id: 'dan-1', slot: 30, devicePath };

  it('is its interface at its place, then routes, then neighbors, over one connection that is closed', async () => {
    await setUp({ agent: agent.url }, plugged, { guest, routes, neighbors }, limits());
    expect(methodsOf()).toEqual(['UpdateInterface', 'UpdateRoutes', 'AddARPNeighbors']);
    expect(agent.calls.map(({ stream }) => stream)).toEqual([1, 3, 5]);
    expect(agent.calls[0]?.asked).toMatchObject({ interface: { devicePath: '02/1e', hwAddr: nic.mac } });
    await expect.poll(() => agent.open.size).toBe(0);
  });

  it('is no empty list', async () => {
    await setUp({ agent: agent.url }, plugged, { guest, ...nothing }, limits());
    expect(methodsOf()).toEqual(['UpdateInterface']);
  });

  it('ends with the first thing that the agent cannot do', async () => {
    agent.manners = { UpdateRoutes: { refuse: 13, words: 'no such thing' } };
    const setting = setUp({ agent: agent.url }, plugged, { guest, routes, neighbors }, limits());
    await expect(setting).rejects.toMatchObject({ name: 'agent-failed' });
    expect(methodsOf()).toEqual(['UpdateInterface', 'UpdateRoutes']);
    await expect.poll(() => agent.open.size).toBe(0);
  });

  it('ends at once where dan is told to end, and that is the error', async () => {
    const interrupted = new Interruption();
    agent.manners = ({ method }) => {
      if (method === 'UpdateRoutes') interrupted.interrupt('SIGTERM');
      return Promise.resolve(method === 'UpdateRoutes' ? 'nothing' : { answer: {} });
    };
    const setting = setUp({ agent: agent.url }, plugged, { guest, routes, neighbors }, limits(interrupted));
    await expect(setting).rejects.toMatchObject({ name: 'interrupted' });
  });

  it('ends at once where dan is told to end, and the agent is not connected yet', async () => {
    const interrupted = new Interruption();
    agent.hello = undefined;
    const setting = setUp({ agent: agent.url }, plugged, { guest, routes, neighbors }, limits(interrupted));
    const ended = expect(setting).rejects.toMatchObject({ name: 'interrupted' });
    await expect.poll(() => agent.open.size).toBe(1);
    interrupted.interrupt('SIGTERM');
    await ended;
  });

  it('goes in the same order to an agent that is connected', async () => {
    const told: string[] = [];
    const note = (what: string) => () => Promise.resolve(void told.push(what));
    const fake = { updateInterface: note('nic'), updateRoutes: note('routes'), addNeighbors: note('neighbors') };
    await tell(fake as never, nic, { routes, neighbors });
    await tell(fake as never, nic, { routes: [], neighbors });
    expect(told).toEqual(['nic', 'routes', 'neighbors', 'nic', 'neighbors']);
  });
});

describe('what a killed call left', () => {
  const cards = (ids: readonly string[], refuses = ''): { monitor: Monitor; out: string[] } => {
    const out: string[] = [];
    const unplug = (id: string): Promise<void> => {
      if (id === refuses) return Promise.reject(new Error('it stays'));
      out.push(id);
      return Promise.resolve();
    };
    return { out, monitor: { ids: () => Promise.resolve(ids), unplug } as unknown as Monitor };
  };

  it('is taken out, and told; what an attachment has stays', async () => {
    const { monitor, out } = cards(['dan-1', 'dan-2', 'dan-3']);
    const { log, lines } = keepingLog();
    await expect(takeOutLeft(monitor, (id) => id === 'dan-2', log)).resolves.toBe(2);
    expect(out).toEqual(['dan-1', 'dan-3']);
    expect(lines).toEqual([
      ['warn', 'dan-1'],
      ['warn', 'dan-3'],
    ]);
  });

  it('is nothing where every card is recorded', async () => {
    const { monitor, out } = cards(['dan-1']);
    await expect(takeOutLeft(monitor, () => true, keepingLog().log)).resolves.toBe(0);
    expect(out).toEqual([]);
  });

  it('fails the call where it cannot be taken out', async () => {
    const { monitor } = cards(['dan-1', 'dan-2'], 'dan-1');
    await expect(takeOutLeft(monitor, () => false, keepingLog().log)).rejects.toThrow('it stays');
  });
});

describe('a card in a virtual machine', () => {
  let directory: string;
  let machine: FakeMachine;
  let fake: FakeDoor;
  let door: Door;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dan-plug-'));
    machine = new FakeMachine();
    fake = await FakeDoor.listen(join(directory, 'monitor.sock'), greeting, (said, socket) => {
      void answerOf(machine, JSON.parse(said) as Command).then((answer) => socket.write(answer));
    });
    door = { kind: 'qemu-qmp', socket: fake.path };
  });
  afterEach(async () => {
    await fake[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  const before = async (id: string): Promise<void> => {
    await new Qemu(machine).plug({ id, mac: nic.mac, queues: [7] });
  };

  it('is taken out, and one that is missing counts as taken out', async () => {
    await before('dan-1');
    await unplug(door, 'dan-1', performance.now() + 5000);
    expect(machine.isClean).toBe(true);
    await unplug(door, 'dan-1', performance.now() + 5000);
    await expect.poll(() => fake.open).toBe(0);
  });

  it.each([
    ['has not greeted', ''],
    ['has greeted', greeting],
  ])('is no longer asked of a monitor that %s, once dan is told to end', async (_what, said) => {
    const interrupted = new Interruption();
    const mute = await FakeDoor.listen(join(directory, 'mute.sock'), said);
    const limits = { deadline: performance.now() + 10_000, interrupted };
    const asking = withMonitor({ kind: 'qemu-qmp', socket: mute.path }, limits, (monitor) => monitor.ids());
    const ended = expect(asking).rejects.toMatchObject({ name: 'interrupted' });
    await expect.poll(() => mute.open).toBe(1);
    if (said !== '') await expect.poll(() => mute.heard).toHaveLength(1);
    interrupted.interrupt('SIGTERM');
    await ended;
    await mute[Symbol.asyncDispose]();
  });

  it('is no longer asked of a monitor in the middle of it, once dan is told to end', async () => {
    const interrupted = new Interruption();
    const limits = { deadline: performance.now() + 10_000, interrupted };
    const asking = withMonitor(door, limits, async (monitor) => {
      const answer = monitor.unplug('dan-1');
      interrupted.interrupt('SIGTERM');
      await answer;
    });
    await expect(asking).rejects.toMatchObject({ name: 'interrupted' });
  });

  it('comes after what a killed call left is out; a tap that cannot be opened changes nothing in the machine', async () => {
    await before('dan-9');
    await before('dan-8');
    const { log, lines } = keepingLog();
    const tap = { name: 'tap1' as InterfaceName, queuePairs: 1 } as Plugging['tap'];
    const isRecorded = (id: string): boolean => id === 'dan-8';
    const plugging = { id: 'dan-1', tap, guest, ...nothing, isRecorded };
    const limits = { deadline: performance.now() + 5000, log, site: { timeoutSeconds: 5 } };
    await expect(plug({ door }, plugging, limits)).rejects.toThrow('tap1');
    expect([...machine.cards.keys()]).toEqual(['dan-8']);
    expect(lines).toEqual([['warn', 'dan-9']]);
  });
});
