import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Situations } from './seen.ts';

/** Tests that each situation, in this process, shows what is wanted. */
export function testSituations(situations: Situations, wanted: Readonly<Record<string, unknown>>): void {
  let directory: string;
  const servers: Server[] = [];
  let made = 0;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dan-system-'));
    servers.push(await listenAt(join(directory, 'socket')), await echoAt(join(directory, 'echo')));
  });
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(directory, { recursive: true });
  });

  it.each(Object.entries(situations))('%s', async (name, situation) => {
    made += 1;
    const own = join(directory, String(made));
    mkdirSync(own, { mode: 0o700 });
    expect(await situation(own)).toEqual(wanted[name]);
  });
}

/** Listens at a socket, and closes connections. */
export function listenAt(path: string): Promise<Server> {
  return serveAt(path, (connection) => connection.destroy());
}

/** Listens at a socket, and echoes what it receives. */
export function echoAt(path: string): Promise<Server> {
  return serveAt(path, (connection) => {
    // A client that has given up gets no answer.
    connection.on('error', () => undefined);
    connection.pipe(connection);
  });
}

async function serveAt(path: string, serve: (connection: Socket) => void): Promise<Server> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return server;
}
