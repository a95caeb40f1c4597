import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Image } from './image.ts';
import { isKept, keptState, removeUnused } from './kept-state.ts';
import { type Hardware, qemuArguments } from './qemu.ts';

const image: Image = { kernel: '/kernel', initramfs: '/initramfs' };

function stateOf(directory: string, hardware: Hardware = {}): Promise<string> {
  return keptState(image, qemuArguments(image, directory, hardware), [directory]);
}

test('guests with the same hardware continue from one state, wherever their sockets are', async () => {
  const state = await stateOf('/tmp/one', { qemuArgs: ['-name', 'sandbox-1', '-monitor', 'unix:/tmp/one/monitor'] });
  const socket = ['-chardev', 'socket,id=socket0,path=/run/dan/vhost-user/dan0.sock,server=on,wait=off'];
  expect(await stateOf('/tmp/another', { qemuArgs: socket })).toBe(state);
  expect(await stateOf('/tmp/another')).toBe(state);
});

test.each<[string, Hardware]>([
  ['more processors', { cpus: 2 }],
  ['another number of ports', { ports: 3 }],
  ['memory that others can map', { sharedMemory: true }],
  ['more memory', { memory: 512 }],
  ['a kernel parameter', { kernelParameters: ['iommu=pt'] }],
  ['another device', { qemuArgs: ['-device', 'virtio-net-pci'] }],
])('a guest with %s has a state of its own', async (_, hardware) => {
  expect(await stateOf('/tmp/one', hardware)).not.toBe(await stateOf('/tmp/one'));
});

test('a state that no guest has continued from for a week is removed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'dan-states-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const eightDaysAgo = Date.now() / 1000 - 8 * 24 * 60 * 60;
  for (const name of ['new', 'used', 'unused']) await writeFile(join(directory, name), '');
  for (const name of ['used', 'unused']) await utimes(join(directory, name), eightDaysAgo, eightDaysAgo);
  expect(await isKept(join(directory, 'used'))).toBe(true);
  expect(await isKept(join(directory, 'missing'))).toBe(false);
  await removeUnused(directory);
  expect((await readdir(directory)).sort()).toEqual(['new', 'used']);
});
