import { describe, expect, it } from 'vitest';
import type { Mac } from '../../src/model/mac.ts';
import { Qemu } from '../../src/monitor/qemu.ts';
import { FakeMachine, type Fault } from './fake-machine.ts';

const nic = { id: 'dan-1', mac: '02:00:00:00:00:0a' as Mac, queues: [10, 11] };
const plugged = { id: 'dan-1', bus: 'pci-bridge-0', slot: 30, devicePath: '02/1e' };

describe('QEMU', () => {
  it('gets a card in as few steps as it takes, and gives it back', async () => {
    const machine = new FakeMachine();
    const qemu = new Qemu(machine);
    expect(await qemu.plug(nic)).toEqual(plugged);
    expect(machine.asked).toEqual(['closefd dan0', 'getfd dan0', 'getfd dan1', 'netdev_add dan-1', 'device_add dan-1']);
    expect(machine.backendsThere.get('dan-1')).toEqual([10, 11]);
    expect(await qemu.holds(plugged)).toBe(true);
    expect(await qemu.ids()).toEqual(['dan-1']);
    await qemu.unplug('dan-1');
    expect(machine.isClean).toBe(true);
    expect(await qemu.holds(plugged)).toBe(false);
    expect(await qemu.ids()).toEqual([]);
  });

  it('does not hold a card that is elsewhere', async () => {
    const machine = new FakeMachine();
    const qemu = new Qemu(machine);
    await qemu.plug(nic);
    for (const other of [{ slot: 29 }, { bus: 'pci-bridge-1' }, { devicePath: '03/1e' }, { id: 'dan-2' }]) {
      expect(await qemu.holds({ ...plugged, ...other })).toBe(false);
    }
    expect(await qemu.holds(plugged)).toBe(true);
    expect(await qemu.ids()).toEqual(['dan-1']);
  });

  it('gives the next slot below those that Kata takes meanwhile, and nothing where it takes all', async () => {
    const machine = new FakeMachine();
    machine.taken = new Set([30, 29]);
    expect(await new Qemu(machine).plug(nic)).toMatchObject({ slot: 28, devicePath: '02/1c' });
    const full = new FakeMachine();
    full.taken = new Set(Array.from({ length: 31 }, (_, slot) => slot));
    await expect(new Qemu(full).plug(nic)).rejects.toMatchObject({ name: 'monitor-refused', code: 137 });
    expect(full.isClean).toBe(true);
    expect([...full.cards.keys()].every((id) => id.startsWith('kata-'))).toBe(true);
  });

  it('names the setting where no slot is free from the start', async () => {
    const machine = new FakeMachine();
    for (let slot = 1; slot <= 30; slot += 1) machine.cards.set(`kata-${slot}`, { bus: 1, slot });
    await expect(new Qemu(machine).plug(nic)).rejects.toThrow('default_bridges');
    expect(machine.isClean).toBe(true);
  });

  it('loses what a call that was killed left: descriptors, backend, or all', async () => {
    const named = new FakeMachine();
    named.named.set('dan0', 1).set('dan1', 2);
    const backend = new FakeMachine();
    backend.backendsThere.set('dan-1', [1]);
    const all = new FakeMachine();
    await new Qemu(all).plug(nic);
    for (const machine of [named, backend, all]) {
      const qemu = new Qemu(machine);
      expect(await qemu.plug(nic)).toEqual(plugged);
      await qemu.unplug('dan-1');
      expect(machine.isClean).toBe(true);
    }
  });

  it('waits for a guest that was asked before, and not beyond its deadline', async () => {
    const machine = new FakeMachine();
    const qemu = new Qemu(machine);
    await qemu.plug(nic);
    machine.patience = Infinity;
    machine.deadline = performance.now() + 60;
    await expect(qemu.unplug('dan-1')).rejects.toMatchObject({ name: 'monitor-late', code: 11 });
    // QEMU has closed the tap nevertheless.
    expect(machine.backendsThere.size).toBe(0);
    machine.deadline = performance.now() + 60;
    await expect(qemu.unplug('dan-1')).rejects.toMatchObject({ name: 'monitor-late' });
  });

  it.each(['getfd dan1', 'netdev_add dan-1', 'device_add dan-1'])(
    'takes back what it did itself, where QEMU refuses %s',
    async (step) => {
      const machine = new FakeMachine();
      machine.refused = step;
      await expect(new Qemu(machine).plug(nic)).rejects.toMatchObject({ name: 'monitor-refused' });
      expect(machine.isClean).toBe(true);
    },
  );

  it('is not taken for one that has lost a backend, where it refuses to remove that', async () => {
    const machine = new FakeMachine();
    machine.backendsThere.set('dan-1', [1]);
    machine.refused = 'netdev_del dan-1';
    await expect(new Qemu(machine).unplug('dan-1')).rejects.toMatchObject({ name: 'monitor-refused' });
  });

  const faults = ['monitor-refused', 'monitor-unreachable'] as const satisfies readonly Fault[];
  it.each(faults)('is clean after %s at each request of a plug, once it was undone', async (fault) => {
    const whole = new FakeMachine();
    await new Qemu(whole).plug(nic);
    for (let faultAt = 1; faultAt <= whole.requests; faultAt += 1) {
      const machine = new FakeMachine();
      machine.named.set('dan0', 1);
      Object.assign(machine, { faultAt, fault });
      const qemu = new Qemu(machine);
      const answer = await qemu.plug(nic).catch((error: unknown) => error);
      // Closing descriptors continues until a refusal, which means that none are left.
      if (answer instanceof Error) expect(answer.name).toBe(fault);
      else expect(answer).toEqual(plugged);
      await qemu.unplug('dan-1');
      expect(machine.isClean, `request ${faultAt}`).toBe(true);
    }
  });

  it.each(faults)('is clean after %s at each request of an unplug, once it was tried again', async (fault) => {
    for (let faultAt = 1; faultAt <= 8; faultAt += 1) {
      const machine = new FakeMachine();
      const qemu = new Qemu(machine);
      await qemu.plug(nic);
      Object.assign(machine, { faultAt: machine.requests + faultAt, fault });
      await qemu.unplug('dan-1').catch(() => undefined);
      machine.faultAt = 0;
      await qemu.unplug('dan-1');
      expect(machine.isClean, `request ${faultAt}`).toBe(true);
    }
  });
});
