import { once } from 'node:events';
import { cpus } from 'node:os';
import { Host } from '../../integration/harness/host.ts';
import { makeNode } from '../attach/node.ts';
import { plugins } from '../attach/plugins.ts';
import { Launcher } from '../launch/launcher.ts';
import { shuffled } from '../order.ts';
import type { Row } from '../report/result.ts';
import { summarize } from '../report/statistics.ts';
import type { Bench } from '../sections/bench.ts';
import { subjects } from '../subjects.ts';
import { client, makeClient, makePaths, type Path } from './paths.ts';

const trips = 2000;
const rateMilliseconds = 500;

/** How a packet fares on every way from a bridge to a tap: a quarter of the rounds, in another order in each. */
export async function measurePackets(bench: Bench): Promise<readonly Row[]> {
  await using host = await Host.create();
  await using launcher = Launcher.start(host, bench.programs.launch);
  await makeNode(host);
  await makeClient(host);
  await bench.watch.calibrate(launcher);
  const paths = await makePaths(host, launcher, plugins(bench.program));
  for (const path of paths) await reflectOn(host, path, bench.programs.reflect);
  const seen = new Map(paths.map(({ name }) => [name, { trips: [] as number[], rates: [] as number[] }]));
  const rounds = Math.ceil(bench.rounds / 4);
  // The first round is not counted: the bridge learns where the MACs are.
  for (let round = 0; round <= rounds; round++) {
    bench.tell(`round ${round} of ${rounds}`);
    for (const path of shuffled(paths, bench.random)) {
      const nanoseconds = await sendOn(host, path, bench.programs.send, ['trips', String(trips)]);
      const rates = await sendOn(host, path, bench.programs.send, ['rate', String(rateMilliseconds)]);
      if (round === 0) continue;
      seen.get(path.name)?.trips.push(...nanoseconds.map((one) => one / 1000));
      seen.get(path.name)?.rates.push(...rates);
    }
  }
  return [...seen].map(([subject, { trips, rates }]) => rowOf(subject, trips, rates));
}

function rowOf(subject: string, trips: readonly number[], rates: readonly number[]): Row {
  const what = 'frames of 60 bytes, there and back';
  return {
    section: 'packets',
    subject,
    what,
    ...(subject === subjects.kataChain ? {} : { against: { subject: subjects.kataChain, what } }),
    figures: { trip: summarize(trips), rate: summarize(rates) },
  };
}

// Each end has a core of its own where there are two: otherwise where the kernel puts them decides.
const [sender, reflector] = cpus().length > 1 ? ['0', '1'] : ['0', '0'];

/** Opens a path's tap, and goes on until the host ends. */
async function reflectOn(host: Host, { tap, netns }: Path, program: string): Promise<void> {
  const enter = netns === undefined ? [] : ['nsenter', `--net=${netns}`];
  const words = [...enter, 'taskset', '-c', reflector, program, tap];
  const reflecting = host.spawn('env', words, { reject: false, stdin: 'ignore' });
  if (reflecting.stdout === null) throw new Error('the reflector has no output');
  const first = await Promise.race([once(reflecting.stdout, 'data'), reflecting]);
  if (!Array.isArray(first)) throw new Error(`no frames can be sent back from ${tap}: ${String(first.stderr)}`);
}

/** Sends frames along a path; what the program prints, a number a line. */
async function sendOn(
  host: Host,
  { mac }: Path,
  program: string,
  words: readonly string[],
): Promise<readonly number[]> {
  const send = ['taskset', '-c', sender, program, 'eth0', mac, ...words];
  const { exitCode, stdout, stderr } = await host.run('nsenter', [`--net=/run/netns/${client}`, ...send]);
  if (exitCode !== 0) throw new Error(`frames to ${mac}: ${stderr}`);
  return stdout.trim().split('\n').map(Number);
}
