import { expect } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';

/** A network with addresses of an IPAM plugin. */
export const leased = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
/** A network with only a tap. */
export const plain = networkConfig({ name: 'plain', bridge: null, addresses: [], routes: [] });

/** A node with the sandbox `live`, on which the sandbox `lost` may become an orphan. */
export class Node implements AsyncDisposable {
  readonly host: Host;
  /** The traces without the sandbox that may become an orphan. */
  readonly withoutIt: readonly string[];

  private constructor(host: Host, withoutIt: readonly string[]) {
    this.host = host;
    this.withoutIt = withoutIt;
  }

  static async create(): Promise<Node> {
    const host = await Host.create();
    await makeBridge(host);
    await host.podNetns('live');
    await new Node(host, []).must('ADD', plain, 'live');
    return new Node(host, await traces(host));
  }

  /** Calls the plugin for a sandbox, which must succeed. */
  async must(command: Call['command'], config: object, sandbox: string, more: Partial<Call> = {}): Promise<Answer> {
    const answer = await callPlugin(this.host, { command, config, sandbox, netns: `/run/netns/${sandbox}`, ...more });
    expect(answer.exitCode, answer.stdout).toBe(0);
    return answer;
  }

  /** Attaches a sandbox, and removes its namespace without a DEL. */
  async loseSandbox(config: object = leased, more: Partial<Call> = {}): Promise<void> {
    await this.host.podNetns('lost');
    await this.must('ADD', config, 'lost', more);
    await this.host.sh('ip netns del lost');
  }

  /** A call that does not concern it: the DEL of a network that the live sandbox does not have. */
  async anotherCall(more: Partial<Call> = {}): Promise<Answer> {
    return await this.must('DEL', { ...plain, name: 'none' }, 'live', more);
  }

  /** Another call removes what is left of the sandbox. */
  async expectRemoved(): Promise<void> {
    await this.anotherCall();
    expect(await traces(this.host)).toEqual(this.withoutIt);
  }

  /** Another call removes nothing. */
  async expectKept(): Promise<void> {
    const there = await traces(this.host);
    await this.anotherCall();
    expect(await traces(this.host)).toEqual(there);
    expect(there.length).toBeGreaterThan(this.withoutIt.length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }
}

/** Holds the locks of all sandboxes that were attached, until the returned function is called. */
export async function holdSandboxLocks(host: Host): Promise<() => Promise<void>> {
  const locks = (await host.sh('ls /run/dan/locks/sandbox-*')).split('\n');
  const held = locks.map((lock) =>
    host.spawn('flock', [lock, 'sh', '-c', 'echo held; exec cat'], { stdin: 'pipe', reject: false }),
  );
  await Promise.all(held.map((one) => new Promise((resolve) => one.stdout?.once('data', resolve))));
  return async () => {
    for (const one of held) {
      one.stdin.end();
      await one;
    }
  };
}
