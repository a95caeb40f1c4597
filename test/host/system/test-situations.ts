import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Situations } from './seen.ts';

/** Tests that what is seen of each situation, in this process, is what is wanted. */
export function testSituations(situations: Situations, wanted: Readonly<Record<string, unknown>>): void {
  let directory: string;
  let server: Server;
  let made = 0;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dan-system-'));
    server = await listenAt(join(directory, 'socket'));
  });
  afterAll(() => {
    server.close();
    rmSync(directory, { recursive: true });
  });

  it.each(Object.entries(situations))('%s', async (name, situation) => {
    made += 1;
    const own = join(directory, String(made));
    mkdirSync(own, { mode: 0o700 });
    expect(await situation(own)).toEqual(wanted[name]);
  });
}

/** Listens at a socket, and takes whoever comes. */
export async function listenAt(path: string): Promise<Server> {
  const server = createServer((connection) => connection.destroy());
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return server;
}
