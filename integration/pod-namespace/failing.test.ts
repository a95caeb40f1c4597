import { describe, test } from 'vitest';
import { deviceNames } from './bench.ts';
import { everyProgram, everyStep } from './points.ts';
import { disturbDel, failAdd } from './sweep.ts';

describe.concurrent('a program that dan runs fails', () => {
  test.each(deviceNames)('in ADD of %s, which takes back what it did', async (device) => {
    await failAdd(device, (bench) => everyStep(bench, 'ADD', 'fails'));
  });

  test.each(deviceNames)('in ADD of %s, though its work is done', async (device) => {
    await failAdd(device, (bench) => everyProgram(bench, 'ADD', 'fails-after'));
  });

  test.each(deviceNames)('in DEL of %s, which another DEL finishes', async (device) => {
    await disturbDel(device, (bench) => everyStep(bench, 'DEL', 'fails'));
  });
});
