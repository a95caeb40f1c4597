import { describe, test } from 'vitest';
import { programs } from '../harness/plugin.ts';
import { everyHang, everyProgram, everySignal, everyStep, killPoints } from './points.ts';
import { disturbDel, endureDel, failAdd, killAdd } from './sweep.ts';

// The executable speaks to the kernel by itself. An IPAM plugin and `ovs-vsctl` are all that it starts.
const subjects = (['host-tap', 'host-tap on Open vSwitch'] as const).map((device) => ({
  device,
  program: programs.rtnetlink,
}));

describe.concurrent.each(subjects)('every program that the executable runs for $device', (subject) => {
  test.each(['fails', 'fails-after', 'dies', 'dies-after'] as const)(
    '%s in ADD, which undoes what it did',
    async (kind) => {
      await failAdd(subject, (bench) => everyStep(bench, 'ADD', kind), true);
    },
  );

  // An IPAM plugin, all that is left for a tap on a bridge, has two minutes.
  test.each(subject.device === 'host-tap' ? [] : (['hangs', 'hangs-after'] as const))(
    '%s in ADD for longer than it may',
    async (kind) => {
      await failAdd(subject, (bench) => everyHang(bench, 'ADD', kind), true);
    },
  );

  test('is the last before dan is killed, or goes on by itself, in ADD', async () => {
    await killAdd(subject, (bench) => killPoints(bench, 'ADD'), true);
    await killAdd(subject, (bench) => everyProgram(bench, 'ADD', 'orphaned'));
  });

  test('runs when a signal comes in ADD, which is undone', async () => {
    await failAdd(subject, (bench) => everySignal(bench, 'ADD', 'hangs'), true, 11);
  });
});

describe.concurrent.each(subjects)('for $device, in DEL', (subject) => {
  test.each(['fails', 'dies'] as const)('it %s, and another DEL finishes', async (kind) => {
    await disturbDel(subject, (bench) => everyStep(bench, 'DEL', kind));
  });

  test.each(subject.device === 'host-tap' ? [] : (['hangs'] as const))(
    'it %s, and another DEL finishes',
    async (kind) => {
      await disturbDel(subject, (bench) => everyHang(bench, 'DEL', kind));
    },
  );

  test('it goes on when a signal comes', async () => {
    await endureDel(subject, (bench) => everySignal(bench, 'DEL', 'waits'));
  });
});
