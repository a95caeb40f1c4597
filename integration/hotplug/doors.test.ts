import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DoorKind } from '../../src/monitor/monitor.ts';
import { effort } from '../harness/effort.ts';
import { eventually } from '../harness/eventually.ts';
import { Guest } from '../guest/guest.ts';
import type { Host } from '../harness/host.ts';
import type { DoorCall } from './door-program.ts';
import { doorsHost, extraMonitors, id, kataBridge, mac, plugOne, type Seen, tryDoor } from './doors.ts';

const doors = [
  ['qemu-qmp', 'extra-monitor.sock'],
  ['qemu-hmp', 'debug-monitor.sock'],
] as const satisfies readonly (readonly [DoorKind, string])[];

const first = { id, bus: 'pci-bridge-0', slot: 30, devicePath: '02/1e' };

let host: Host;
let guest: Guest;
let program: string;
beforeAll(async () => {
  ({ host, program } = await doorsHost());
  const qemuArgs = [...kataBridge, ...extraMonitors(host.directory)];
  guest = await Guest.boot({ host, mayContinue: true, cpus: 2, ports: 0, qemuArgs });
});
afterAll(async () => {
  await guest[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

describe.each(doors)('QEMU, by %s', (kind, name) => {
  const calls = async (...all: readonly DoorCall[]): Promise<Seen> => {
    const door = { kind, socket: `${host.directory}/${name}` };
    return await tryDoor(host, program, { door, seconds: 20, calls: all });
  };

  /** The guest's links except the loopback, with their MACs. */
  const guestLinks = (): Promise<string> => guest.text("ip -br link | grep -v ^lo | awk '{ print $1, $3 }'");
  const theCard = (): Promise<unknown> =>
    eventually('the card', async () => ((await guestLinks()).includes(mac) ? true : undefined));
  const carrier = (tap: string): Promise<string> => host.sh(`cat /sys/class/net/${tap}/carrier`);

  it(`plugs a card in, with which the guest reaches its gateway, and takes it out, ${effort.plugs} times in one slot`, async () => {
    for (let turn = 0; turn < effort.plugs; turn += 1) {
      expect((await calls(plugOne, { holds: first }, { ids: true })).seen).toEqual([first, true, [id]]);
      await theCard();
      await guest.sh('ip addr add 10.99.0.2/24 dev eth0; ip link set eth0 up');
      await guest.carries('eth0');
      await guest.text('ping -c 1 -W 5 10.99.0.1');
      expect(await guest.text('readlink -f /sys/class/net/eth0/device')).toMatch(/0000:00:02\.0\/0000:..:1e\.0\//);
      expect((await calls({ unplug: id }, { holds: first }, { ids: true })).seen).toEqual(['done', false, []]);
      expect(await guestLinks()).toBe('');
      expect(await carrier('tap1')).toBe('0');
    }
  });

  it('gives a card two queue pairs', async () => {
    const { seen } = await calls({ plug: { id, mac, tap: 'tap2', pairs: 2 } });
    expect(seen).toEqual([first]);
    await theCard();
    expect(await guest.text('ls /sys/class/net/eth0/queues')).toBe('rx-0\nrx-1\ntx-0\ntx-1');
    expect((await calls({ unplug: id })).seen).toEqual(['done']);
  });

  afterEach(async () => {
    await calls({ unplug: id });
  });

  it('leaves a slot that Kata has taken, and takes the next below it', async () => {
    const rng = { driver: 'virtio-rng-pci', id: 'kata-rng', bus: 'pci-bridge-0', addr: '0x1e' };
    await guest.qmp('device_add', rng);
    const { seen } = await calls(plugOne, { unplug: id });
    expect(seen).toEqual([{ ...first, slot: 29, devicePath: '02/1d' }, 'done']);
    const devices = (): Promise<unknown> => guest.qmp('qom-list', { path: '/machine/peripheral' });
    const kataRng = expect.objectContaining({ name: 'kata-rng' }) as unknown;
    expect(await devices()).toContainEqual(kataRng);
    await guest.qmp('device_del', { id: 'kata-rng' });
    await expect.poll(devices, { timeout: 20_000 }).not.toContainEqual(kataRng);
  });

  it('takes out what is left of one that was killed, and names it', async () => {
    await guest.qmp('netdev_add', { type: 'hubport', id: 'kata-hub', hubid: 0 });
    await guest.qmp('netdev_add', { type: 'user', id });
    const { seen } = await calls({ ids: true }, { unplug: id }, { unplug: id }, { ids: true });
    expect(seen).toEqual([[id], 'done', 'done', []]);
    await guest.qmp('netdev_del', { id: 'kata-hub' });
  });

  it('takes back what it did where QEMU refuses the card, and says why', async () => {
    const { seen, files } = await calls({ plug: { ...plugOne.plug, mac: 'nonsense' } });
    expect(seen).toEqual([{ error: 'monitor-refused', code: 137, message: expect.stringContaining('mac') }]);
    expect(await calls({ ids: true })).toMatchObject({ seen: [[]], files });
    expect(await carrier('tap1')).toBe('0');
  });
});
