import { expect, test } from 'vitest';
import { callKilledAt } from '../faults/killed-at.ts';
import { removeEmptyLeases } from '../faults/leases.ts';
import { effort } from '../harness/effort.ts';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin, programs } from '../harness/plugin.ts';
import { randomFrom, seed } from '../harness/seed.ts';
import { holdTap, type TapHolder } from '../harness/tap-holder.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';
import { leaveSocket, withListener } from '../vhost-user/bind-socket.ts';
import { letTimePass } from './time.ts';

const { seconds } = effort;
const config = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
// The program for Node is too slow for this test.
const program = programs.rtnetlink;
const names = Array.from({ length: 10 }, (_, at) => `sandbox-${at}`);

/** The signs that a sandbox runs. */
const signs = ['namespace', 'shim', 'tap'] as const;

/** A sandbox that was attached, and everything that it uses. */
interface Running {
  readonly sandbox: string;
  readonly sign: (typeof signs)[number];
  readonly uses: readonly string[];
  readonly holder: TapHolder | undefined;
}

test(`sandboxes start, end, crash and lose their namespaces for ${seconds} s, while calls are killed: none that runs loses anything, and nothing is left of the others (DAN_SEED=${seed})`, {
  timeout: (seconds + 120) * 1000,
}, async () => {
  await using host = await Host.create();
  await makeBridge(host);
  await leaveSocket(host, '/run/killed.sock');
  const counts = { killed: 0, lost: 0 };
  // Every link to this socket is a shim that answers.
  await withListener(host, '/run/shim.sock', async () => {
    const before = await traces(host);
    const node = new Node(host, counts);
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      await node.change();
      await letTimePass(host);
      expect(await node.missing()).toEqual([]);
    }
    await node.endAll();
    // Each call looks at all records.
    for (let calls = 0; calls < 20 && (await traces(host)).length > before.length; calls++) {
      await letTimePass(host);
      await callPlugin(host, { command: 'DEL', config, sandbox: 'none', program });
    }
    removeEmptyLeases(host);
    expect(await traces(host)).toEqual(before);
  });
  process.stdout.write(`${counts.lost} sandboxes were lost, ${counts.killed} calls killed\n`);
  expect(counts.lost).toBeGreaterThan(2);
  expect(counts.killed).toBeGreaterThan(1);
});

/** A node on which anything may happen. */
class Node {
  readonly #host: Host;
  readonly #counts: { killed: number; lost: number };
  readonly #random = randomFrom(seed);
  readonly #running = new Map<string, Running>();

  constructor(host: Host, counts: { killed: number; lost: number }) {
    this.#host = host;
    this.#counts = counts;
  }

  /** Starts a sandbox that does not run; ends or loses one that runs. */
  async change(): Promise<void> {
    const sandbox = this.#pick(names);
    const running = this.#running.get(sandbox);
    if (running === undefined) await this.#start(sandbox);
    else if (this.#random() < 0.3) await this.#stop(running);
    else await this.#lose(running);
  }

  /** The missing things that running sandboxes use. */
  async missing(): Promise<readonly string[]> {
    const there = await traces(this.#host);
    return [...this.#running.values()].flatMap(({ sandbox, uses }) =>
      uses.filter((use) => !there.includes(use)).map((use) => `${use} of ${sandbox}`),
    );
  }

  async endAll(): Promise<void> {
    for (const running of this.#running.values()) await this.#lose(running);
  }

  async #start(sandbox: string): Promise<void> {
    const host = this.#host;
    await host.sh(`ip netns add ${sandbox}`);
    const answer = await this.#call('ADD', sandbox);
    if (answer.exitCode !== 0) {
      // It was killed together with the runtime, or an earlier one of this name has not been removed yet.
      await host.sh(`ip netns del ${sandbox}`);
      return;
    }
    const sign = this.#pick(signs);
    const { interfaces, ips } = answer.json as unknown as {
      readonly interfaces: readonly [{ readonly name: string }];
      readonly ips: readonly { readonly address: string }[];
    };
    const tap = interfaces[0].name;
    if (sign === 'shim') {
      await host.sh(`mkdir -p /run/kata/${sandbox}; ln -f /run/shim.sock /run/kata/${sandbox}/shim-monitor.sock`);
    }
    const holder = sign === 'tap' ? await holdTap(host, tap) : undefined;
    const uses = [
      `link ${tap}`,
      `file /run/kata-containers/dans/${sandbox}.json`,
      `file /run/dan/attachments/${tap}.json`,
      ...ips.map(({ address }) => `file /var/lib/cni/networks/kata-net/${address.replace(/\/.*/, '')}`),
    ];
    // Even without the path, something runs.
    if (sign !== 'namespace') await host.sh(`ip netns del ${sandbox}`);
    this.#running.set(sandbox, { sandbox, sign, uses, holder });
  }

  /** Ends a sandbox as a runtime does, unless its DEL is killed. */
  async #stop({ sandbox, sign, holder }: Running): Promise<void> {
    this.#running.delete(sandbox);
    await holder?.close();
    await this.#call('DEL', sandbox);
    await this.#host.sh(`rm -rf /run/kata/${sandbox}; ${sign === 'namespace' ? `ip netns del ${sandbox}` : ':'}`);
  }

  /** Everything ends, and nobody ever calls DEL. */
  async #lose({ sandbox, sign, holder }: Running): Promise<void> {
    this.#running.delete(sandbox);
    this.#counts.lost += 1;
    await holder?.close();
    if (sign === 'namespace') await this.#host.sh(`ip netns del ${sandbox}`);
    // A killed shim leaves its socket.
    else if (sign === 'shim') await this.#host.sh(`ln -f /run/killed.sock /run/kata/${sandbox}/shim-monitor.sock`);
  }

  async #call(command: 'ADD' | 'DEL', sandbox: string): Promise<Answer> {
    const call: Call = { command, config, sandbox, netns: `/run/netns/${sandbox}`, program };
    if (this.#random() < 0.5) return await callPlugin(this.#host, call);
    const kill = {
      seconds: 0.002 + this.#random() * 0.06,
      scope: 'with its children',
      dan: program,
    } as const;
    const answer = await callKilledAt(this.#host, call, kill);
    if (![0, 1].includes(answer.exitCode)) this.#counts.killed += 1;
    return answer;
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!;
  }
}
