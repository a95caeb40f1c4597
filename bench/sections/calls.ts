import { readFileSync } from 'node:fs';
import { Host } from '../../integration/harness/host.ts';
import { makeEmptyPod, makeNode, makePodWithInterface } from '../attach/node.ts';
import { plugins } from '../attach/plugins.ts';
import { Launcher } from '../launch/launcher.ts';
import { shuffled } from '../order.ts';
import type { Row } from '../report/result.ts';
import { subjects } from '../subjects.ts';
import type { Bench } from './bench.ts';
import { Samples } from './samples.ts';
import { attachingSubject, batchSubject, type Subject, versionSubject } from './subject.ts';

/** Measures one call at a time: every plugin's ADD, CHECK and DEL, and VERSION, in another order in every round. */
export async function measureCalls(bench: Bench): Promise<readonly Row[]> {
  await using host = await Host.create();
  await using launcher = Launcher.start(host, bench.programs.launch);
  await makeNode(host);
  const all = await subjectsOf(host, bench);
  await bench.watch.calibrate(launcher);
  const samples = new Samples();
  const started = await countPrograms(all, launcher, `${host.directory}/trace`);
  // The first round is not counted: after it, the files are in memory.
  for (let round = 0; round <= bench.rounds; round++) {
    bench.tell(`round ${round} of ${bench.rounds}`);
    for (const subject of shuffled(all, bench.random)) {
      await subject.once(async (what, job) => {
        const measured = await launcher.runOne(job);
        if (round > 0) samples.add({ subject: subject.name, what }, measured);
        return measured;
      }, round);
    }
  }
  const against = new Map(all.map((subject) => [subject.name, subject.against]));
  const rows = samples.rows('calls', ({ subject, what }) => {
    // Without an IPAM plugin, `bridge` does not support CHECK.
    const reference = what === 'CHECK' ? checkReference(subject) : against.get(subject);
    return reference === undefined ? undefined : { subject: reference, what };
  });
  const withPrograms = rows.map((row) => ({ ...row, programs: started.get(`${row.subject}: ${row.what}`) ?? 0 }));
  return inOrder(withPrograms, all);
}

function checkReference(subject: string): string | undefined {
  return subject === subjects.bridgeIpam ? undefined : subjects.bridgeIpam;
}

// The pods stay from round to round: removing a namespace keeps the kernel busy during the next call.
async function subjectsOf(host: Host, { program, programs }: Bench): Promise<readonly Subject[]> {
  const attaching: Subject[] = [];
  for (const [at, plugin] of plugins(program).all.entries()) {
    const make = plugin.behindAnother ? makePodWithInterface : makeEmptyPod;
    attaching.push(attachingSubject(plugin, await make(host, `pod-${at}`, at)));
  }
  return [
    ...attaching,
    batchSubject,
    versionSubject(subjects.dan, program, subjects.bridge),
    versionSubject(subjects.bridge, '/usr/lib/cni/bridge'),
    versionSubject(subjects.empty, programs.empty, subjects.bridge),
    versionSubject(subjects.nothing, '/bin/true', subjects.bridge),
  ];
}

/** Counts the programs that each operation starts besides the first. This is a separate pass, since tracing is slow. */
async function countPrograms(
  all: readonly Subject[],
  launcher: Launcher,
  trace: string,
): Promise<ReadonlyMap<string, number>> {
  const strace = ['/usr/bin/strace', '-f', '-qq', '-e', 'trace=execve', '-e', 'signal=none', '-o', trace] as const;
  const started = new Map<string, number>();
  for (const subject of all) {
    await subject.once(async (what, job) => {
      const measured = await launcher.runOne({ ...job, argv: [...strace, ...job.argv] });
      const done = readFileSync(trace, 'utf8').match(/ = 0$/gm) ?? [];
      started.set(`${subject.name}: ${what}`, done.length - 1);
      return measured;
    }, -1);
  }
  return started;
}

/** Rows by operation, in the order of the subjects: the measurements come in random order. */
function inOrder(rows: readonly Row[], all: readonly Subject[]): readonly Row[] {
  const whats = ['ADD', 'DEL', 'CHECK', 'VERSION'];
  const names = [...new Set(all.map(({ name }) => name))];
  const place = ({ subject, what }: Row): number => whats.indexOf(what) * names.length + names.indexOf(subject);
  return [...rows].sort((a, b) => place(a) - place(b));
}
