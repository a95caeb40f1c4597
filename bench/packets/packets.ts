import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { Host } from '../../integration/harness/host.ts';
import { makeNode } from '../attach/node.ts';
import { plugins } from '../attach/plugins.ts';
import { Launcher } from '../launch/launcher.ts';
import { shuffled } from '../order.ts';
import type { Row } from '../report/result.ts';
import { summarize } from '../report/statistics.ts';
import type { Bench } from '../sections/bench.ts';
import { subjects } from '../subjects.ts';
import { client, clientMac, makeClient, makePaths, type Path } from './paths.ts';

const frames = 200_000;

/** A MAC whose frames the bridge drops at once: it belongs to the port on which they arrive. */
const droppedMac = '02:00:00:00:00:c2';

/** The path of a frame in one direction. */
interface Way {
  readonly subject: string;
  readonly what: 'a frame from the network' | 'a frame from the guest';
  /** Sends frames; returns the processor time for each in nanoseconds. */
  send(): Promise<number>;
}

/**
 * Measures what the kernel spends on a frame between a bridge and a tap, for every path and in both directions: a
 * quarter of the rounds, each in another order. Nothing reads the frames, since a reader costs more than the path does.
 */
export async function measurePackets(bench: Bench): Promise<readonly Row[]> {
  await using host = await Host.create();
  await using launcher = Launcher.start(host, bench.programs.launch);
  await makeNode(host);
  await makeClient(host);
  await bench.watch.calibrate(launcher);
  const paths = await makePaths(host, launcher, plugins(bench.program));
  await fixAddresses(host, paths);
  const ways: Way[] = [fromNetwork(host, bench.programs.send, subjects.bridgeAlone, droppedMac)];
  for (const path of paths) {
    const guest = await startGuest(host, path, bench.programs.guest);
    ways.push(fromNetwork(host, bench.programs.send, path.name, path.mac), fromGuest(guest, path.name));
  }
  const seen = new Map(ways.map((way) => [way, [] as number[]]));
  const rounds = Math.ceil(bench.rounds / 4);
  // The first round is not counted: caches are cold, and the queues of the taps are not full yet.
  for (let round = 0; round <= rounds; round++) {
    bench.tell(`round ${round} of ${rounds}`);
    for (const way of shuffled(ways, bench.random)) {
      const nanoseconds = await way.send();
      if (round > 0) seen.get(way)?.push(nanoseconds);
    }
  }
  return [...seen].map(([way, samples]) => rowOf(way, samples));
}

function rowOf({ subject, what }: Way, samples: readonly number[]): Row {
  return {
    section: 'packets',
    subject,
    what,
    ...(subject === subjects.kataChain ? {} : { against: { subject: subjects.kataChain, what } }),
    figures: { frame: summarize(samples) },
  };
}

/** Adds each MAC to the bridge's forwarding database, so that it never floods a frame to all ports. */
async function fixAddresses(host: Host, paths: readonly Path[]): Promise<void> {
  const known = [
    ...paths.map(({ mac, port }) => ({ mac, port })),
    { mac: clientMac, port: client },
    { mac: droppedMac, port: client },
  ];
  await host.sh(known.map(({ mac, port }) => `bridge fdb replace ${mac} dev ${port} master static`).join('\n'));
}

const pinned = ['taskset', '-c', '0'];

function fromNetwork(host: Host, program: string, subject: string, mac: string): Way {
  return {
    subject,
    what: 'a frame from the network',
    send: async () => {
      const words = [`--net=/run/netns/${client}`, ...pinned, program, 'eth0', mac, String(frames)];
      const { exitCode, stdout, stderr } = await host.run('nsenter', words);
      if (exitCode !== 0) throw new Error(`frames to ${mac}: ${stderr}`);
      return Number(stdout);
    },
  };
}

/** A program that holds a tap open until the host ends. */
interface Guest {
  readonly input: Writable;
  /** Returns the next line that it prints; throws if it ends before. */
  readonly line: () => Promise<string>;
}

async function startGuest(host: Host, { tap, netns }: Path, program: string): Promise<Guest> {
  const enter = netns === undefined ? [] : ['nsenter', `--net=${netns}`];
  const process = host.spawn('env', [...enter, ...pinned, program, tap], { reject: false });
  if (process.stdout === null) throw new Error('the guest has no output');
  const lines = createInterface(process.stdout);
  const line = async (): Promise<string> => {
    const first = await Promise.race([once(lines, 'line'), process]);
    if (!Array.isArray(first)) throw new Error(`no frames can be sent from ${tap}: ${String(first.stderr)}`);
    return String(first[0]);
  };
  await line();
  return { input: process.stdin, line };
}

function fromGuest({ input, line }: Guest, subject: string): Way {
  return {
    subject,
    what: 'a frame from the guest',
    send: async () => {
      input.write(`${clientMac} ${frames}\n`);
      return Number(await line());
    },
  };
}
