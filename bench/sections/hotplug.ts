import { Host } from '../../integration/harness/host.ts';
import { callPlugin } from '../../integration/harness/plugin.ts';
import { makePlugBridge, plugNetwork } from '../../integration/hotplug/network.ts';
import { RunningSandbox, sandbox } from '../../integration/hotplug/running-sandbox.ts';
import type { Row } from '../report/result.ts';
import { summarize } from '../report/statistics.ts';
import { subjects } from '../subjects.ts';
import type { Bench } from './bench.ts';

/** The guest is emulated and slow, and more rounds would not improve the figures. */
const mostRounds = 10;

/**
 * Measures ADD into a running sandbox, the time from its start until the gateway answers the guest's ping, and DEL. The
 * guest is emulated, and its agent is a stand-in, so the figures are upper bounds.
 */
export async function measureHotplug({ program, rounds, tell }: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const kind of ['qemu-qmp', 'qemu-hmp'] as const) {
    await using host = await Host.create();
    await host.sh(makePlugBridge);
    const netns = await host.podNetns('pod');
    await using running = await RunningSandbox.start(host, { kind });
    const call = { config: plugNetwork, sandbox, netns, ifname: 'net1', program: [program] } as const;
    const samples = { ADD: [] as number[], 'ADD to ping': [] as number[], DEL: [] as number[] };
    const count = Math.min(rounds, mostRounds);
    // The first round is not counted.
    for (let round = 0; round <= count; round++) {
      tell(`${kind}, round ${round} of ${count}`);
      const start = performance.now();
      const added = await callPlugin(host, { command: 'ADD', ...call });
      const done = performance.now();
      if (added.exitCode !== 0) throw new Error(`ADD: ${added.stdout}`);
      await running.guest.text('ping -c 1 -W 5 10.99.0.1');
      const answered = performance.now();
      const deleted = await callPlugin(host, { command: 'DEL', ...call });
      if (deleted.exitCode !== 0) throw new Error(`DEL: ${deleted.stdout}`);
      if (round === 0) continue;
      samples.ADD.push(done - start);
      samples['ADD to ping'].push(answered - start);
      samples.DEL.push(performance.now() - answered);
    }
    for (const [what, all] of Object.entries(samples)) {
      const figures = { wall: summarize(all) };
      rows.push({ section: 'hotplug', subject: `${subjects.dan}, ${kind}`, what, figures });
    }
  }
  return rows;
}
