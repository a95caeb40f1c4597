import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeAgent } from '../../test/agent/fake-agent.ts';
import { frame } from '../../test/agent/wire.ts';
import { buildForHost } from './programs.ts';

interface Seen {
  readonly results: readonly { readonly is?: unknown; readonly name?: string; readonly message?: string }[];
  /** Milliseconds. */
  readonly took: number;
}

describe('the client of an agent in the executable', () => {
  let program: string;
  let directory: string;
  let agent: FakeAgent;
  beforeAll(async () => {
    program = await buildForHost('test/agent/on-native.ts', 'agent');
    directory = mkdtempSync(join(tmpdir(), 'dan-agent-'));
    agent = await FakeAgent.listen(join(directory, 'kata.hvsock'));
  });
  beforeEach(() => {
    agent.manners = {};
    agent.calls.length = 0;
  });
  afterAll(async () => {
    await agent[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  async function call(url = agent.url, milliseconds = 20_000): Promise<Seen> {
    const { stdout } = await execa(program, [url, String(milliseconds)]);
    return JSON.parse(stdout) as Seen;
  }

  it('asks for what it is to ask, and understands the answers', async () => {
    const Interfaces = [
      { name: 'äöü', hwAddr: '02:00:00:00:00:A1', mtu: 1400, IPAddresses: [{ address: '10.99.0.2', mask: '24' }] },
    ];
    agent.manners = { ListInterfaces: { answer: { Interfaces } } };
    const { results } = await call();
    expect(results).toEqual([
      ...[{}, {}, {}],
      { is: [{ name: 'äöü', mac: '02:00:00:00:00:a1', mtu: 1400, addresses: ['10.99.0.2/24'] }] },
      { is: 0 },
    ]);
    expect(agent.calls.map(({ method }) => method)).toEqual([
      ...['UpdateInterface', 'UpdateRoutes', 'AddARPNeighbors', 'ListInterfaces', 'ListRoutes'],
    ]);
    expect(agent.calls[0]?.asked).toMatchObject({ interface: { name: 'net1', mtu: 1400, devicePath: '02/1e' } });
    const { routes } = agent.calls[1]?.asked as { routes: { Routes: { dest: string }[] } };
    expect(routes.Routes.map(({ dest }) => dest)).toEqual(
      Array.from({ length: 5000 }, (_, at) => `10.${at >> 8}.${at & 255}.0/24`),
    );
  });

  it('reads a list as long as one may be, and refuses a longer one', async () => {
    const route = { dest: '10.200.0.0/16', gateway: '10.99.0.1', device: 'net1', source: '10.99.0.2/32', scope: 253 };
    agent.manners = { ListRoutes: { answer: { Routes: Array<object>(20_000).fill(route) } } };
    expect((await call()).results.at(-1)).toEqual({ is: 20_000 });
    agent.manners = { ListRoutes: { answer: { Routes: Array<object>(20_001).fill(route) } } };
    expect((await call()).results.at(-1)).toMatchObject({ name: 'agent-garbled' });
  });

  it('reads a text of 4 MiB, which is as much as an answer may have', async () => {
    const Interfaces = [{ name: 'x'.repeat(4 * 1024 * 1024 - 100), hwAddr: '', mtu: 0 }];
    agent.manners = { ListInterfaces: { answer: { Interfaces } } };
    const [, , , list] = (await call()).results;
    expect((list?.is as { name: string }[])[0]?.name).toHaveLength(4 * 1024 * 1024 - 100);
  });

  it('ends with one error where 100 MB come that nobody waits for', async () => {
    const head = frame(1, 2, new Uint8Array(), 4 * 1024 * 1024);
    agent.manners = { UpdateInterface: { flood: Buffer.concat([head, new Uint8Array(1024 * 1024)]), times: 100 } };
    const { results } = await call();
    expect(results[0]).toMatchObject({ name: 'agent-garbled' });
  });

  it.each([
    ['refuses', { refuse: 7, words: 'blocked' } as const, 'agent-refused'],
    ['goes', 'close' as const, 'agent-unreachable'],
    ['is none', { raw: () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') }, 'agent-garbled'],
  ])('says so of an agent that %s', async (_, deed, name) => {
    agent.manners = { UpdateInterface: deed };
    expect((await call()).results[0]).toMatchObject({ name });
  });

  it('waits for an agent that says nothing until the deadline, and no longer', async () => {
    agent.manners = { UpdateInterface: 'nothing' };
    const { results, took } = await call(agent.url, 500);
    expect(results[0]).toMatchObject({ name: 'agent-late' });
    expect(took).toBeGreaterThan(490);
    expect(took).toBeLessThan(3000);
  });

  it('is told that nobody listens', async () => {
    const { results } = await call(`hvsock://${directory}/none:1024`);
    expect(results).toEqual([{ name: 'agent-unreachable', message: expect.stringContaining(`${directory}/none`) }]);
  });

  // Whether vsock sockets exist, and which machine has that number, depends on the machine.
  it('does not wait for a virtual machine that is not there beyond the deadline', async () => {
    const { results, took } = await call('vsock://4294967290:1024', 300);
    expect(results).toHaveLength(1);
    expect(results[0]?.name).toMatch(/^agent-(late|unreachable)$/);
    expect(took).toBeLessThan(3000);
  });
});
