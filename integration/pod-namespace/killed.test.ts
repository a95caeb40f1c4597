import { describe, test } from 'vitest';
import { isTried, podDeviceNames } from '../faults/devices.ts';
import { everyProgram, filePoints, killPoints } from '../faults/points.ts';
import { disturbDel, killAdd } from '../faults/sweep.ts';

const devices = podDeviceNames.filter(isTried);

describe.concurrent('dan is killed, and DEL follows', () => {
  test.each(devices)('in ADD of %s, between any two steps', async (device) => {
    await killAdd(device, (bench) => killPoints(bench, 'ADD'), true);
  });

  test.each(devices)('in ADD of %s, before any change of a file', async (device) => {
    await killAdd(device, (bench) => filePoints(bench, 'ADD'));
  });

  test.each(devices)('in ADD of %s, and what it had started goes on', async (device) => {
    await killAdd(device, (bench) => everyProgram(bench, 'ADD', 'orphaned'));
  });

  test.each(devices)('in DEL of %s, between any two steps', async (device) => {
    await disturbDel(device, (bench) => killPoints(bench, 'DEL'));
  });
});
