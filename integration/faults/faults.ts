import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../harness/eventually.ts';
import type { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Answer, type Call, callPlugin, executable, programs } from '../harness/plugin.ts';

/**
 * What becomes of a call at one step: dan is killed before or after it; or it fails, dies or hangs, with or without its
 * work done; or it waits until it is let go; or something else is done before it.
 */
export type FaultKind =
  | 'killed-before'
  | 'killed-after'
  | 'orphaned'
  | 'orphaned-for-long'
  | 'fails'
  | 'fails-after'
  | 'fails-from-then-on'
  | 'dies-from-then-on'
  | 'dies'
  | 'dies-after'
  | 'dies-midway'
  | 'hangs'
  | 'hangs-after'
  | 'waits'
  | 'meanwhile';

/** How a call ended that something was to happen to. */
export interface Faulted {
  readonly answer: Answer;
  /** Whether there was such a step; a call that has fewer steps ends as ever. */
  readonly reached: boolean;
}

/** What is done outside of dan while it is at one step. */
export interface Meanwhile {
  /** A shell script that the step of kind `meanwhile` runs before its own work. */
  readonly script?: string;
  /** Done from the test as soon as the step is reached. */
  readonly whenReached?: () => Promise<void>;
}

const directory = '/run/fault';
const ownDirectories = ['/run/dan', '/run/kata-containers'];
const tools = ['/usr/sbin/ip', '/usr/sbin/tc', '/usr/sbin/bridge', '/usr/bin/tee', '/usr/bin/cat', '/usr/bin/mknod'];
const everyTool = [...tools, '/usr/bin/unshare', '/usr/bin/ovs-vsctl', '/usr/lib/cni/host-local'];

// In a mount namespace of its own, so that nobody but dan gets the stand-ins. nsenter runs one of them, always.
const launch = `
  mount --all --fstab ${directory}/fstab
  echo $$ >${directory}/now/pid
  exec "$@"`;

/** Prepares a test host for calls that something happens to. */
export async function prepareFaults(host: Host): Promise<void> {
  await writeInside(host, `${directory}/tool.sh`, await readFile(new URL('tool.sh', import.meta.url), 'utf8'));
  const mounts = everyTool.map((tool) => `${directory}/tool.sh ${tool} none bind\n`);
  await writeInside(host, `${directory}/fstab`, mounts.join(''));
  await host.sh(`chmod 755 ${directory}/tool.sh; mkdir ${directory}/real; cp ${everyTool.join(' ')} ${directory}/real`);
}

/** One of the steps of a call: a program, and the number of the step among those of that program, from 1. */
export interface Step {
  readonly tool: string;
  readonly nth: number;
}

/**
 * Calls the plugin, and lets something happen at one of its steps: a step is what one of the programs does that it runs. Unless the call names another, it is the program that has others do everything.
 */
export async function callWithFault(
  host: Host,
  call: Call,
  kind: FaultKind,
  { tool, nth }: Step,
  { script = '', whenReached }: Meanwhile = {},
): Promise<Faulted> {
  const now = inside(host, `${directory}/now`);
  await rm(now, { recursive: true, force: true });
  await mkdir(now);
  await writeFile(`${now}/plan`, `${kind} ${tool} ${nth}\n`);
  await writeFile(`${now}/meanwhile`, script);
  const program = [
    'unshare',
    '--mount',
    'sh',
    '-ec',
    launch,
    'launch',
    ...(call.program ?? programs.iproute2),
  ] as const;
  const answering = callPlugin(host, { ...call, program });
  if (whenReached !== undefined) {
    // An end without the step is told by `reached`.
    const ended = new AbortController();
    void answering.finally(() => {
      ended.abort();
    });
    const ask = (): Promise<true | undefined> => Promise.resolve(isReached(host) ? true : undefined);
    const reaching = eventually('the step', ask, { signal: ended.signal });
    await reaching.then(whenReached, () => undefined);
  }
  return { answer: await answering, reached: isReached(host) };
}

/** Sends a signal to the dan that is being called. */
export async function signalDan(host: Host, signal: 'TERM' | 'INT' | 'HUP'): Promise<void> {
  await host.sh(`read -r dan <${directory}/now/pid; kill -${signal} $dan`);
}

/** Lets a step go on that waits. */
export async function letGo(host: Host): Promise<void> {
  await writeFile(inside(host, `${directory}/now/go`), '');
}

/** A path of a test host, as the test process sees it: it costs no process to look there. */
export function inside(host: Host, path: string): string {
  return `/proc/${host.pid}/root${path}`;
}

function isReached(host: Host): boolean {
  return existsSync(inside(host, `${directory}/now/done`));
}

/** System calls by which dan changes files. */
const fileCalls = ['mkdir', 'rename', 'unlink', 'fsync', 'chown', 'chmod', 'flock'] as const;

type FileCall = (typeof fileCalls)[number];

/** How often a call of the plugin makes each of the system calls that change files. */
export async function countFileCalls(
  host: Host,
  call: Call,
): Promise<readonly { readonly systemCall: FileCall; readonly count: number }[]> {
  const list = `${directory}/calls`;
  await trace(host, call, ['-o', list, '-e', `trace=${fileCalls.join(',')}`]);
  const lines = (await host.sh(`cat ${list}`)).split('\n');
  return fileCalls.map((systemCall) => ({
    systemCall,
    count: lines.filter((line) => line.startsWith(`${systemCall}(`)).length,
  }));
}

/** Calls the plugin and kills it as it is about to make its n-th system call of one name, counted from 1. */
export async function callKilledAtFile(host: Host, call: Call, systemCall: FileCall, nth: number): Promise<Faulted> {
  const inject = `inject=${systemCall}:signal=KILL:when=${nth}`;
  const answer = await trace(host, call, ['-o', '/dev/null', '-e', `trace=${systemCall}`, '-e', inject]);
  return { answer, reached: answer.exitCode === -1 || answer.exitCode === 137 };
}

async function trace(host: Host, call: Call, args: readonly string[]): Promise<Answer> {
  // A directory that is there already is not made.
  for (const own of ownDirectories) await removeEmpty(inside(host, own));
  return await callPlugin(host, { ...call, program: ['strace', ...args, executable] });
}

/** Removes the directories below a path that have nothing in them, and the path if it is one of them. */
async function removeEmpty(path: string): Promise<void> {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeEmpty(join(path, entry.name));
  }
  if (readdirSync(path).length === 0) await rmdir(path);
}

/** Waits until nothing runs any more that a killed dan had started. */
export async function orphansEnded(host: Host): Promise<void> {
  const now = inside(host, `${directory}/now`);
  if (!existsSync(now) || !readdirSync(now).some((name) => name.startsWith('running.'))) return;
  // A stand-in that was killed has left its mark.
  await host.sh(`
    for running in ${directory}/now/running.*; do
      while [ -e "$running" ] && [ -d "/proc/\${running##*.}" ]; do sleep 0.02; done
    done`);
}

/** The steps that the last call came to, in order, one line each. */
export async function lastSteps(host: Host): Promise<readonly string[]> {
  const steps = await host.sh(`cd ${directory}/now; for step in $(ls -v step.*); do cat $step; done`);
  return steps.split('\n').map((line) => line.replaceAll(`${directory}/real/`, ''));
}
