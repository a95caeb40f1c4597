import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin, executable } from '../harness/plugin.ts';
import type { Bench } from './bench.ts';
import type { Faulted } from './faults.ts';
import type { Point } from './points.ts';

/**
 * The system calls by which the executable changes the kernel's network and reads it: requests, their answers, the
 * driver of taps, the way into the pod's namespace and back.
 */
const requestCalls = ['sendto', 'recvfrom', 'ioctl', 'setns'] as const;

/** What becomes of such a call, in the words of strace(1), and how strace marks that it did. */
const fates = {
  'is not made any more: dan is killed': { injection: 'signal=KILL', mark: '+++ killed by SIGKILL' },
  fails: { injection: 'error=ENOBUFS', mark: '(INJECTED)' },
  'fails, and so does every other after it': { injection: 'error=ENOBUFS', mark: '(INJECTED)' },
  // dan reads the signal from a file: strace does not see it come.
  'is made when dan is told to end': { injection: 'signal=TERM', mark: undefined },
} as const;

/** What becomes of a call. */
type Fate = keyof typeof fates;

/** One of the system calls that a command makes: the n-th of its name, counted from 1. */
interface RequestCall {
  readonly name: (typeof requestCalls)[number];
  readonly nth: number;
  readonly text: string;
}

/** One point for each of these system calls that a command makes. */
export async function requestPoints(bench: Bench, command: 'ADD' | 'DEL', fate: Fate): Promise<readonly Point[]> {
  if (command === 'DEL') await bench.run('ADD');
  const { answer, log } = await traced(bench.host, callOf(bench, command), []);
  expect(answer.exitCode, answer.stdout).toBe(0);
  await bench.run('DEL');
  const calls = callsIn(log);
  return calls
    .filter((call) => isOfInterest(call, fate))
    .map((call) => ({
      name: `${command} whose ${call.name} ${call.nth} ${fate}: ${call.text}`,
      call: async (one) => {
        const { answer, reached } = await callWithFate(one.host, callOf(one, command), fate, call);
        // How often dan asks whether addresses can be used already depends on time.
        const mayBeOver = calls.indexOf(call) > calls.length - 20 && answer.exitCode === 0;
        return { answer, reached: reached || mayBeOver };
      },
    }));
}

// An IPAM plugin is spoken with by system calls of the same names, how many nobody knows.
function callOf(bench: Bench, command: 'ADD' | 'DEL'): Call {
  return bench.call(command, command === 'ADD' ? { ipam: undefined } : {});
}

/** Calls the executable, and lets something become of one of its system calls. */
export async function callWithFate(
  host: Host,
  call: Call,
  fate: Fate,
  { name, nth }: Pick<RequestCall, 'name' | 'nth'>,
): Promise<Faulted> {
  const { injection, mark } = fates[fate];
  const when = fate === 'fails, and so does every other after it' ? `${nth}+` : nth;
  const { answer, log } = await traced(host, call, ['-e', `inject=${name}:${injection}:when=${when}`]);
  const isMade = callsIn(log).some((one) => one.name === name && one.nth === nth);
  return { answer, reached: mark === undefined ? isMade : log.includes(mark) };
}

function callsIn(log: string): readonly RequestCall[] {
  const counts = new Map<string, number>();
  return log.split('\n').flatMap((line) => {
    const name = requestCalls.find((one) => line.startsWith(`${one}(`));
    if (name === undefined) return [];
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    return [{ name, nth, text: line.slice(0, 60) }];
  });
}

// The runtime makes some for itself: it asks whether its files are terminals, and speaks with programs that it started.
// The way back from the pod is tried again when it fails.
function isOfInterest({ name, nth, text }: RequestCall, fate: Fate): boolean {
  const isBack = name === 'setns' && nth % 2 === 0;
  if (fate.startsWith('fails') && isBack) return false;
  return /nlmsg_len|TUN|CLONE_NEWNET/.test(text);
}

async function traced(
  host: Host,
  call: Call,
  args: readonly string[],
): Promise<{ readonly answer: Answer; readonly log: string }> {
  const file = `${host.directory}/requests`;
  const strace = ['strace', '-o', file, '-e', `trace=${requestCalls.join(',')}`, ...args] as const;
  const answer = await callPlugin(host, { ...call, program: [...strace, executable] });
  return { answer, log: readFileSync(file, 'utf8') };
}
