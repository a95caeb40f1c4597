import { describe, test } from 'vitest';
import { hostDeviceNames, isTried } from './devices.ts';
import { everyHang, everyProgram, everyStep, filePoints, killPoints } from './points.ts';
import { disturbDel, failAdd, failForGood, killAdd } from './sweep.ts';

const kinds = ['fails', 'fails-after', 'dies', 'dies-after'] as const;
// What is done when `ip` fails over it is there as when it dies: once for each program is enough.
const everywhere = kinds.filter((kind) => kind !== 'fails-after');
const forGood = ['fails-from-then-on', 'dies-from-then-on'] as const;
const hangs = ['hangs', 'hangs-after'] as const;

describe.concurrent.each(hostDeviceNames.filter(isTried))('every program that %s runs', (device) => {
  test.each(everywhere)('%s in ADD, which undoes what it did', async (kind) => {
    await failAdd(device, (bench) => everyStep(bench, 'ADD', kind), true);
  });

  test('fails in ADD, though its work is done', async () => {
    await failAdd(device, (bench) => everyProgram(bench, 'ADD', 'fails-after'), true);
  });

  test('fails in ADD and from then on, which says what it could not undo', async () => {
    await failForGood(device, (bench) => everyStep(bench, 'ADD', 'fails-from-then-on'));
  });

  test.each([...kinds, ...forGood])('%s in DEL, which another DEL finishes', async (kind) => {
    await disturbDel(device, (bench) => everyStep(bench, 'DEL', kind));
  });

  test.each(hangs)('%s in ADD for longer than it may', async (kind) => {
    await failAdd(device, (bench) => everyHang(bench, 'ADD', kind), true);
  });

  // It runs no program but the IPAM plugin in DEL.
  test.each(device === 'vhost-user' ? [] : hangs)('%s in DEL for longer than it may', async (kind) => {
    await disturbDel(device, (bench) => everyHang(bench, 'DEL', kind));
  });

  test('is the last before dan is killed, in ADD', async () => {
    await killAdd(device, (bench) => killPoints(bench, 'ADD'), true);
  });

  test('goes on by itself when dan is killed, in ADD', async () => {
    await killAdd(device, (bench) => everyProgram(bench, 'ADD', 'orphaned'));
  });

  test('is the last before dan is killed, in DEL', async () => {
    await disturbDel(device, (bench) => killPoints(bench, 'DEL'));
  });

  test('was started when dan is killed before a change of a file, in ADD', async () => {
    await killAdd(device, (bench) => filePoints(bench, 'ADD'));
  });
});
