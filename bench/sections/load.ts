import { Host } from '../../integration/harness/host.ts';
import { assertDone, callJob, resultOf } from '../attach/call.ts';
import { makeEmptyPod, makeNode, type Pod } from '../attach/node.ts';
import { type Plugin, plugins } from '../attach/plugins.ts';
import { Launcher, type MeasuredTogether } from '../launch/launcher.ts';
import { shuffled } from '../order.ts';
import type { Row } from '../report/result.ts';
import { atOnce, togetherName } from '../subjects.ts';
import type { Bench } from './bench.ts';
import { Samples } from './samples.ts';

/** Measures many ADDs at once, then as many DELs, as when a node comes back: a quarter of the rounds. */
export async function measureLoad(bench: Bench): Promise<readonly Row[]> {
  await using host = await Host.create();
  await using launcher = Launcher.start(host, bench.programs.launch);
  await makeNode(host);
  const pods: Pod[] = [];
  for (let at = 0; at < atOnce; at++) pods.push(await makeEmptyPod(host, `pod-${at}`));
  await bench.watch.calibrate(launcher);
  const { hostTap, hostTapIpam, bridge, bridgeIpam } = plugins(bench.program);
  const measuredPlugins = [hostTap, bridge, hostTapIpam, bridgeIpam];
  const samples = new Samples();
  const rounds = Math.ceil(bench.rounds / 4);
  // The first round is not counted.
  for (let round = 0; round <= rounds; round++) {
    bench.tell(`round ${round} of ${rounds}`);
    for (const plugin of shuffled(measuredPlugins, bench.random)) {
      for (const [command, together] of await addAndDelete(launcher, plugin, pods)) {
        if (round > 0) samples.add({ subject: plugin.name, what: togetherName(command) }, summed(together));
      }
    }
  }
  const rows = samples.rows('load', ({ subject, what }) => {
    const against = measuredPlugins.find(({ name }) => name === subject)?.against;
    return against === undefined ? undefined : { subject: against, what };
  });
  return inOrder(rows, measuredPlugins);
}

async function addAndDelete(
  launcher: Launcher,
  plugin: Plugin,
  pods: readonly Pod[],
): Promise<readonly (readonly ['ADD' | 'DEL', MeasuredTogether])[]> {
  const attachments = pods.map((pod, at) => ({ plugin, sandbox: `sandbox-${at}`, ...pod }));
  const added = await launcher.runTogether(attachments.map((attachment) => callJob('ADD', attachment)));
  const results = added.each.map((measured) => resultOf(`${plugin.name}: one ADD of ${atOnce}`, measured));
  const attached = attachments.map((attachment, at) => ({ ...attachment, prevResult: results[at] ?? {} }));
  const deleted = await launcher.runTogether(attached.map((attachment) => callJob('DEL', attachment)));
  for (const measured of deleted.each) assertDone(`${plugin.name}: one DEL of ${atOnce}`, measured);
  return [
    ['ADD', added],
    ['DEL', deleted],
  ];
}

/** The time of all calls together, and the sums of their CPU time and memory. */
function summed({ each, wall }: MeasuredTogether): { wall: number; cpu: number; peak: number } {
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  return { wall, cpu: sum(each.map(({ cpu }) => cpu)), peak: sum(each.map(({ peak }) => peak)) };
}

function inOrder(rows: readonly Row[], all: readonly Plugin[]): readonly Row[] {
  const whats = [togetherName('ADD'), togetherName('DEL')];
  return whats.flatMap((what) =>
    all.flatMap(({ name }) => rows.filter((row) => row.what === what && row.subject === name)),
  );
}
