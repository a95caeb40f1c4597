import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stream, type StreamFault } from '../../src/host/stream.ts';

let directory: string;
let server: Server;
let serve: (connection: Socket) => void;
const streams: Stream[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dan-stream-'));
  server = createServer((connection) => {
    connection.on('error', () => undefined);
    serve(connection);
  });
  await new Promise<void>((resolve) => server.listen(join(directory, 'socket'), resolve));
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

/** Connects to a server with the given behavior; a fault becomes an error with its name. */
function stream(doing: (connection: Socket) => void, milliseconds = 5000, most = 1000): Stream {
  serve = doing;
  const limits = { deadline: performance.now() + milliseconds, most };
  const one = new Stream({ path: join(directory, 'socket') }, limits, ({ is }: StreamFault) => new Error(is));
  streams.push(one);
  return one;
}

describe('a stream', () => {
  it('is taken in the portions that are asked for, whatever those that come', async () => {
    const one = stream((connection) => {
      for (const part of ['a', 'bc', 'def\nghi']) connection.write(part);
    });
    const taken = [await one.take(2), await one.takeThrough(0x0a, 100), await one.take(1), await one.take(2)];
    expect(taken.map((bytes = new Uint8Array()) => String.fromCharCode(...bytes))).toEqual(['ab', 'cdef\n', 'g', 'hi']);
  });

  it('still gives what came before the other end went', async () => {
    const one = stream((connection) => connection.end('abcd'));
    expect(await one.take(1)).toHaveLength(1);
    // By then, the end has arrived, too.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(String.fromCharCode(...(await one.take(3)))).toBe('bcd');
    await expect(one.take(1)).rejects.toThrow('ended');
  });

  it('has no line where it does not come within what is looked at', async () => {
    const one = stream((connection) => connection.write('abcdef\n'));
    expect(await one.takeThrough(0x0a, 6)).toBeUndefined();
    expect(await one.takeThrough(0x0a, 7)).toHaveLength(7);
  });

  it('is over at the deadline, for whoever waits and whoever comes later', async () => {
    const one = stream((connection) => connection.write('a'), 100);
    await expect(one.take(2)).rejects.toThrow('late');
    // What has arrived answers nothing any more.
    await expect(one.take(1)).rejects.toThrow('late');
  });

  it('is closed where more comes than may wait, and forgets it', async () => {
    let isClosed = false;
    const one = stream((connection) => {
      connection.on('close', () => {
        isClosed = true;
      });
      connection.write(new Uint8Array(1001));
    });
    await expect.poll(() => isClosed).toBe(true);
    await expect(one.take(1)).rejects.toThrow('too-much');
  });

  it('tells whoever waits that it was closed', async () => {
    const one = stream(() => undefined);
    const waiting = expect(one.take(1)).rejects.toThrow('closed');
    one.close();
    await waiting;
  });

  it('that nobody answers is an error for whoever waits for the connection', async () => {
    const limits = { deadline: performance.now() + 1000, most: 10 };
    const one = new Stream({ path: join(directory, 'none') }, limits, ({ is }) => new Error(is));
    await expect(one.opened()).rejects.toThrow('ended');
  });
});
