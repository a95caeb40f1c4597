import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { ends } from '../../src/hotplug/plug.ts';
import { hasEnded, qemusOf } from '../../src/monitor/machines.ts';
import type { Door } from '../../src/monitor/monitor.ts';

let process: ChildProcess | undefined;
afterEach(() => {
  process?.kill();
});

/** Starts a process with this command line, and waits until it has it. */
async function start(...words: readonly string[]): Promise<ChildProcess> {
  process = spawn('sh', ['-c', 'echo started; read line; :', ...words]);
  await once(process.stdout!, 'data');
  return process;
}

const sandbox = 'sandbox-of-the-unit-tests';
const qemu: Door = { kind: 'qemu-hmp', socket: '/run/unit-tests/debug-monitor.sock' };
const cloudHypervisor: Door = { kind: 'cloud-hypervisor', socket: '/run/unit-tests/ch-api.sock' };

describe('a virtual machine', () => {
  it.each([
    ['QEMU', qemu, ['qemu', '-name', `sandbox-${sandbox},debug-threads=on`]],
    ['Cloud Hypervisor', cloudHypervisor, ['cloud-hypervisor', '--api-socket', cloudHypervisor.socket]],
  ])('has ended when its process has: %s', async (_name, door, words) => {
    expect(hasEnded(sandbox, door)).toBe(true);
    const machine = await start(...words);
    expect(hasEnded(sandbox, door)).toBe(false);
    // Another sandbox's process does not matter.
    expect(hasEnded('another', { ...door, socket: '/run/another.sock' })).toBe(true);
    const ending = ends({ sandbox, door });
    machine.stdin!.end();
    await expect(ending).resolves.toBe(true);
  });

  it('of QEMU is found by its name', async () => {
    const { pid } = await start('qemu', '-name', `sandbox-${sandbox}`);
    expect(qemusOf(sandbox).map((one) => one.pid)).toEqual([pid]);
    expect(qemusOf('another')).toEqual([]);
  });
});
