import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { plain, serveHttp } from '../../../src/cli/metrics/server.ts';
import type { HttpRequest, HttpResponse } from '../../../src/cli/metrics/http.ts';
import type { Listener } from '../../../src/host/system/connection.ts';
import { parseIp } from '../../../src/model/ip.ts';

const ip = parseIp('127.0.0.1');
const ask = 'GET /x HTTP/1.1\r\n\r\n';

describe('the server', () => {
  let listener: Listener | undefined;
  const sockets: Socket[] = [];

  afterEach(() => {
    listener?.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  async function serve(answer: (request: HttpRequest) => Promise<HttpResponse>): Promise<void> {
    if (ip.ok) listener = await serveHttp({ ip: ip.value, port: 0 }, answer);
  }

  async function client(): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: listener?.port ?? 0 });
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** What a client receives until the server closes the connection. */
  async function answerOf(socket: Socket): Promise<string> {
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
    });
    await once(socket, 'close');
    return text;
  }

  async function saying(...parts: readonly string[]): Promise<string> {
    const socket = await client();
    const answer = answerOf(socket);
    for (const part of parts) socket.write(part);
    return await answer;
  }

  const echo = (request: HttpRequest): Promise<HttpResponse> => Promise.resolve(plain(200, JSON.stringify(request)));

  it('answers, whatever the pieces of the request', async () => {
    await serve(echo);
    expect(await saying(ask)).toMatch(/^HTTP\/1.1 200 OK\r\n.*\r\n\r\n\{"method":"GET","path":"\/x"\}$/s);
    const socket = await client();
    const answer = answerOf(socket);
    for (const character of ask) {
      socket.write(character);
      await new Promise(setImmediate);
    }
    expect(await answer).toContain('200 OK');
  });

  it('refuses what is no request, and one whose head is too long', async () => {
    await serve(echo);
    expect(await saying('hello\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(await saying(`GET / HTTP/1.1\r\nX: ${'x'.repeat(9000)}`)).toMatch(/^HTTP\/1.1 431 /);
    expect(await saying('GET / HTTP/1.1\r\n', ...Array<string>(900).fill('X: 12345\r\n'))).toMatch(/^HTTP\/1.1 431 /);
  });

  it('sends the whole answer to a client that sends a body', async () => {
    await serve(echo);
    expect(await saying(`POST /x HTTP/1.1\r\nContent-Length: 30000\r\n\r\n${'x'.repeat(30_000)}`)).toContain('"POST"');
  });

  it('serves whoever asks while a hundred others say nothing', async () => {
    await serve(echo);
    for (let many = 0; many < 100; many += 1) await client();
    expect(await saying(ask)).toContain('200 OK');
  });

  it('disconnects those that have waited longest without having asked, and nobody who has', async () => {
    const waiting: (() => void)[] = [];
    await serve(
      () =>
        new Promise((resolve) => {
          waiting.push(() => {
            resolve(plain(200, 'late'));
          });
        }),
    );
    const asked = saying(ask);
    while (waiting.length === 0) await new Promise(setImmediate);
    const first = answerOf(await client());
    const others = [];
    for (let many = 0; many < 31; many += 1) others.push(await client());
    expect(await first).toBe('');
    expect(others.filter(({ destroyed }) => destroyed)).toEqual([]);
    waiting[0]?.();
    expect(await asked).toContain('late');
  });

  it('disconnects one of too many when all have asked', async () => {
    let count = 0;
    await serve(() => {
      count += 1;
      return new Promise(() => undefined);
    });
    for (let many = 0; many < 32; many += 1) (await client()).write(ask);
    while (count < 32) await new Promise(setImmediate);
    expect(await answerOf(await client())).toBe('');
  });
});
