import { Host } from '../../integration/harness/host.ts';
import { assertDone, callJob, resultOf } from '../attach/call.ts';
import { makeEmptyPod, makeNode } from '../attach/node.ts';
import { type Plugin, plugins } from '../attach/plugins.ts';
import { Launcher } from '../launch/launcher.ts';
import type { Programs } from '../launch/programs.ts';
import { shuffled } from '../order.ts';
import type { Row } from '../report/result.ts';
import { besideName, present } from '../subjects.ts';
import type { Bench } from './bench.ts';
import { Samples } from './samples.ts';

/** How many attachments are made at once to fill a host. */
const batch = 10;

/**
 * Measures ADD and DEL beside 1, 100 and 1,000 attachments, each on its own host. Plugins are measured one after the
 * other: a thousand veth pairs keep the kernel busy for everything else.
 */
export async function measureGrowth(bench: Bench): Promise<readonly Row[]> {
  const { hostTap, bridge } = plugins(bench.program);
  const samples = new Samples();
  for (const plugin of [hostTap, bridge]) await measurePlugin(plugin, bench, samples);
  const first = { ADD: besideName('ADD', present[0]), DEL: besideName('DEL', present[0]) };
  const rows = samples.rows('growth', ({ subject, what }) => {
    const reference = what.startsWith('ADD') ? first.ADD : first.DEL;
    return what === reference ? undefined : { subject, what: reference };
  });
  const whats = (['ADD', 'DEL'] as const).flatMap((command) => present.map((others) => besideName(command, others)));
  return whats.flatMap((what) =>
    [hostTap, bridge].flatMap(({ name }) => rows.filter((row) => row.what === what && row.subject === name)),
  );
}

async function measurePlugin(plugin: Plugin, bench: Bench, samples: Samples): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const crowds: { readonly others: (typeof present)[number]; readonly crowd: Crowd }[] = [];
  for (const others of present) {
    const crowd = stack.use(await Crowd.create(plugin, bench.programs));
    if (others === present[0]) await bench.watch.calibrate(crowd.launcher);
    await crowd.growTo(others);
    crowds.push({ others, crowd });
  }
  // The first round is not counted.
  for (let round = 0; round <= bench.rounds; round++) {
    bench.tell(`${plugin.name}: round ${round} of ${bench.rounds}`);
    for (const { others, crowd } of shuffled(crowds, bench.random)) {
      const { ADD, DEL } = await crowd.addAndDelete();
      if (round === 0) continue;
      samples.add({ subject: plugin.name, what: besideName('ADD', others) }, ADD);
      samples.add({ subject: plugin.name, what: besideName('DEL', others) }, DEL);
    }
  }
}

/** A host with one plugin, and a given number of attachments. */
class Crowd implements AsyncDisposable {
  readonly plugin: Plugin;
  readonly launcher: Launcher;
  readonly #host: Host;
  readonly #crowdedPod: string;
  readonly #measuredPod: string;
  #size = 0;

  private constructor(plugin: Plugin, host: Host, launcher: Launcher, [crowdedPod, measuredPod]: [string, string]) {
    this.plugin = plugin;
    this.#host = host;
    this.launcher = launcher;
    this.#crowdedPod = crowdedPod;
    this.#measuredPod = measuredPod;
  }

  static async create(plugin: Plugin, { launch }: Programs): Promise<Crowd> {
    const host = await Host.create();
    try {
      await makeNode(host);
      // All attachments except the measured one share a pod: with a thousand namespaces, only the kernel would be
      // measured.
      const pods: [string, string] = [
        (await makeEmptyPod(host, 'crowd')).netns,
        (await makeEmptyPod(host, 'pod')).netns,
      ];
      return new Crowd(plugin, host, Launcher.start(host, launch), pods);
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Attaches sandboxes until there are `size`. */
  async growTo(size: number): Promise<void> {
    while (this.#size < size) {
      const many = Math.min(batch, size - this.#size);
      const jobs = Array.from({ length: many }, () => {
        const [sandbox, ifname] = [`crowd-${this.#size}`, `eth${this.#size++}`];
        return callJob('ADD', { plugin: this.plugin, netns: this.#crowdedPod, sandbox, ifname });
      });
      const { each } = await this.launcher.runTogether(jobs);
      for (const measured of each) resultOf(`${this.plugin.name}: ADD beside ${this.#size}`, measured);
    }
  }

  /** Adds and deletes one more attachment. */
  async addAndDelete(): Promise<Record<'ADD' | 'DEL', Awaited<ReturnType<Launcher['runOne']>>>> {
    const attachment = { plugin: this.plugin, netns: this.#measuredPod, sandbox: 'measured' };
    const ADD = await this.launcher.runOne(callJob('ADD', attachment));
    const prevResult = resultOf(`${this.plugin.name}: ADD`, ADD);
    const DEL = await this.launcher.runOne(callJob('DEL', { ...attachment, prevResult }));
    assertDone(`${this.plugin.name}: DEL`, DEL);
    return { ADD, DEL };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.launcher[Symbol.asyncDispose]();
    await this.#host[Symbol.asyncDispose]();
  }
}
