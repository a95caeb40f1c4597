import { describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { deviceNames } from './devices.ts';
import { callWithFate, requestPoints } from './requests.ts';
import { disturbDel, endureDel, failAdd, failForGood, killAdd } from './sweep.ts';

// What one of the pod's devices does is a superset of what the other does.
const kinds = deviceNames.filter((name) =>
  ['host-tap', 'host-tap with limits', 'tcfilter for runtime-rs', 'macvtap'].includes(name),
);

describe.concurrent.each(kinds)('every request that %s makes of the kernel', { timeout: 300_000 }, (device) => {
  test('fails in ADD, or its answer is lost: it is undone', async () => {
    await failAdd(device, (bench) => requestPoints(bench, 'ADD', 'fails'));
  });

  test('fails in ADD and from then on, which says what it could not undo', async () => {
    await failForGood(device, (bench) => requestPoints(bench, 'ADD', 'fails, and so does every other after it'));
  });

  test('fails in DEL, or its answer is lost: another DEL finishes', async () => {
    await disturbDel(device, (bench) => requestPoints(bench, 'DEL', 'fails'));
  });

  test('is the first that dan does not make, being killed, in ADD', async () => {
    await killAdd(device, (bench) => requestPoints(bench, 'ADD', 'is not made any more: dan is killed'));
  });

  test('is the first that dan does not make, being killed, in DEL', async () => {
    await disturbDel(device, (bench) => requestPoints(bench, 'DEL', 'is not made any more: dan is killed'));
  });

  test('is made while dan is told to end: ADD is undone, DEL goes on to its end', async () => {
    await failAdd(device, (bench) => requestPoints(bench, 'ADD', 'is made when dan is told to end'), false, 11);
    await endureDel(device, (bench) => requestPoints(bench, 'DEL', 'is made when dan is told to end'));
  });
});

// Whatever it did then, it would do to the pod.
test('dan that cannot leave the namespace of the pod ends at once', async () => {
  await using bench = await Bench.create('host-tap');
  const { host, call } = bench;
  const fate = 'fails, and so does every other after it';
  const { answer, reached } = await callWithFate(host, call('ADD'), fate, { name: 'setns', nth: 2 });
  expect(reached).toBe(true);
  expect(answer).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining("cannot leave the pod's network namespace"),
  });
  expect([-1, 137]).toContain(answer.exitCode);
  expect((await bench.run('DEL')).exitCode).toBe(0);
  expect(await bench.differences()).toEqual([]);
});
