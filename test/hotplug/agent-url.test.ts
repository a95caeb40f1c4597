import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { agentUrl } from '../../src/hotplug/agent-url.ts';

let directory: string;
let socket: string;
let server: Server | undefined;
let asked: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dan-shim-'));
  socket = join(directory, 'shim-monitor.sock');
  asked = '';
});

afterEach(async () => {
  await new Promise<void>((resolve) => {
    if (server === undefined) resolve();
    else
      server.close(() => {
        resolve();
      });
  });
  server = undefined;
  await rm(directory, { recursive: true });
});

/** Starts a shim that sends this, and then closes the connection if `isOver`. */
async function shimSays(answer: string, isOver = true): Promise<void> {
  server = createServer((client) => {
    client.on('error', () => undefined);
    client.on('data', (bytes) => {
      asked += bytes.toString();
      if (isOver) client.end(answer);
      else client.write(answer);
    });
  });
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
}

const answerOf = (body: string, status = '200 OK'): string =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

const ask = (milliseconds = 5000): Promise<string> => agentUrl(socket, performance.now() + milliseconds);

describe('where the agent listens', () => {
  it('is what the shim says', async () => {
    await shimSays(answerOf('vsock://12:1024\n'), false);
    await expect(ask()).resolves.toBe('vsock://12:1024');
    expect(asked).toMatch(/^GET \/agent-url HTTP\/1\.1\r\nHost: localhost\r\n/);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['another status', answerOf('gone', '404 Not Found')],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\nvsock://12:1024'],
    ['too great a length', 'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n'],
    ['a line without an end', 'x'.repeat(5000)],
    ['lines without an end', 'a: b\r\n'.repeat(1000)],
  ])('is not known by %s', async (_what, answer) => {
    await shimSays(answer, false);
    await expect(ask()).rejects.toMatchObject({ name: 'agent-garbled' });
  });

  it('is not known where the connection ends in the middle', async () => {
    await shimSays('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nvsock');
    await expect(ask()).rejects.toMatchObject({ name: 'agent-unreachable' });
  });

  it('is not known where nothing comes', async () => {
    await shimSays('', false);
    await expect(ask(50)).rejects.toMatchObject({ name: 'agent-late' });
  });

  it('is not known where nobody listens', async () => {
    await expect(ask()).rejects.toMatchObject({ name: 'agent-unreachable' });
  });
});
