import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAgent } from '../../src/agent/agent.ts';
import { FakeAgent } from './fake-agent.ts';
import { eachTest, failed, failure } from './scene.ts';

let agent: FakeAgent;
let directory: string;
let socket: string;
eachTest((scene) => {
  ({ agent, directory, socket } = scene);
});

describe('a socket that', () => {
  const at = (path: string): Promise<unknown> => failure(openAgent(`hvsock://${path}:1024`, performance.now() + 1000));

  it('is not there', async () => {
    expect(await at(join(directory, 'none'))).toEqual(failed('agent-unreachable', 134, /there is no .*none/));
    expect(await at(join(directory, 'none', 'socket'))).toEqual(
      failed('agent-unreachable', 134, /there is no .*socket/),
    );
  });

  it('is none', async () => {
    writeFileSync(join(directory, 'file'), '');
    expect(await at(join(directory, 'file'))).toEqual(failed('agent-unreachable', 134, /is no socket, but a file/));
  });

  it('is behind a link', async () => {
    symlinkSync(socket, join(directory, 'link'));
    expect(await at(join(directory, 'link'))).toEqual(
      failed('agent-unreachable', 134, /is no socket, but a symbolic-link/),
    );
  });

  it('nobody listens at any more', async () => {
    const stale = join(directory, 'stale');
    const server = await FakeAgent.listen(`${stale}-bound`);
    // A server that ends removes the socket by the name under which it was bound.
    renameSync(`${stale}-bound`, stale);
    await server[Symbol.asyncDispose]();
    expect(await at(stale)).toEqual(failed('agent-unreachable', 134, /ECONNREFUSED/));
  });

  it.each([0o777, 0o775])('others could replace, in a directory of mode %o', async (mode) => {
    const open = join(directory, 'open');
    mkdirSync(open);
    chmodSync(open, mode);
    const server = await FakeAgent.listen(join(open, 'socket'));
    expect(await at(join(open, 'socket'))).toEqual(failed('directory-unsafe', 125, /can be written to by others/));
    expect(server.calls).toEqual([]);
    await server[Symbol.asyncDispose]();
  });

  it.runIf(process.getuid?.() === 0)('belongs to another user', async () => {
    chownSync(socket, 1234, 1234);
    expect(await at(socket)).toEqual(failed('directory-unsafe', 125, /belongs to user 1234/));
    expect(agent.open.size).toBe(0);
  });

  it('has a longer path than an address of a socket holds', async () => {
    const long = join(directory, 'x'.repeat(60), 'y'.repeat(60));
    expect(await at(join(long, 'socket'))).toEqual(
      failed('agent-unreachable', 134, /has a path that must have at most/),
    );
  });
});

describe('an address that', () => {
  it('dan does not speak is an error before anything is connected', async () => {
    const work = openAgent('remote:///run/peerpod/hypervisor.sock:1024', performance.now() + 1000);
    expect(await failure(work)).toEqual(failed('agent-unreachable', 134, /speaks vsock:\/\/ and hvsock:\/\//));
  });

  it('Node has no sockets for is an error, too', async () => {
    const work = openAgent('vsock://3:1024', performance.now() + 1000);
    expect(await failure(work)).toEqual(failed('agent-unreachable', 134, /for the connection: EAFNOSUPPORT/));
  });
});
