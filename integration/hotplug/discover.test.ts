import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Host } from '../harness/host.ts';
import { buildDoors, tryDoor } from './doors.ts';
import { startWithWords } from './stand-in-qemu.ts';

describe('the door of a sandbox with QEMU', () => {
  let host: Host;
  let program: string;
  let bundle: string;
  let server: Server;
  const machines: Awaited<ReturnType<typeof startWithWords>>[] = [];
  beforeAll(async () => {
    program = await buildDoors();
    host = await Host.create();
    // As long as a sandbox's path below containerd's directory: longer than a socket address can be.
    bundle = `${host.directory}/io.containerd.runtime.v2.task/k8s.io/${'0123456789abcdef'.repeat(4)}`;
    await mkdir(bundle, { recursive: true });
    server = createServer();
    await host.sh('mkdir -p /run/vc/vm/go /run/kata/rust');
    await new Promise<void>((resolve) => server.listen(`${host.directory}/m`, resolve));
    await host.sh(`mv ${host.directory}/m ${bundle}/debug-monitor.sock`);
  });
  afterEach(async () => {
    for (const machine of machines.splice(0)) await machine.end();
  });
  afterAll(async () => {
    server.close();
    await host[Symbol.asyncDispose]();
  });

  /** Starts a process with the command line of a QEMU; `enter` goes before it. */
  async function start(sandbox: string, words: readonly string[], ...enter: readonly string[]): Promise<void> {
    machines.push(await startWithWords(host, ['-name', `sandbox-${sandbox}`, ...words], { directory: bundle, enter }));
  }
  const found = async (sandbox: string): Promise<unknown> => (await tryDoor(host, program, { find: sandbox })).seen[0];
  const monitor = ['-monitor', 'unix:path=debug-monitor.sock,server=on,wait=off'];

  it('is the monitor below the directory that it works in', async () => {
    await start('rust', ['-qmp', 'unix:fd=9,server=on,wait=off', ...monitor]);
    const socket = `${bundle}/debug-monitor.sock`;
    expect(await found('rust')).toEqual({ door: { kind: 'qemu-hmp', socket } });
    // Nobody accepts the connection, but it is established.
    const { seen } = await tryDoor(host, program, { door: { kind: 'qemu-hmp', socket }, seconds: 0.2, calls: [] });
    expect(seen).toEqual([{ error: 'monitor-late', code: 11, message: expect.stringContaining(socket) }]);
  });

  it.each([
    ['rust', 'hmp'],
    ['go', 'qmp'],
  ])('is none without an extra monitor, and the setting for the runtime of %s is named', async (sandbox, protocol) => {
    await start(sandbox, ['-qmp', 'unix:fd=9,server=on,wait=off']);
    expect(await found(sandbox)).toEqual({
      none: {
        seen: expect.stringMatching(/^its QEMU \(process \d+\) has no monitor/),
        cure: expect.stringContaining(`extra_monitor_socket = "${protocol}"`),
      },
    });
  });

  it('is none where its socket is not there, or where no machine is of the sandbox', async () => {
    await start('go', ['-qmp', 'unix:path=/run/vc/vm/go/extra-monitor.sock,server=on']);
    expect(await found('go')).toMatchObject({ none: { seen: expect.stringContaining('its QEMU') } });
    expect(await found('g')).toMatchObject({ none: { seen: expect.stringContaining('neither') } });
  });

  it('is not what a process in a container, or of another user, says that it is', async () => {
    await start('rust', monitor, 'unshare', '--pid', '--fork');
    expect(await found('rust')).toMatchObject({ none: { seen: expect.stringContaining('neither') } });
    await start('go', monitor, 'setpriv', '--reuid', '1000', '--clear-groups');
    expect(await found('go')).toMatchObject({ none: { seen: expect.stringContaining('neither') } });
  });
});
