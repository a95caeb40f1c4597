import { describe, test } from 'vitest';
import { deviceNames } from './bench.ts';
import { everyProgram, filePoints, killPoints } from './points.ts';
import { disturbDel, killAdd } from './sweep.ts';

describe.concurrent('dan is killed, and DEL follows', () => {
  test.each(deviceNames)('in ADD of %s, between any two steps', async (device) => {
    await killAdd(device, (bench) => killPoints(bench, 'ADD'), true);
  });

  test.each(deviceNames)('in ADD of %s, before any change of a file', async (device) => {
    await killAdd(device, (bench) => filePoints(bench, 'ADD'));
  });

  test.each(deviceNames)('in ADD of %s, and what it had started goes on', async (device) => {
    await killAdd(device, (bench) => everyProgram(bench, 'ADD', 'orphaned'));
  });

  test.each(deviceNames)('in DEL of %s, between any two steps', async (device) => {
    await disturbDel(device, (bench) => killPoints(bench, 'DEL'));
  });
});
