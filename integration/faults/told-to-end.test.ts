import { describe, expect, test } from 'vitest';
import { executable } from '../harness/plugin.ts';
import { Bench } from './bench.ts';
import { deviceNames, isTried } from './devices.ts';
import { everySignal } from './points.ts';
import { endureDel, failAdd } from './sweep.ts';

/** What a runtime may be that does not hear what dan says. */
const deaf = [
  [
    'a pipe that nobody reads',
    'pipe=$(mktemp -u); mkfifo $pipe; exec 3<>$pipe 4>$pipe 3<&- >&4 4>&-; rm $pipe; exec "$0"',
  ],
  ['a disk that is full', 'exec "$0" >/dev/full'],
] as const;

describe.concurrent.each(deviceNames.filter(isTried))('%s', (device) => {
  test('is undone when a signal comes while any program of ADD runs', async () => {
    await failAdd(device, (bench) => everySignal(bench, 'ADD', 'hangs'), true, 11);
  });

  test('is detached to the end when a signal comes while any program of DEL runs', async () => {
    await endureDel(device, (bench) => everySignal(bench, 'DEL', 'waits'));
  });

  test('is undone when nobody hears of it', async () => {
    await using bench = await Bench.create(device);
    for (const [what, script] of deaf) {
      const program = ['sh', '-c', script, executable] as const;
      expect((await bench.run('ADD', { program })).exitCode, what).toBe(1);
      expect(await bench.differences(), what).toEqual([]);
      // Nothing is said of a success.
      expect((await bench.run('ADD')).exitCode).toBe(0);
      expect((await bench.run('DEL', { program })).exitCode, what).toBe(0);
      expect(await bench.differences(), what).toEqual([]);
    }
  });
});
