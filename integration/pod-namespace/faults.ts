import { readFile } from 'node:fs/promises';
import type { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Answer, type Call, callPlugin, executable } from '../harness/plugin.ts';

/** What becomes of a call at one step: dan is killed before or after it, or it fails, with or without its work done. */
export type FaultKind = 'killed-before' | 'killed-after' | 'orphaned' | 'fails' | 'fails-after';

/** How a call ended that something was to happen to. */
export interface Faulted {
  readonly answer: Answer;
  /** Whether there was such a step; a call that has fewer steps ends as ever. */
  readonly reached: boolean;
}

const directory = '/run/fault';
const ownDirectories = '/run/dan /run/kata-containers';
const tools = ['/usr/sbin/ip', '/usr/sbin/tc', '/usr/sbin/bridge', '/usr/bin/tee', '/usr/bin/cat', '/usr/bin/mknod'];
const everyTool = [...tools, '/usr/bin/unshare', '/usr/lib/cni/host-local'];

// In a mount namespace of its own, so that nobody but dan gets the stand-ins. nsenter runs one of them, always.
const launch = `
  for tool in ${everyTool.join(' ')}; do mount --bind ${directory}/tool.sh "$tool"; done
  echo $$ >${directory}/now/pid
  exec "$@"`;

/** Prepares a test host for calls that something happens to. */
export async function prepareFaults(host: Host): Promise<void> {
  await writeInside(host, `${directory}/tool.sh`, await readFile(new URL('tool.sh', import.meta.url), 'utf8'));
  await host.sh(`chmod 755 ${directory}/tool.sh; mkdir ${directory}/real; cp ${everyTool.join(' ')} ${directory}/real`);
}

/** Calls the plugin, and lets something happen at one of its steps, counted from 1. */
export async function callWithFault(host: Host, call: Call, kind: FaultKind, step: number): Promise<Faulted> {
  await host.sh(`rm -rf ${directory}/now; mkdir ${directory}/now; echo ${kind} ${step} >${directory}/now/plan`);
  const program = ['unshare', '--mount', 'sh', '-ec', launch, 'launch', executable] as const;
  const answer = await callPlugin(host, { ...call, program });
  const reached = (await host.sh(`[ ! -e ${directory}/now/done ] || echo yes`)) === 'yes';
  return { answer, reached };
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
  await host.sh(
    `for directory in ${ownDirectories}; do [ ! -d $directory ] || find $directory -type d -empty -delete; done`,
  );
  return await callPlugin(host, { ...call, program: ['strace', ...args, executable] });
}

/** Waits until nothing runs any more that a killed dan had started. */
export async function orphansEnded(host: Host): Promise<void> {
  await host.sh(`while ls ${directory}/now/running.* >/dev/null 2>&1; do sleep 0.02; done`);
}

/** The steps that the last call came to, in order, one line each. */
export async function lastSteps(host: Host): Promise<readonly string[]> {
  const steps = await host.sh(`cd ${directory}/now; for step in $(ls -v step.*); do cat $step; done`);
  return steps.split('\n').map((line) => line.replaceAll(`${directory}/real/`, ''));
}
