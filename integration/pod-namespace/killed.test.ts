import { describe, test } from 'vitest';
import { podDeviceNames } from '../faults/devices.ts';
import { everyProgram, filePoints, killPoints } from '../faults/points.ts';
import { disturbDel, killAdd } from '../faults/sweep.ts';

describe.concurrent('dan is killed, and DEL follows', () => {
  test.each(podDeviceNames)('in ADD of %s, between any two steps', async (device) => {
    await killAdd(device, (bench) => killPoints(bench, 'ADD'), true);
  });

  test.each(podDeviceNames)('in ADD of %s, before any change of a file', async (device) => {
    await killAdd(device, (bench) => filePoints(bench, 'ADD'));
  });

  test.each(podDeviceNames)('in ADD of %s, and what it had started goes on', async (device) => {
    await killAdd(device, (bench) => everyProgram(bench, 'ADD', 'orphaned'));
  });

  test.each(podDeviceNames)('in DEL of %s, between any two steps', async (device) => {
    await disturbDel(device, (bench) => killPoints(bench, 'DEL'));
  });
});
