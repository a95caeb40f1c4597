import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { lookAtSocket } from '../../src/host/socket.ts';
import type { SocketPath } from '../../src/model/socket-path.ts';

const directory = mkdtempSync(join(tmpdir(), 'dan-socket-'));
const at = (name: string): SocketPath => join(directory, name) as SocketPath;

async function listen(path: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** Leaves a socket without a listener, like a process that was killed. */
async function leave(path: string): Promise<void> {
  const server = await listen(`${path}-bound`);
  renameSync(`${path}-bound`, path);
  await close(server);
}

const servers: Server[] = [];

beforeAll(async () => {
  servers.push(await listen(at('live')));
  await leave(at('stale'));
  writeFileSync(at('file'), '');
  mkdirSync(at('directory'));
  symlinkSync(at('live'), at('link-to-live'));
  symlinkSync(at('nowhere'), at('link-to-nothing'));
});

afterAll(async () => {
  await Promise.all(servers.map(close));
  rmSync(directory, { recursive: true });
});

describe('what there is at the path of a socket', () => {
  it.each([
    ['missing', 'missing'],
    ['live', 'live'],
    ['stale', 'stale'],
    ['file', 'other'],
    ['directory', 'other'],
    // dan must not look at the target, let alone remove it.
    ['link-to-live', 'other'],
    ['link-to-nothing', 'other'],
    ['absent/socket', 'no-directory'],
    ['file/socket', 'no-directory'],
  ])('%s: %s', async (name, state) => {
    await expect(lookAtSocket(at(name))).resolves.toBe(state);
  });

  it('is as it was after a look', async () => {
    await lookAtSocket(at('stale'));
    expect(existsSync(at('stale'))).toBe(true);
    await expect(lookAtSocket(at('live'))).resolves.toBe('live');
  });
});
