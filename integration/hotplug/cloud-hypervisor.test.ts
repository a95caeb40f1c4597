import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../harness/host.ts';
import { CloudHypervisor } from './cloud-hypervisor.ts';
import type { DoorCall } from './door-program.ts';
import { doorsHost, id, mac, plugOne, type Seen, tryDoor } from './doors.ts';

const first = { id, slot: 6, devicePath: '06' };

describe('Cloud Hypervisor, by its API', () => {
  let host: Host;
  let machine: CloudHypervisor;
  let program: string;
  let calls: (...all: readonly DoorCall[]) => Promise<Seen>;
  beforeAll(async () => {
    ({ host, program } = await doorsHost());
    machine = await CloudHypervisor.start(host, 'sandbox1');
    const door = { kind: 'cloud-hypervisor', socket: machine.socket } as const;
    calls = (...all) => tryDoor(host, program, { door, seconds: 10, calls: all });
  });
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  const carrier = (tap: string): Promise<string> => host.sh(`cat /sys/class/net/${tap}/carrier`);

  it('gets the descriptors of a tap, over which its guest answers, and lets go of them, five times over', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await calls(plugOne, { holds: first }, { ids: true })).seen).toEqual([first, true, [id]]);
      await host.sh('ping -c 1 -w 10 10.99.0.2');
      expect((await calls({ unplug: id }, { holds: first }, { ids: true })).seen).toEqual(['done', false, []]);
      expect(await carrier('tap1')).toBe('0');
    }
  });

  it('gets several queue pairs', async () => {
    const two = { plug: { id, mac, tap: 'tap2', pairs: 2 } };
    expect((await calls(two, { holds: first })).seen).toEqual([first, true]);
    await host.sh('ip neigh flush dev br0; ping -c 1 -w 10 10.99.0.2');
    expect((await calls({ unplug: id }, { unplug: id })).seen).toEqual(['done', 'done']);
  });

  it('refuses a card with its own words, and keeps nothing of it', async () => {
    const { seen, files } = await calls({ plug: { ...plugOne.plug, mac: '02:00:00:00:00:ff' } });
    expect(seen).toEqual([
      { error: 'monitor-refused', code: 137, message: expect.stringContaining('Cannot add the device') },
    ]);
    expect(await calls({ ids: true })).toMatchObject({ seen: [[]], files });
    expect(await carrier('tap1')).toBe('0');
  });

  it('is found by its socket', async () => {
    expect((await tryDoor(host, program, { find: 'sandbox1' })).seen).toEqual([
      { door: { kind: 'cloud-hypervisor', socket: machine.socket } },
    ]);
  });

  it('cannot be reached once it has ended', async () => {
    await machine[Symbol.asyncDispose]();
    expect((await calls({ unplug: id })).seen).toEqual([
      { error: 'monitor-unreachable', code: 138, message: expect.stringContaining('ECONNREFUSED') },
    ]);
  });
});
