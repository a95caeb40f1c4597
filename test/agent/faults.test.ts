import { describe, expect, it } from 'vitest';
import { connectionError } from '../../src/agent/faults.ts';
import type { Deed, FakeAgent } from './fake-agent.ts';
import { eachTest, failed, failure, ip, network, nic, type Scene } from './scene.ts';
import { frame, wire } from './wire.ts';

let agent: FakeAgent;
let open: Scene['open'];
eachTest((scene) => {
  ({ agent, open } = scene);
});

describe('a connection to an agent', () => {
  it.each([
    ['agent-busy', 'EAGAIN'],
    ['agent-unreachable', 'ECONNREFUSED'],
  ])('fails by %s where the system says %s', (name, code) => {
    const error = Object.assign(new Error(code), { code });
    expect(connectionError('vsock://3:1024', 'UpdateRoutes', { is: 'ended', error })).toMatchObject({ name });
  });
});

describe('an agent that', () => {
  it.each<[string, Deed, unknown]>([
    [
      'is not allowed to by its policy',
      { refuse: 7, words: 'UpdateInterfaceRequest is blocked by policy: [eval]' },
      failed(
        'agent-refused',
        133,
        /refused grpc\.AgentService\/UpdateInterface .*blocked by policy: \[eval\]"; allow it/,
      ),
    ],
    [
      'cannot do it: its words without the trace of its stack',
      { refuse: 13, words: 'interface not available: Timeout after 3s\n\nStack backtrace:\n   0: <unknown>' },
      failed(
        'agent-failed',
        130,
        /could not do .* \(code 13\): "interface not available: Timeout after 3s"; see the log/,
      ),
    ],
    [
      'says what a terminal would obey',
      { refuse: 13, words: `\u001b[2Jyou\u0000\u009b${'x'.repeat(5000)}` },
      failed('agent-failed', 130, /: "\[2Jyou x{590}/),
    ],
    ['says nothing of why', { refuse: 2, words: '' }, failed('agent-failed', 130, /it says nothing; see/)],
    ['has a code that nobody knows', { refuse: -7, words: 'what' }, failed('agent-failed', 130, /\(code -7\)/)],
    ['is busy', { refuse: 14, words: 'unavailable' }, failed('agent-busy', 11, /"unavailable"/)],
    ['has no room', { refuse: 8, words: 'exhausted' }, failed('agent-busy', 11, /"exhausted"/)],
    ['does something else now', { refuse: 10, words: 'aborted' }, failed('agent-busy', 11, /"aborted"/)],
    ['was too slow by its own clock', { refuse: 4, words: 'timeout' }, failed('agent-late', 11, /"timeout"/)],
    ['goes', 'close', failed('agent-unreachable', 134, /for UpdateInterface: the connection was closed/)],
    [
      'answers another call',
      { raw: (stream) => frame(stream + 2, 2, new Uint8Array()) },
      failed('agent-garbled', 135, /an answer to call 3 instead of 1/),
    ],
    [
      'asks instead of answering',
      { raw: (stream) => frame(stream, 1, new Uint8Array()) },
      failed('agent-garbled', 135, /a frame of type 1/),
    ],
    [
      'says that its answer has 4 GiB',
      { raw: (stream) => frame(stream, 2, new Uint8Array(), 0xffffffff) },
      failed('agent-garbled', 135, /an answer of 4294967295 bytes/),
    ],
    [
      'says that its answer has a byte more than it may',
      { raw: (stream) => frame(stream, 2, new Uint8Array(), 4 * 1024 * 1024 + 1) },
      failed('agent-garbled', 135, /an answer of 4194305 bytes/),
    ],
    [
      'answers with an envelope that is none',
      { raw: (stream) => frame(stream, 2, Uint8Array.of(0x12, 200)) },
      failed('agent-garbled', 135, /is no agent of Kata/),
    ],
    [
      'speaks HTTP',
      { raw: () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') },
      failed('agent-garbled', 135, /an answer of 1213486160 bytes/),
    ],
    [
      'sends 100 MB that are no frames',
      { flood: new Uint8Array(1024 * 1024), times: 100 },
      failed('agent-garbled', 135, /a frame of type 0/),
    ],
  ])('%s', async (_, deed, expected) => {
    agent.manners = { UpdateInterface: deed };
    expect(await failure((await open()).updateInterface(nic))).toEqual(expected);
  });

  it('sends 100 MB behind an answer that never ends', async () => {
    // As much as the kernel buffers without a reader.
    const head = frame(1, 2, new Uint8Array(), 4 * 1024 * 1024);
    agent.manners = { ListRoutes: { flood: Buffer.concat([head, new Uint8Array(1024 * 1024)]), times: 100 } };
    const guest = await open();
    expect(await failure(guest.listRoutes())).toEqual(failed('agent-garbled', 135, /is no agent of Kata/));
    await expect.poll(() => agent.open.size).toBe(0);
  });

  it('sends more than anybody waits for', async () => {
    const guest = await open();
    for (const connection of agent.open) connection.write(new Uint8Array(5 * 1024 * 1024));
    await expect.poll(() => agent.open.size).toBe(0);
    expect(await failure(guest.listRoutes())).toEqual(failed('agent-garbled', 135, /more than the 4194304 bytes/));
  });

  it('answers a list with what is none', async () => {
    agent.manners = {
      ListRoutes: {
        raw: (stream) => frame(stream, 2, wire.writeResponse({ payload: Uint8Array.of(0x0a, 99) })),
      },
    };
    expect(await failure((await open()).listRoutes())).toEqual(failed('agent-garbled', 135, /to ListRoutes/));
  });

  it.each<[string, Deed]>([
    ['says nothing', 'nothing'],
    ['says half a header', { raw: () => Uint8Array.of(0, 0, 0, 3) }],
    ['says half an answer', { raw: (stream) => frame(stream, 2, Uint8Array.of(0x12), 3) }],
  ])('%s is waited for until the deadline, and no longer', async (_, deed) => {
    agent.manners = { UpdateRoutes: deed };
    const guest = await open(300);
    const begin = performance.now();
    const routes = [{ dst: network('0.0.0.0/0'), gw: ip('10.99.0.1'), onlink: false }];
    expect(await failure(guest.updateRoutes('net1', routes))).toEqual(
      failed('agent-late', 11, /did not answer to UpdateRoutes in time/),
    );
    expect(performance.now() - begin).toBeLessThan(2000);
    // An answer that still arrives must not be mistaken for that of the next call.
    expect(await failure(guest.listRoutes())).toEqual(failed('agent-late', 11, /in time/));
  });

  it('speaks something else is not listened to any longer', async () => {
    agent.manners = { ListRoutes: { raw: (stream) => frame(stream, 9, new Uint8Array()) } };
    const guest = await open();
    await failure(guest.listRoutes());
    await expect.poll(() => agent.open.size).toBe(0);
  });

  it('is given up where the caller closes', async () => {
    agent.manners = { ListRoutes: 'nothing' };
    const guest = await open();
    const call = failure(guest.listRoutes());
    guest.close();
    expect(await call).toEqual(failed('agent-unreachable', 134, /dan gave it up/));
    await expect.poll(() => agent.open.size).toBe(0);
  });
});

describe('a monitor that', () => {
  it('answers and speaks for the agent in one piece is understood', async () => {
    agent.hello = undefined;
    const begun = open();
    await expect.poll(() => agent.open.size).toBe(1);
    for (const connection of agent.open) {
      connection.write(
        Buffer.concat([Buffer.from('OK 1\n'), frame(1, 2, wire.writeResponse({ payload: Buffer.alloc(0) }))]),
      );
    }
    agent.manners = { ListRoutes: 'nothing' };
    expect(await (await begun).listRoutes()).toEqual([]);
  });

  it.each([
    ['refuses', 'Failure\n'],
    ['speaks something else', 'HTTP/1.1 400 Bad Request\r\n'],
    ['answers in a longer line than it has', `OK ${'1'.repeat(100)}`],
    ['answers without a number', 'OK\n'],
  ])('%s', async (_, hello) => {
    agent.hello = Buffer.from(hello);
    expect(await failure(open())).toEqual(failed('agent-garbled', 135, /to the connection is no agent.*"CONNECT"/));
    await expect.poll(() => agent.open.size).toBe(0);
  });

  it.each([
    ['says nothing', undefined],
    ['says half a line', Buffer.from('OK 12')],
  ])('%s is waited for until the deadline, and no longer', async (_, hello) => {
    agent.hello = hello;
    expect(await failure(open(200))).toEqual(failed('agent-late', 11, /the connection in time/));
    await expect.poll(() => agent.open.size).toBe(0);
  });
});
