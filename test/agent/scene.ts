import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { type Agent, type GuestNic, openAgent } from '../../src/agent/agent.ts';
import { type InterfaceAddress, type Network, parseInterfaceAddress, parseNetwork } from '../../src/model/cidr.ts';
import { type Ip, parseIp } from '../../src/model/ip.ts';
import { type Mac, parseMac } from '../../src/model/mac.ts';
import type { Parsed } from '../../src/model/parsed.ts';
import { FakeAgent } from './fake-agent.ts';

function valid<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
}
export const address = (text: string): InterfaceAddress => valid(parseInterfaceAddress(text));
export const network = (text: string): Network => valid(parseNetwork(text));
export const ip = (text: string): Ip => valid(parseIp(text));
export const mac = (text: string): Mac => valid(parseMac(text));

/** The card in the tests. */
export const nic: GuestNic = {
  name: 'net1',
  mac: mac('02:00:00:00:00:a1'),
  mtu: 1400,
  addresses: [address('10.99.0.2/24'), address('fd00:99::2/64')],
  devicePath: '02/1e',
};

/** The environment of a test: a programmable agent, at a socket in a directory. */
export interface Scene {
  readonly directory: string;
  readonly socket: string;
  readonly agent: FakeAgent;
  /** Connects with a time limit in milliseconds. */
  readonly open: (milliseconds?: number) => Promise<Agent>;
}

/** Gives each test a new scene. */
export function eachTest(set: (scene: Scene) => void): void {
  let directory: string;
  let agent: FakeAgent;
  const opened: Agent[] = [];
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dan-agent-'));
    const socket = join(directory, 'kata.hvsock');
    agent = await FakeAgent.listen(socket);
    const open = async (milliseconds = 5000): Promise<Agent> => {
      const one = await openAgent(agent.url, performance.now() + milliseconds);
      opened.push(one);
      return one;
    };
    set({ directory, socket, agent, open });
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) one.close();
    await agent[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });
}

/** The error of a promise. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'nothing went wrong',
    (error: unknown) => error,
  );
}

/** Matches an error by name, code and message. */
export const failed = (name: string, code: number, message: RegExp): unknown =>
  expect.objectContaining({ name, code, message: expect.stringMatching(message) });
