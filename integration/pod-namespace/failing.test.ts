import { describe, test } from 'vitest';
import { isTried, podDeviceNames } from '../faults/devices.ts';
import { everyProgram, everyStep } from '../faults/points.ts';
import { disturbDel, failAdd } from '../faults/sweep.ts';

const devices = podDeviceNames.filter(isTried);

describe.concurrent('a program that dan runs fails', () => {
  test.each(devices)('in ADD of %s, which undoes what it did', async (device) => {
    await failAdd(device, (bench) => everyStep(bench, 'ADD', 'fails'));
  });

  test.each(devices)('in ADD of %s, though its work is done', async (device) => {
    await failAdd(device, (bench) => everyProgram(bench, 'ADD', 'fails-after'));
  });

  test.each(devices)('in DEL of %s, which another DEL finishes', async (device) => {
    await disturbDel(device, (bench) => everyStep(bench, 'DEL', 'fails'));
  });
});
